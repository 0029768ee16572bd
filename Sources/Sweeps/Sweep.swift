import Failures
import Foundation
import Glibc
import Interchange
import RunConfig
import Topology
import Training

/// A sweep made ready: every trial's config is read, the cores are dealt out, and the folder is this process's.
public struct Sweep {
  /// How a sweep ended.
  public enum Ending {
    /// Every trial is done, or has failed.
    case finished
    /// As it was asked to; the trials under way are saved.
    case interrupted
  }

  public let request: SweepRequest
  public let directory: SweepDirectory
  /// As many trials as these run side by side.
  public let cores: CoreSets
  /// What is known so far.
  public private(set) var results: SweepResults
  /// In the order in which they begin.
  private var waiting: [Trial]
  private var running: [TrialProcess] = []
  private var isStopping = false
  private let binder: ThreadBinder
  private let lock: RunLock

  /// - Parameter workers: of each trial, each on a core of its own.
  /// - Throws: `Failure` for anything that stands in the way; nothing is trained by then.
  public init(_ request: SweepRequest, in directory: SweepDirectory, workers: Int) throws(Failure) {
    let machine = try MachineTopology.discover()
    do throws(Failure) {
      cores = try CoreSets(machine: machine, size: workers, quota: CPUQuota.cpus(for: machine))
    } catch {
      throw Failure(.usage, at: "--workers-per-run \(workers)", error.message)
    }
    binder = try ThreadBinder(for: machine)
    lock = try directory.begin(request)
    results = SweepResults(axes: request.plan.axes, monitor: request.monitor)
    waiting = []
    for (trial, configuration) in zip(request.plan.trials, request.configurations) {
      if let result = try directory.result(of: trial, configuration) { results.add(result) } else { waiting.append(trial) }
    }
    (self.request, self.directory) = (request, directory)
  }

  /// Trains what is to be trained. Results are written whenever a trial ends.
  ///
  /// - Parameters:
  ///   - isInterrupted: asked at least four times a second; true ends every trial behind its next step, with a checkpoint.
  ///   - warn: takes what the user should know and can live with, in one line.
  ///   - ended: hears of each trial that has ended.
  /// - Throws: `Failure` when a process cannot be started or the results cannot be written, and from `ended`. Trials under way are saved then, too.
  public mutating func run(
    isInterrupted: () -> Bool, warn: (String) -> Void, ended: (TrialResult) throws(Failure) -> Void
  ) throws(Failure) -> Ending {
    do throws(Failure) {
      while !isInterrupted() {
        while running.count < cores.sets.count, !waiting.isEmpty { try start(waiting.removeFirst(), warn) }
        if running.isEmpty { break }
        TrialProcess.wait(for: running)
        try collect(warn, ended)
      }
      try stop(warn, ended)
      try writeResults()
      return results.results.count < request.plan.trials.count ? .interrupted : .finished
    } catch {
      try? stop(warn) { _ in }
      throw error
    }
  }

  /// Starts `trial` on the first cores that are free.
  private mutating func start(_ trial: Trial, _ warn: (String) -> Void) throws(Failure) {
    let place = cores.sets.indices.first { place in !running.contains { $0.place == place } }!
    let set = cores.sets[place]
    // Workers are bound to a hardware thread each by the trial itself; all else that it does stays on its cores by what it inherits here.
    let earlier = binder.currentThreadBinding()
    if case .refused(let reason) = binder.bindCurrentThread(to: set.cpus) { warn("\(trial.name) is not kept to its cores: \(reason)") }
    defer { binder.restore(earlier) }
    let settings = (request.overrides + trial.overrides).flatMap { ["--set", $0] }
    running.append(
      try TrialProcess(
        trial, place: place,
        arguments: ["train", directory.configPath(request), "--output", directory.run(trial), "--quiet"]
          + ["--workers", "\(set.cores.count)", "--placement", CPUList(set.places).description] + settings
          + (directory.hasBegun(trial) ? ["--resume"] : []), log: directory.log(trial)))
  }

  /// Takes in the trials that have ended.
  private mutating func collect(_ warn: (String) -> Void, _ ended: (TrialResult) throws(Failure) -> Void) throws(Failure) {
    for process in running {
      guard let end = process.end() else { continue }
      running.removeAll { $0.trial == process.trial }
      guard let result = try result(of: process.trial, end, warn) else { continue }
      results.add(result)
      // The last of them must be written; one on the way can wait for the next.
      do throws(Failure) { try writeResults() } catch { warn("\(error); the sweep goes on, and writes its results at its end") }
      try ended(result)
    }
  }

  /// Interrupts the trials under way, and waits for their ends.
  private mutating func stop(_ warn: (String) -> Void, _ ended: (TrialResult) throws(Failure) -> Void) throws(Failure) {
    isStopping = true
    for process in running { process.interrupt() }
    while !running.isEmpty {
      TrialProcess.wait(for: running)
      try collect(warn, ended)
    }
  }

  /// Nil for a trial that was interrupted, and goes on another time.
  private func result(of trial: Trial, _ end: TrialProcess.End, _ warn: (String) -> Void) throws(Failure) -> TrialResult? {
    let said = (try? String(contentsOfFile: directory.log(trial), encoding: .utf8))?.split(separator: "\n").map(String.init) ?? []
    // One that has hardly begun does not watch for the signal yet.
    if isStopping, end == .exited(128 + SIGINT) || end == .killed(signal: SIGINT) { return nil }
    guard end == .exited(0) else {
      return TrialResult(trial: trial, records: directory.records(of: trial), failure: Self.failure(end, said))
    }
    for line in said { warn("\(trial.name): \(Self.bare(line))") }
    if said.isEmpty { unlink(directory.log(trial)) }
    let configuration = request.configurations[trial.number - 1]
    do throws(Failure) {
      if let result = try directory.result(of: trial, configuration) { return result }
      throw Failure(.internalError, at: directory.run(trial), "the run said that it was done, and it is not")
    } catch {
      return TrialResult(trial: trial, records: [], failure: error)
    }
  }

  /// The last line that the process wrote, and the kind that goes with its exit code.
  private static func failure(_ end: TrialProcess.End, _ said: [String]) -> Failure {
    switch end {
    case .exited(let code):
      return Failure(Failure.Kind(rawValue: code) ?? .internalError, said.last.map(bare) ?? "ended with status \(code), and said nothing")
    case .killed(let signal):
      return Failure(.internalError, "killed by signal \(signal) (\(String(cString: strsignal(signal))))")
    }
  }

  /// A line without what every line of the program begins with, nor the ink that `CLICOLOR_FORCE` puts everywhere.
  private static func bare(_ line: String) -> String {
    let plain = line.replacing(/\x1B\[[0-9;]*m/, with: "")
    var rest = Substring(plain)
    for prefix in ["lockstep: ", "warning: "] where rest.hasPrefix(prefix) { rest = rest.dropFirst(prefix.count) }
    return String(rest)
  }

  private func writeResults() throws(Failure) {
    try AtomicFile.write([(directory.csvPath, Array(results.csv.utf8)), (directory.jsonLinesPath, Array(results.jsonLines.utf8))])
  }
}
