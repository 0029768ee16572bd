import Failures
import RunConfig

/// `lockstep config schema`: what a config may hold, for editors.
enum ConfigSchemaVerb: Verb {
  static let name = "config schema"
  static let summary = "the JSON Schema of a config, with which editors complete and check it"
  static let usage = ""
  static let example = "lockstep config schema > schema.json"
  static let options: [Option] = []

  static func run(_ arguments: Arguments) throws(Failure) {
    if let extra = arguments.operands.first { throw Failure(.usage, at: extra, "unexpected; config schema takes options only") }
    try Console.output(ConfigSchema.text())
  }
}
