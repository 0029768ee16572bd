import Failures
import RunConfig

/// `lockstep output schema VERB`: what a verb prints with `--json`.
enum OutputSchemaVerb: Verb {
  static let name = "output schema"
  static let summary = "the JSON Schema of what a verb prints with --json"
  static let usage = "VERB"
  static let example = "lockstep output schema evaluate"
  static let options: [Option] = []

  static func run(_ arguments: Arguments) throws(Failure) {
    guard !arguments.operands.isEmpty else { throw Failure(.usage, "expected a verb") }
    let name = arguments.operands.joined(separator: " ")
    let verbs = Main.verbs.filter { $0.jsonOutput != nil }
    guard let verb = verbs.first(where: { $0.name == name }), let output = verb.jsonOutput else {
      let hint =
        Nearest.word(to: name, among: verbs.map { $0.name }).map { "did you mean '\($0)'?" } ?? "known are \(verbs.map { $0.name }.joined(separator: ", "))"
      throw Failure(.usage, at: name, "no verb with --json; \(hint)")
    }
    try Console.output(output.schemaText(of: name))
  }
}
