import Failures
import Foundation
import Glibc
import Interchange
import Topology

/// What trained a run: the machine, the workers' places and the version, as `machine.json` keeps them; and of a run with `fit.diagnostics` where the time went.
///
/// Of a run that was interrupted it is what trained the last part.
public struct RunMachine: Equatable, Sendable, Codable {
  /// A thread, and where it was.
  public struct Worker: Equatable, Sendable, Codable {
    /// Nil where it was not bound.
    public let cpu: Int?
    /// The core, by hwloc's logical number; nil for a thread that was not pinned.
    public let core: Int?
    /// Seconds in each phase of the timed epochs, by its name; nil where none were.
    public let phases: [String: Double]?
  }

  /// The version of Lockstep.
  public let lockstep: String
  /// "Linux 6.1.0-18-amd64 x86_64".
  public let system: String
  /// The processors' names, as far as the system tells.
  public let processors: [String]
  /// That the process could use.
  public let cores: Int
  /// CPUs that the process could use.
  public let cpus: Int
  /// Memory of the machine, in bytes.
  public let memoryBytes: Int
  /// The cgroup's quota in CPUs, if there was one.
  public let quota: Double?
  /// The kernels that were used: "avx512", "avx2" or "portable".
  public let instructionSet: String
  /// The rule of the placement.
  public let placement: String
  /// Each thread.
  public let workers: [Worker]
  /// The epochs that were trained so.
  public let firstEpoch: Int
  /// The last epoch that was trained there.
  public let lastEpoch: Int
  /// Those whose phases were timed; nil where none were.
  public let timedEpochs: [Int]?
  /// The MPI through which several processes trained it; nil of one process. All else but `ranks` is of rank 0.
  public let mpi: String?
  /// The processes that trained together, in order; nil of one process.
  public let ranks: [RankPart]?

  /// - Parameters:
  ///   - phases: for each worker the seconds in each phase, in the order of `Phase`.
  ///   - timedEpochs: which these are of.
  ///   - ranks: nil of one process.
  init(_ crew: Crew, epochs: ClosedRange<Int>, phases: [[Double]]?, timedEpochs: [Int], ranks: [RankPart]?) {
    lockstep = Version.number
    var name = utsname()
    uname(&name)
    system = "\(Self.text(name.sysname)) \(Self.text(name.release)) \(Self.text(name.machine))"
    processors = crew.machine.packages.compactMap(\.model)
    cores = crew.machine.cores.count
    cpus = crew.machine.usableCPUs.count
    memoryBytes = crew.machine.numaNodes.reduce(0) { $0 + $1.memoryBytes }
    quota = crew.quota
    instructionSet = crew.instructionSet.rawValue
    placement = "\(crew.plan.strategy)"
    workers = crew.plan.places.enumerated().map { number, place in
      Worker(
        cpu: place.cpu, core: place.core,
        phases: phases.map { phases in Dictionary(uniqueKeysWithValues: Phase.all(ofRanks: ranks != nil).map { ("\($0)", phases[number][$0.rawValue]) }) })
    }
    (firstEpoch, lastEpoch) = (epochs.lowerBound, epochs.upperBound)
    self.timedEpochs = phases == nil ? nil : timedEpochs
    mpi = crew.ranks?.library
    self.ranks = ranks
  }

  /// A field of `utsname`, which C declares as an array of characters.
  private static func text<Field>(_ field: Field) -> String {
    withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  /// The text of `machine.json`.
  var json: [UInt8] {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do { return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")] } catch { preconditionFailure("words and finite numbers did not encode: \(error)") }
  }

  /// - Throws: `Failure` (bad data) when `bytes` are no such text.
  init(json bytes: [UInt8], file: String) throws(Failure) {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    do { self = try decoder.decode(Self.self, from: Data(bytes)) } catch {
      throw Failure(.badData, at: file, "does not say what trained the run; remove it to go without")
    }
  }
}

extension RunDirectory {
  private var machinePath: String { "\(path)/machine.json" }

  /// Notes what trained the run.
  ///
  /// - Throws: `Failure` (input and output) with the system's words.
  func write(_ machine: RunMachine) throws(Failure) { try AtomicFile.write(machine.json, to: machinePath) }

  /// What trained the run; nil where it was not noted, as in runs of version 0.1.0.
  ///
  /// - Throws: `Failure` naming the file.
  public func machine() throws(Failure) -> RunMachine? {
    guard FileManager.default.fileExists(atPath: machinePath) else { return nil }
    return try RunMachine(json: try wholeFile(machinePath), file: machinePath)
  }
}
