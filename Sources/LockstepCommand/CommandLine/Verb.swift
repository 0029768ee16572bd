import Failures
import RunConfig

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
  /// What the first operand can be; nil where it is no word out of a list. Verbs of two words count as one operand.
  static var words: WordList? { get }
  /// What `--json` prints; nil for a verb that has no such option, because its output is a document for another program as it is.
  static var jsonOutput: JSONOutput? { get }
  static func run(_ arguments: Arguments) throws(Failure)
}

extension Verb {
  static var jsonOutput: JSONOutput? { nil }
  static var words: WordList? { nil }
}

/// A long option.
struct Option: Equatable {
  /// Without the dashes.
  let name: String
  /// What its value is called in the help; nil for an option without one.
  let value: String?
  /// What its value can be; nil for one that is no word out of a list.
  let words: WordList?
  private let text: String

  /// - Parameter help: what it is for; the words are listed before that.
  init(name: String, value: String?, words: WordList? = nil, help: String) { (self.name, self.value, self.words, text) = (name, value, words, help) }

  /// What the help page says.
  var help: String { [words?.list, text.isEmpty ? nil : text].compactMap(\.self).joined(separator: "; ") }

  static let help = Option(name: "help", value: nil, help: "show this page; -h does so, too")
  static let set = Option(name: "set", value: "key.path=value", help: "change a key of the config; may be given more than once")
  static let workers = Option(name: "workers", value: "N", help: "worker threads; default: one a physical core this process may use")
  static let placement = Option(
    name: "placement", value: "P", words: WordList("placement", Placement.words, or: "a CPU list such as 0-3,8"), help: "")
  static let json = Option(name: "json", value: nil, help: "print JSON instead of text; lockstep output schema VERB says what is in it")
}
