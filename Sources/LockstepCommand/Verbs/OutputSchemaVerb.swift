import Failures

/// `lockstep output schema VERB`: what a verb prints with `--json`.
enum OutputSchemaVerb: Verb {
  static let name = "output schema"
  static let summary = "the JSON Schema of what a verb prints with --json"
  static let usage = "VERB"
  static let example = "lockstep output schema evaluate"
  static let options: [Option] = []

  static var words: WordList? { WordList("verb with --json", Main.verbs.filter { $0.jsonOutput != nil }.map { $0.name }) }

  static func run(_ arguments: Arguments) throws(Failure) {
    let name = try arguments.word(of: Self.self, "a verb")
    guard let output = Main.verbs.first(where: { $0.name == name })?.jsonOutput else { preconditionFailure("'\(name)' has no --json") }
    try Console.output(output.schemaText(of: name))
  }
}
