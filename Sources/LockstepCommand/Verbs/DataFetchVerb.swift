import Datasets
import Downloads
import Failures
import Foundation
import Interchange

/// `lockstep data fetch NAME`: a data set from the network into the cache.
enum DataFetchVerb: Verb {
  static let name = "data fetch"
  static let summary = "download a data set into the cache, check it, and print its folder: \(KnownDataset.all.map(\.name).joined(separator: ", "))"
  static let usage = "NAME [options]"
  static let example = "lockstep train configs/mnist.json --set data.path=$(lockstep data fetch mnist)"
  static let offline = Option(name: "offline", value: nil, help: "only look into the cache, and where the system's packages put data sets")
  static let mirror = Option(
    name: "mirror", value: "URL", help: "a folder to fetch from in place of the usual ones; may be given more than once, the first first")
  static let timeout = Option(name: "timeout", value: "SECONDS", help: "give a server up that sends nothing for so long; default: 30")
  static let options = [offline, mirror, timeout, .json]
  static var words: WordList? { WordList("data set", KnownDataset.all.map(\.name)) }

  static func run(_ arguments: Arguments) throws(Failure) {
    var known = try KnownDataset.named(try arguments.word(of: Self.self, "the name of a data set"))
    let patience = try arguments.number(timeout, in: 1...3600) ?? 30
    let mirrors = arguments.all(mirror)
    if !mirrors.isEmpty { known = known.from(mirrors) }
    let cache = try known.cacheFolder(ProcessInfo.processInfo.environment)
    var folder = try known.present(in: cache)
    if folder == nil {
      guard !arguments.has(offline) else { throw Failure(.missingInput, at: cache, "\(known.name) is not there; fetch it without --offline") }
      try fetch(known, into: cache, patience: patience)
      folder = cache
    }
    let path = folder ?? cache
    try Console.output(arguments.has(.json) ? jsonLine(["name": known.name, "folder": path, "files": try files(in: path)]) + "\n" : path + "\n")
  }

  /// The data files in the folder, by name.
  private static func files(in folder: String) throws(Failure) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.contains("-idx") && !$0.hasPrefix(".") }.sorted()
    } catch {
      throw Failure(.inputOutput, at: folder, "cannot be listed")
    }
  }

  /// Makes IDX files of a set that has another form; returns their names.
  private static func prepare(_ known: KnownDataset) -> (KnownDataset.Preparation, _ folder: String) throws(Failure) -> [String] {
    { preparation, folder throws(Failure) in
      let files = known.files.map { "\(folder)/\($0.name)" }
      var names: [String] = []
      func write(_ name: String, _ bytes: [UInt8]) throws(Failure) {
        names.append(name)
        try AtomicFile.write(bytes, to: "\(folder)/\(name)")
      }
      switch preparation {
      case .emnistDigits: try FetchedDigits.emnist(files[0], write: write)
      case .usps: try FetchedDigits.usps(training: files[0], test: files[1], write: write)
      }
      return names
    }
  }

  /// A signal ends the process once what has come is on the disk, from where the next call goes on.
  private static func fetch(_ known: KnownDataset, into cache: String, patience: Int) throws(Failure) {
    let line = ProgressLine(unit: "kB of \(known.name)", total: known.byteCount.map { $0 / 1000 }, onErrors: true)
    Interruption.watch()
    defer { line.clear() }
    do throws(Failure) {
      try known.fetch(into: cache, patience: patience, prepare: prepare(known)) { bytes throws(Failure) in
        if Interruption.signal != nil { throw Failure(.inputOutput, at: cache, "interrupted; the same command goes on from here") }
        line.show(bytes / 1000)
      }
    } catch {
      line.clear()
      guard let signal = Interruption.signal else { throw error.inside(known.name) }
      Console.failure(error)
      exit(128 + signal)
    }
  }
}
