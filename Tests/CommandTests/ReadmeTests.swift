import Foundation
import Kernels
import TestSupport
import Testing

/// The promise: what the README shows behind a `$` is what the commands print, and so is what it shows of `make train`.
@Suite struct ReadmeTests {
  /// A command, and the lines that the README shows of what it prints; "…" stands for lines that are left out.
  struct Shown: Sendable, CustomTestStringConvertible {
    let command: String
    var lines: [String] = []

    var testDescription: String { command }

    /// Whether `output` is what is shown.
    func matches(_ output: [String]) -> Bool {
      let parts = lines.split(separator: "…", omittingEmptySubsequences: false).map(Array.init)
      var rest = output[...]
      for (number, part) in parts.enumerated() {
        let isLast = number == parts.count - 1
        let start = number == 0 ? rest.startIndex : isLast ? rest.endIndex - part.count : rest.indices.first { rest[$0...].starts(with: part) }
        guard let start, start >= rest.startIndex, rest[start...].starts(with: part) else { return false }
        rest = rest[(start + part.count)...]
      }
      return rest.isEmpty
    }
  }

  private static let readme = (try? String(contentsOf: PackageFiles.root.appendingPathComponent("README.md"), encoding: .utf8)) ?? ""
  private static let blocks = readme.components(separatedBy: "```").enumerated().filter { $0.offset % 2 == 1 }.map(\.element)

  /// The blocks that begin with a `$`, each command in them with what follows.
  static let shown: [[Shown]] = {
    blocks.filter { $0.hasPrefix("\n$ ") }.map { block in
      block.split(separator: "\n", omittingEmptySubsequences: false).dropFirst().dropLast().reduce(into: []) { shown, line in
        if line.hasPrefix("$ ") { shown.append(Shown(command: String(line.dropFirst(2)))) } else { shown[shown.count - 1].lines.append(String(line)) }
      }
    }
  }()

  /// Without fused multiply-add the last digits differ.
  @Test(.enabled(if: InstructionSet.supported[0].isFused, "this processor has no fused multiply-add"))
  func whatIsShownIsPrinted() throws {
    #expect(Self.shown.joined().count >= 3)
    try withTemporaryFolder { folder in
      try FileManager.default.createSymbolicLink(
        at: folder.appendingPathComponent("configs"), withDestinationURL: PackageFiles.root.appendingPathComponent("configs"))
      for shown in Self.shown.joined() {
        let words = shown.command.split(separator: " ").map(String.init)
        #expect(words[0] == "lockstep")
        let ending = try lockstep(Array(words.dropFirst()), in: folder, environment: ["LC_ALL": "C.UTF-8", "TERM": "xterm"])
        #expect(ending.status == 0, "\(shown.command): \(ending.errors)")
        var lines = (ending.errors + ending.output).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        #expect(shown.matches(lines), "\(shown.command)\n\(lines.joined(separator: "\n"))")
      }
    }
  }

  /// The end of it, but for the times.
  @Test(.enabled(if: InstructionSet.supported[0].isFused, "this processor has no fused multiply-add"))
  func whatMakeTrainPrints() throws {
    let makefile = try String(contentsOf: PackageFiles.root.appendingPathComponent("Makefile"), encoding: .utf8)
    #expect(makefile.contains("\ntrain: build\n\t.build/release/lockstep train configs/digits.json\n"))
    let block = try #require(Self.blocks.first { $0.contains("\nsaved in runs/digits\n") })
    let times = try Regex(" - +[0-9.]+ m?s - [0-9.]+[kM]? samples/s - ")
    let shown = block.split(separator: "\n").map { $0.replacing(times, with: " - ") }
    #expect(shown.contains { $0.hasPrefix("Epoch 10/10 - loss: ") } && shown.count > 10)
    try withTemporaryFolder { folder in
      try FileManager.default.createSymbolicLink(
        at: folder.appendingPathComponent("configs"), withDestinationURL: PackageFiles.root.appendingPathComponent("configs"))
      let lines = try succeed(["train", "configs/digits.json"], in: folder).split(separator: "\n")
      #expect(lines.contains { $0.contains(times) })
      #expect(lines.suffix(shown.count).map { $0.replacing(times, with: " - ") } == shown, "\(lines.joined(separator: "\n"))")
    }
  }
}
