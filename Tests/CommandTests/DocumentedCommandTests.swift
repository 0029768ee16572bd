import Foundation
import RunConfig
import TestSupport
import Testing

/// The promise: a command that the README, an article or a help page tells people to type ends with 0, with the files that its page has made before, and with those that
/// everybody brings along. Whether it does what it says is for the tests of its verb.
@Suite struct DocumentedCommandTests {
  /// What is not run, by what it begins with.
  private static let leftOut: [(start: String, reason: String)] = [
    ("lockstep serve ", "ends only when it is told to: ServeTests"),
    ("lockstep bench kernels", "takes six seconds: MeasurementsTests"),
    ("lockstep bench step", "takes two seconds: BenchTests"),
    ("lockstep bench scaling", "takes nine seconds: BenchTests"),
    ("lockstep train configs/mnist.json --set data.path=$(lockstep data fetch mnist)", "asks the network: DataFetchTests"),
    ("lockstep data synth --output data/many --count 10000000", "makes 7.8 GB: DataSynthTests make less"),
    ("lockstep data synth --output data/synthetic --count 1000000", "makes 784 MB: DataSynthTests make less"),
    ("mpirun -n ", "needs an MPI, and machines: RanksTests, RanksBenchTests"),
    ("srun --mpi=pmix ", "needs Slurm"),
  ]

  /// What is run with more words behind it, so that it takes a tenth of the time.
  private static let shortened: [(start: String, words: String)] = [
    ("lockstep train configs/mnist-augmented.json ", "--set fit.epochs=2"),
    ("lockstep sweep configs/mnist.json ", "--trials 1 --set fit.epochs=1"),
    ("lockstep sweep configs/digits.json ", "--set fit.epochs=1"),
    ("lockstep data synth --output data/synthetic", "--count 6000 --test 1000"),
  ]

  /// What is typed one after the other in one folder.
  private struct Session {
    let name: String
    let lines: [String]
  }

  /// A page's lines, without its comments; and the examples of all help pages. (What stands behind a `$` is run by `ReadmeTests`.)
  private static func sessions() throws -> [Session] {
    let verbs = try succeed(["--help"]).split(separator: "\n").filter { $0.hasPrefix("  ") }.map { String($0.dropFirst(2).split(separator: "  ")[0]) }
    let examples = try verbs.map { verb in
      let page = try succeed(verb.split(separator: " ").map(String.init) + ["--help"])
      return String(try #require(page.split(separator: "\n").last).dropFirst("example: ".count))
    }
    #expect(examples.count >= 18)
    return try DocumentationTests.pages.map { page in
      Session(name: page.path, lines: try page.commands.map(withoutComment).filter { !$0.hasPrefix("$ ") && $0.contains(#/(^|[ (])lockstep /#) })
    } + [Session(name: "help", lines: examples.filter { !$0.contains("man -l") || isInstalled("man") })]
  }

  private static func withoutComment(_ line: String) -> String {
    let end = line.hasPrefix("#") ? line.startIndex : line.firstRange(of: " #")?.lowerBound ?? line.endIndex
    return line[..<end].trimmingCharacters(in: .whitespaces)
  }

  /// What people have before they begin, and what the pages say of it: digits as IDX and CSV, a picture, runs, and the weights of another program.
  private static func prepare(_ folder: URL) throws {
    func link(_ name: String, to path: String) throws {
      try FileManager.default.createSymbolicLink(atPath: folder.path + "/" + name, withDestinationPath: path)
    }
    try link("configs", to: PackageFiles.root.appendingPathComponent("configs").path)
    try succeed(["data", "synth", "--output", "FOLDER", "--count", "300", "--test", "60"], in: folder)
    try FileManager.default.createDirectory(at: folder.appendingPathComponent("data"), withIntermediateDirectories: false)
    try link("data/mnist", to: "../FOLDER")
    try link("FOLDER_OF_IDX_FILES", to: "FOLDER")
    let images = [UInt8](try Data(contentsOf: folder.appendingPathComponent("FOLDER/t10k-images-idx3-ubyte")))
    try put(gzip(images), "t10k-images-idx3-ubyte.gz", in: folder)
    try succeed(["data", "convert", "FOLDER", "digits.csv", "--part", "training"], in: folder)
    // A one, in ink on paper.
    try put(png(width: 60, height: 90, (0..<5400).map { 28..<33 ~= $0 % 60 && 900..<4500 ~= $0 ? 20 : 230 }), "photo.png", in: folder)
    // Each where it goes by itself: runs/mnist, runs/mnist-2 and so on.
    for _ in 0..<2 {
      try succeed(["train", "configs/mnist.json", "--quiet"] + set("fit.epochs=2", "fit.diagnostics=true"), in: folder)
      try succeed(["train", "configs/digits.json", "--quiet"] + set("fit.epochs=3", "fit.diagnostics=true"), in: folder)
    }
    try succeed(["train", "configs/ten-sigmoids.json", "--quiet"] + set("fit.epochs=1"), in: folder)
    try put(TrainedRun(folder: folder.appendingPathComponent("runs/digits")).weightsOfPyTorch, "weights.safetensors", in: folder)
  }

  @Test func theyEndWell() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("lockstep-\(UUID().uuidString)", isDirectory: true)
    try FileManager.default.createDirectory(at: folder.appendingPathComponent("new"), withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Self.prepare(folder.appendingPathComponent("new"))
    let sessions = try Self.sessions()
    #expect(sessions.reduce(0) { $0 + $1.lines.count } > 60)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (number, session) in sessions.enumerated() where !session.lines.isEmpty {
        group.addTask { try Self.run(session, in: folder.appendingPathComponent("\(number)"), likeThoseOf: folder.appendingPathComponent("new")) }
      }
      try await group.waitForAll()
    }
    // What is said of a line that is no more is no more to be said.
    let lines = sessions.flatMap(\.lines)
    for start in Self.leftOut.map(\.start) + Self.shortened.map(\.start) { #expect(lines.contains { ($0 + " ").hasPrefix(start) }, "\(start)") }
  }

  /// - Parameters:
  ///   - folder: that is made for it.
  ///   - prepared: what is there in the beginning.
  private static func run(_ session: Session, in folder: URL, likeThoseOf prepared: URL) throws {
    _ = try LockstepProcess.run(["cp", "-a", prepared.path, folder.path], in: prepared, sourceLocation: #_sourceLocation)
    let path = "\(LockstepProcess.binary.deletingLastPathComponent().path):\(ProcessInfo.processInfo.environment["PATH"] ?? "")"
    for line in session.lines where !leftOut.contains(where: { (line + " ").hasPrefix($0.start) }) {
      let more = shortened.first { line.hasPrefix($0.start) }?.words ?? ""
      let ending = try LockstepProcess.run(
        ["bash", "-c", "set -o pipefail; \(line) \(more)"], in: folder, environment: ["PATH": path], sourceLocation: #_sourceLocation)
      #expect(ending.status == 0, "\(session.name): \(line): \(ending.errors)")
    }
  }

  /// Of a line that is not run, and is no other program's, verb and options are there.
  @Test func whatIsNotRunExists() throws {
    for line in try Self.sessions().flatMap(\.lines) where Self.leftOut.contains(where: { (line + " ").hasPrefix($0.start) }) {
      let start = try #require(line.hasPrefix("lockstep ") ? line.startIndex : line.firstRange(of: " lockstep ").map { line.index(after: $0.lowerBound) })
      try DocumentationTests.expectCommand(String(line[start...]))
    }
  }

  /// Every `--set` on the pages, in commands and in the text, and every key in backticks, is one of some config's.
  @Test(arguments: DocumentationTests.pages) func settingsAreRead(_ page: DocumentationTests.Page) throws {
    let settings = try page.text.matches(of: /--set ((?:'[^']*'|[^\s'`])+)/).map { $0.output.1.replacing("'", with: "") }.filter { $0.contains("=") }
    for setting in settings { #expect(Self.isRead(String(setting)) == nil, "\(setting): \(Self.isRead(String(setting)) ?? "")") }
    for code in try page.codes {
      guard let key = try /((data|model|compile|fit|engine)(\.[a-z_]+(\[[0-9]+\])?)+)(:.*|=.*)?/.wholeMatch(in: code)?.output.1, key != "model.safetensors"
      else { continue }
      #expect(Self.isRead("\(key)={}")?.contains("unknown key") != true, "\(key)")
    }
  }

  /// Why no config takes `setting`; nil where one does.
  private static func isRead(_ setting: String) -> String? {
    var reason: String?
    for (config, source) in [("digits", []), ("mnist", []), ("mnist", ["data={source:'csv',path:'digits.csv'}"])] as [(String, [String])] {
      let file = PackageFiles.root.appendingPathComponent("configs/\(config).json").path
      do { _ = try RunConfiguration(file: file, overrides: source + [setting]) } catch {
        let words = "\(error)"
        if reason == nil || !words.contains("unknown key") { reason = words }
        continue
      }
      return nil
    }
    return reason
  }
}
