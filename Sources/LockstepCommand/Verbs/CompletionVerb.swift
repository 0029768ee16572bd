import Failures
import RunConfig

/// `lockstep completion bash|zsh|fish`: a script that lets a shell complete verbs, options and files.
enum CompletionVerb: Verb {
  static let name = "completion"
  static let summary = "a script that makes a shell complete verbs, options, runs and files"
  static let usage = "bash|zsh|fish"
  static let example = "eval \"$(lockstep completion bash)\""
  static let options: [Option] = []

  private enum Shell: String, CaseIterable {
    case bash, zsh, fish
  }

  static func run(_ arguments: Arguments) throws(Failure) {
    let word = try arguments.operand("a shell: bash, zsh or fish")
    guard let shell = Shell(rawValue: word) else {
      let hint = Nearest.word(to: word, among: Shell.allCases.map(\.rawValue)).map { "did you mean '\($0)'?" } ?? "known are bash, zsh, fish"
      throw Failure(.usage, at: word, "unknown shell; \(hint)")
    }
    let table = CompletionTable(Main.verbs)
    switch shell {
    case .bash: try Console.output(table.bash)
    case .zsh: try Console.output(table.zsh)
    case .fish: try Console.output(table.fish)
    }
  }
}
