import Failures

/// One of the things that `lockstep` does.
protocol Verb: Sendable {
  /// The word after `lockstep`; or two, such as `data synth`, where verbs share a subject.
  static var name: String { get }
  /// One line for the overview.
  static var summary: String { get }
  /// What follows the verb, for its help page.
  static var usage: String { get }
  /// A command that works as it stands.
  static var example: String { get }
  static var options: [Option] { get }
  /// What `--json` prints; nil for a verb that has no such option, because its output is a document for another program as it is.
  static var jsonOutput: JSONOutput? { get }
  static func run(_ arguments: Arguments) throws(Failure)
}

extension Verb {
  static var jsonOutput: JSONOutput? { nil }
}

/// A long option.
struct Option: Equatable {
  /// Without the dashes.
  let name: String
  /// What its value is called in the help; nil for an option without one.
  let value: String?
  let help: String

  static let help = Option(name: "help", value: nil, help: "show this page")
  static let set = Option(name: "set", value: "key.path=value", help: "change a key of the config; may be given more than once")
  static let workers = Option(name: "workers", value: "N", help: "worker threads; default: one a physical core this process may use")
  static let placement = Option(name: "placement", value: "P", help: "cores, compact, threads, none, or a CPU list such as 0-3,8")
  static let json = Option(name: "json", value: nil, help: "print JSON instead of text; lockstep output schema VERB says what is in it")
}
