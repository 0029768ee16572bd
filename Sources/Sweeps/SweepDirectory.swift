import Failures
import Foundation
import Interchange
import RunConfig
import Training

/// A sweep on disk: `sweep.json` (the plan), `config/` (a copy of the config file, which all trials read), a run directory `trial-0001/`, … for each trial, what its
/// process said in `trial-0001.log`, if anything, and `results.csv` and `results.jsonl`.
public struct SweepDirectory: Sendable {
  public let path: String

  var planPath: String { "\(path)/sweep.json" }
  var csvPath: String { "\(path)/results.csv" }
  var jsonLinesPath: String { "\(path)/results.jsonl" }
  static let configFolder = "config"

  func configPath(_ request: SweepRequest) -> String { "\(path)/\(Self.configFolder)/\(request.fileName)" }
  func run(_ trial: Trial) -> String { "\(path)/\(trial.name)" }
  func log(_ trial: Trial) -> String { "\(path)/\(trial.name).log" }

  public init(path: String) { self.path = path }

  /// Whether a sweep was begun here.
  public var holdsSweep: Bool { FileManager.default.fileExists(atPath: planPath) }

  /// Makes the folder ready for the trials of `request`: for all of them, or for what an earlier sweep of the same left undone.
  ///
  /// - Returns: the lock, to be held until the sweep ends.
  /// - Throws: `Failure` (bad data) when the folder holds something else, or a sweep of which this is no continuation; (input and output) when another process
  ///   is sweeping here, or with the system's words.
  func begin(_ request: SweepRequest) throws(Failure) -> RunLock {
    let found = try contents()
    guard holdsSweep || found.allSatisfy({ $0 == Self.configFolder }) else {
      throw Failure(.alreadyThere, at: path, "the folder holds no sweep (no sweep.json) and is not empty; name another with --output")
    }
    try makeFolders("\(path)/\(Self.configFolder)", as: "sweep's folder")
    let lock = try RunLock.take(path, of: "sweep's folder", use: "sweeping")
    for folder in [path, "\(path)/\(Self.configFolder)"] { AtomicFile.removeLeftovers(in: folder) }
    if holdsSweep {
      let changes = request.changes(from: try readRequest())
      guard changes.isEmpty else {
        let advice = "begin a new sweep instead, with another --output"
        throw Failure(.badData, at: planPath, "the sweep changed, so it cannot go on: \(changes.joined(separator: "; ")); \(advice)")
      }
    }
    // The plan last: without it there is no sweep.
    try AtomicFile.write([(configPath(request), Array(request.text.utf8)), (planPath, try encodedPlan(request))])
    return lock
  }

  private func contents() throws(Failure) -> [String] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return [] }
    guard isFolder.boolValue, let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      throw Failure(.inputOutput, at: path, "cannot be read as a folder; name another with --output")
    }
    return names.filter { !AtomicFile.isTemporary($0) }
  }

  /// What the run directory of `trial` tells; nil for one that is still to be trained, or not to its end.
  ///
  /// - Throws: `Failure` when it holds another run, cannot be read, or another process is training in it.
  func result(of trial: Trial, _ configuration: RunConfiguration) throws(Failure) -> TrialResult? {
    let path = run(trial)
    guard let run = try RunDirectory.find(output: path, name: configuration.name) else {
      if FileManager.default.fileExists(atPath: path) { try RunLock.waitUntilFree(path) }
      return nil
    }
    guard run.isFinished else {
      // A sweep that was killed takes its trials along, but not before it is gone itself.
      try RunLock.waitUntilFree(path)
      return nil
    }
    let changes = configuration.differencesBeyondMachine(from: try run.configuration())
    guard changes.isEmpty else {
      throw Failure(.badData, at: path, "the run is not of this trial's config: \(changes.joined(separator: "; ")); move it elsewhere to train the trial anew")
    }
    let records = try run.history()
    // Of a run that is to have more epochs than it had, the earlier model is still there.
    return configuration.fit.isOver(after: records) ? TrialResult(trial: trial, records: records, failure: nil) : nil
  }

  /// The epochs of a trial that failed, as far as they can be read.
  func records(of trial: Trial) -> [EpochRecord] {
    (try? RunDirectory.find(output: run(trial), name: "")).flatMap { $0 }.flatMap { try? $0.history() } ?? []
  }

  /// Whether a run was begun, so that `--resume` finds it.
  func hasBegun(_ trial: Trial) -> Bool { FileManager.default.fileExists(atPath: "\(run(trial))/config.json") }
}
