import Foundation
import TestSupport
import Testing

/// The promise: eyes at a terminal see colours; a pipe, a file, a dumb terminal, who sets `NO_COLOR` and who asks for JSON get plain text, and the same words.
@Suite struct ColourTests {
  private static let check = "check digits.json --set data.scale=1"

  private static func plain(_ text: String) throws -> String { text.replacing(try Regex("\u{1B}\\[[0-9;]*m"), with: "") }

  @Test(
    .enabled(if: isInstalled("script"), "needs script(1) for a terminal"),
    arguments: [
      (["TERM": "xterm"], true), (["TERM": "xterm", "NO_COLOR": ""], true), (["TERM": "xterm", "NO_COLOR": "1"], false), (["TERM": "dumb"], false),
      (["TERM": ""], false), (["TERM": "dumb", "CLICOLOR_FORCE": "1"], true), (["TERM": "xterm", "CLICOLOR_FORCE": "0"], true),
      (["NO_COLOR": "1", "CLICOLOR_FORCE": "1"], false),
    ])
  func onATerminal(_ environment: [String: String], _ isColoured: Bool) throws {
    try withDigitsFolder { folder in
      let words = Self.check.split(separator: " ").map(String.init)
      for command in [words, ["check", "--help"], ["--help"], ["evaluate", "digits.json"]] {
        let piped = try succeed(command, in: folder)
        let ending = try onTerminal("lockstep " + command.joined(separator: " "), in: folder, environment: environment)
        #expect(ending.status == 0 && ending.output.contains("\u{1B}") == isColoured, "\(command)")
        #expect(try Self.plain(ending.output) == piped, "\(command)")
      }
      let refused = try onTerminal("lockstep train nowhere.json", in: folder, environment: environment)
      let head = isColoured ? "\u{1B}[1;31mlockstep:\u{1B}[0m" : "lockstep:"
      #expect(refused.status == 66 && refused.output == "\(head) nowhere.json: no such config file\n")
    }
  }

  /// Each stream on its own: errors may go to a terminal while results go elsewhere.
  @Test(.enabled(if: isInstalled("script"), "needs script(1) for a terminal")) func eachStreamForItself() throws {
    try withDigitsFolder { folder in
      let train = "lockstep train digits.json --set fit.epochs=1 --set data.scale=1 --workers 1"
      let errors = try onTerminal("\(train) > out", in: folder, environment: ["TERM": "xterm"])
      #expect(errors.output.hasPrefix("lockstep: \u{1B}[1;33mwarning:\u{1B}[0m "))
      #expect(try !String(contentsOfFile: folder.path + "/out", encoding: .utf8).contains("\u{1B}"))
      let output = try onTerminal("\(train) 2> err", in: folder, environment: ["TERM": "xterm"])
      #expect(output.output.contains("\u{1B}[1mvalidation data (1000 rows):\u{1B}[0m "))
      let warnings = try String(contentsOfFile: folder.path + "/err", encoding: .utf8)
      #expect(warnings.hasPrefix("lockstep: warning: ") && !warnings.contains("\u{1B}"))
      let json = try onTerminal("lockstep \(Self.check) --json", in: folder, environment: ["TERM": "xterm", "CLICOLOR_FORCE": "1"])
      #expect(json.status == 0 && json.output.hasPrefix("{") && !json.output.contains("\u{1B}"))
    }
  }

  /// What is forced upon a trial does not get into the table of the sweep.
  @Test func forcedInkStaysOutOfFiles() throws {
    try withDigitsFolder { folder in
      let command = ["sweep", "digits.json", "--grid", "compile.optimizer.learning_rate=0.01,1e38", "--output", "s"]
      let settings = set("fit.epochs=1", "compile.optimizer.type=sgd")
      let ending = try lockstep(command + settings, in: folder, environment: ["CLICOLOR_FORCE": "1"])
      #expect(ending.status == 65 && ending.output.contains("\u{1B}[32mtrial-0001"), "the best one is green")
      let lines = try String(contentsOfFile: folder.path + "/s/results.jsonl", encoding: .utf8)
      #expect(lines.contains("\"error\":\"") && !lines.contains("\\u001b") && !lines.contains("\u{1B}") && !lines.contains("lockstep:"), "\(lines)")
    }
  }

  /// On a narrow terminal lines are broken between words; the example stays whole.
  @Test(.enabled(if: isInstalled("script"), "needs script(1) for a terminal")) func helpFitsTheTerminal() throws {
    try withDigitsFolder { folder in
      for columns in [60, 80, 132] {
        for command in ["--help", "train --help", "data info --help", Self.check] {
          let ending = try onTerminal("stty cols \(columns); lockstep \(command)", in: folder, environment: [:])
          let lines = ending.output.split(separator: "\n").filter { !$0.hasPrefix("example: ") }
          #expect(
            ending.status == 0 && lines.count > 5 && lines.allSatisfy { $0.count <= columns },
            "\(command) in \(columns): \(lines.filter { $0.count > columns })")
        }
      }
    }
  }
}
