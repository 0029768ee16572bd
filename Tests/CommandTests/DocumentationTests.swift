import Foundation
import TestSupport
import Testing

/// The promise: what the README and the articles tell people to write works: Swift compiles, configs are sound, commands exist. (Those that can be run are, by
/// `DocumentedCommandTests`; what is shown behind a `$` is held by `ReadmeTests`.)
@Suite struct DocumentationTests {
  /// One of the pages people read.
  struct Page: Sendable, CustomTestStringConvertible {
    let path: String
    var testDescription: String { path }
    var text: String { get throws { try String(contentsOf: PackageFiles.root.appendingPathComponent(path), encoding: .utf8) } }

    /// The blocks of code that are said to be in `language`.
    func blocks(_ language: String) throws -> [[Substring]] {
      let blocks = try text.components(separatedBy: "```").enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
      return blocks.map { $0.split(separator: "\n", omittingEmptySubsequences: false) }.filter { $0[0] == language }.map { Array($0.dropFirst()) }
    }

    /// The lines of the blocks that a shell is given, each whole.
    var commands: [String] {
      get throws {
        try (blocks("") + blocks("sh")).flatMap { $0.joined(separator: "\n").replacing("\\\n", with: " ").split(separator: "\n").map(String.init) }
      }
    }

    /// What stands in backticks in a line of text.
    var codes: [String] { get throws { try text.components(separatedBy: "```").enumerated().filter { $0.offset % 2 == 0 }.flatMap { Self.codes($0.element) } } }

    private static func codes(_ text: String) -> [String] {
      text.split(separator: "\n").flatMap { $0.components(separatedBy: "`").enumerated().filter { $0.offset % 2 == 1 }.map(\.element) }
    }
  }

  private static let articles = "Sources/Lockstep/Lockstep.docc"
  static let pages = [
    Page(path: "README.md"), Page(path: "\(articles)/Lockstep.md"), Page(path: "\(articles)/TheThreeCalls.md"), Page(path: "\(articles)/TheSameBits.md"),
    Page(path: "\(articles)/ReadingTheDiagnostics.md"), Page(path: "\(articles)/FromOneBoxToMany.md"), Page(path: "\(articles)/Serving.md"),
    Page(path: "\(articles)/WeightsOfOthers.md"), Page(path: "\(articles)/TensorBoard.md"), Page(path: "\(articles)/ReadingTheOutput.md"),
  ]

  /// The modules of `make docs`.
  private static let modules = ["Lockstep", "RunConfig", "Training", "NeuralNetwork", "Ranks", "Datasets", "Interchange", "Failures"]

  @Test func theModulesAreThoseOfMakeDocs() throws {
    let script = try String(contentsOf: PackageFiles.root.appendingPathComponent(".ci/make-docs"), encoding: .utf8)
    #expect(script.contains("\nmodules=(\(Self.modules.joined(separator: " ")))\n"))
  }

  /// As the compiler sees them; what it makes by itself has no place in a file.
  @Test(arguments: modules) func everyPublicSymbolIsDocumented(_ module: String) throws {
    try withTemporaryFolder { folder in
      let target = try LockstepProcess.run(["swift", "-print-target-info"], in: folder, sourceLocation: #_sourceLocation).output
      let triple = try #require(try target.firstMatch(of: Regex(#""unversionedTriple": "([^"]+)""#))?.output[1].substring)
      let maps = try FileManager.default.contentsOfDirectory(atPath: PackageFiles.root.appendingPathComponent("Sources").path).filter { $0.hasPrefix("C") }
      let command =
        ["swift", "symbolgraph-extract", "-module-name", module, "-target", String(triple), "-I"]
        + [LockstepProcess.binary.deletingLastPathComponent().appendingPathComponent("Modules").path]
        + maps.flatMap { ["-Xcc", "-fmodule-map-file=\(PackageFiles.root.path)/Sources/\($0)/module.modulemap"] }
        + ["-minimum-access-level", "public", "-skip-inherited-docs", "-skip-synthesized-members", "-output-dir", folder.path]
      let ending = try LockstepProcess.run(command, in: folder, sourceLocation: #_sourceLocation)
      #expect(ending.status == 0, "\(ending.errors)")
      var (count, bare) = (0, [String]())
      for file in try FileManager.default.contentsOfDirectory(atPath: folder.path) where file.hasSuffix(".symbols.json") {
        let graph = try object(try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8))
        for symbol in try #require(graph["symbols"] as? [[String: Any]]) {
          guard let location = symbol["location"] as? [String: Any], let uri = location["uri"] as? String, uri.contains("/Sources/") else { continue }
          count += 1
          if symbol["docComment"] == nil { bare.append((symbol["pathComponents"] as? [String] ?? []).joined(separator: ".")) }
        }
      }
      #expect(bare.sorted() == [], "\(module)")
      #expect(count > 10, "\(module)")
    }
  }

  @Test func everyArticleIsAmongThem() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: PackageFiles.root.appendingPathComponent(Self.articles).path)
    #expect(Set(files.filter { $0.hasSuffix(".md") }.map { "\(Self.articles)/\($0)" }).isSubset(of: Self.pages.map(\.path)))
  }

  /// Each block is one of those that some test takes; `Interop` has those of Python.
  @Test(arguments: pages) func everyBlockIsLookedAt(_ page: Page) throws {
    let languages = try page.text.components(separatedBy: "```").enumerated().filter { $0.offset % 2 == 1 }.map { $0.element.prefix { $0 != "\n" } }
    #expect(Set(languages).isSubset(of: ["", "sh", "swift", "json5", "python"]))
  }

  /// A page's blocks follow each other, as in one program. A piece of a `Package.swift` is none.
  @Test(arguments: pages) func swiftCompiles(_ page: Page) throws {
    let blocks = try page.blocks("swift").filter { !$0[0].hasPrefix("dependencies:") }
    guard !blocks.isEmpty else { return }
    let lines = blocks.joined().filter { $0 != "import Lockstep" }
    try withTemporaryFolder { folder in
      let program = folder.appendingPathComponent("main.swift")
      try Data((["import Lockstep"] + lines).joined(separator: "\n").utf8).write(to: program)
      let maps = try FileManager.default.contentsOfDirectory(atPath: PackageFiles.root.appendingPathComponent("Sources").path).filter { $0.hasPrefix("C") }
      let modules = LockstepProcess.binary.deletingLastPathComponent().appendingPathComponent("Modules").path
      let command =
        ["swiftc", "-typecheck", "-swift-version", "6", "-I", modules]
        + maps.flatMap { ["-Xcc", "-fmodule-map-file=\(PackageFiles.root.path)/Sources/\($0)/module.modulemap"] } + [program.path]
      let ending = try LockstepProcess.run(command, in: folder, sourceLocation: #_sourceLocation)
      #expect(ending.status == 0 && !ending.errors.contains("warning:"), "\(ending.errors)\(ending.output)")
    }
  }

  /// Such a piece stands in a manifest that the package manager reads; `make examples` builds a package with one.
  @Test func packagesAreRead() throws {
    let blocks = try Self.pages.flatMap { try $0.blocks("swift") }.filter { $0[0].hasPrefix("dependencies:") }
    #expect(!blocks.isEmpty)
    for block in blocks {
      try withTemporaryFolder { folder in
        let lines = ["// swift-tools-version: 6.2", "import PackageDescription", "let package = Package(name: \"Digits\","] + block + [")"]
        try put(Array(lines.joined(separator: "\n").utf8), "Package.swift", in: folder)
        let ending = try LockstepProcess.run(["swift", "package", "dump-package"], in: folder, sourceLocation: #_sourceLocation)
        #expect(ending.status == 0 && ending.output.contains("\"lockstep\""), "\(ending.errors)")
      }
    }
  }

  @Test(arguments: pages) func configsAreSound(_ page: Page) throws {
    for block in try page.blocks("json5") {
      try withTemporaryFolder { folder in
        let config = folder.appendingPathComponent("config.json")
        try Data(block.joined(separator: "\n").utf8).write(to: config)
        let ending = try lockstep(["check", config.path], in: folder)
        #expect(ending.status == 0 && ending.output.contains("nothing to warn of"), "\(ending.errors)\(ending.output)")
      }
    }
  }

  /// Every verb and option of a command that stands in the text, where they may be about files that are not here.
  @Test(arguments: pages) func commandsExist(_ page: Page) throws {
    for code in try page.codes where code.hasPrefix("lockstep ") && !code.hasPrefix("lockstep VERB") { try Self.expectCommand(code) }
  }

  /// Every target that `make` is given.
  @Test(arguments: pages) func targetsExist(_ page: Page) throws {
    let makefile = try String(contentsOf: PackageFiles.root.appendingPathComponent("Makefile"), encoding: .utf8)
    let targets = makefile.split(separator: "\n").first { $0.hasPrefix(".PHONY:") }?.split(separator: " ").dropFirst() ?? []
    for line in try page.commands where line.hasPrefix("make ") || line.hasPrefix("sudo make ") {
      let words = line.prefix { $0 != "#" && $0 != ";" && $0 != "&" }.split(separator: " ").drop { $0 != "make" }.dropFirst()
      let named = words.filter { !$0.contains("=") && !$0.hasPrefix("-") }
      #expect(!named.isEmpty && named.allSatisfy(targets.contains), "\(line)")
    }
  }

  /// What a shell is given is such a script.
  @Test(arguments: pages) func scriptsAreSound(_ page: Page) throws {
    for block in try page.blocks("sh") {
      try withTemporaryFolder { folder in
        try put(Array(block.joined(separator: "\n").utf8), "script", in: folder)
        let ending = try LockstepProcess.run(["bash", "-n", "script"], in: folder, sourceLocation: #_sourceLocation)
        #expect(ending.status == 0, "\(ending.errors)")
      }
    }
  }

  /// - Parameter line: `lockstep`, and what follows it up to a comment or a pipe.
  static func expectCommand(_ line: String) throws {
    let line = line.prefix { $0 != "|" }
    let words = (line.firstRange(of: " #").map { line[..<$0.lowerBound] } ?? line[...]).split(separator: " ").dropFirst().map(String.init)
    let help = try [words.prefix(2), words.prefix(1)].lazy.map { try lockstep($0 + ["--help"]) }.first { $0.status == 0 }
    let options = words.filter { $0.hasPrefix("--") }
    #expect(help != nil && options.allSatisfy { help?.output.contains($0) == true }, "\(line)")
  }
}
