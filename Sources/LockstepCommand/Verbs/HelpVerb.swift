import Failures

/// `lockstep help VERB`: its page.
enum HelpVerb: Verb {
  static let name = "help"
  static let summary = "what a verb does and takes, as lockstep VERB --help shows it"
  static let usage = "[VERB]"
  static let example = "lockstep help train"
  static let options: [Option] = []

  /// Every verb, and the first words that some share.
  static var words: WordList? {
    let names = Main.verbs.map { $0.name }
    return WordList("verb", names + WordList("verb", names).secondWords.map(\.first))
  }

  static func run(_ arguments: Arguments) throws(Failure) {
    guard !arguments.operands.isEmpty else { return try Console.output(Help.overview(Main.verbs)) }
    let word = try arguments.word(of: Self.self, "a verb")
    guard let verb = Main.verbs.first(where: { $0.name == word }) else { return try Console.output(Help.overview(Main.family(word))) }
    try Console.output(Help.page(verb))
  }
}
