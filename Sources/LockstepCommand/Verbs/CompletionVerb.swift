import Failures

/// `lockstep completion bash|zsh|fish`: a script that lets a shell complete verbs, options and files.
enum CompletionVerb: Verb {
  static let name = "completion"
  static let summary = "a script that makes a shell complete verbs, options, runs and files"
  static let usage = "bash|zsh|fish"
  static let example = "eval \"$(lockstep completion bash)\""
  static let options: [Option] = []

  static var words: WordList? { WordList("shell", Shell.self) }

  private enum Shell: String, CaseIterable {
    case bash, zsh, fish
  }

  static func run(_ arguments: Arguments) throws(Failure) {
    let word = try arguments.word(of: Self.self, "a shell: \(WordList("shell", Shell.self).list)")
    let table = CompletionTable(Main.verbs)
    switch Shell(rawValue: word) {
    case .bash?: try Console.output(table.bash)
    case .zsh?: try Console.output(table.zsh)
    case .fish?: try Console.output(table.fish)
    case nil: preconditionFailure("no shell is called '\(word)'")
    }
  }
}
