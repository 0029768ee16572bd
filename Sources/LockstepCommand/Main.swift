import Failures
import Glibc
import RunConfig
import Training

/// `lockstep VERB …`: finds the verb, runs it, and turns a failure into one line and an exit code.
@main
enum Main {
  static let verbs: [any Verb.Type] = [
    InitVerb.self, CheckVerb.self, TrainVerb.self, SweepVerb.self, FindLRVerb.self, EvaluateVerb.self, InspectVerb.self, CompareVerb.self, ReportVerb.self,
    ExplainVerb.self, GradcheckVerb.self, PredictVerb.self, ServeVerb.self, ExportVerb.self, ImportVerb.self, TopologyVerb.self, BenchVerb.self,
    DataInfoVerb.self, DataConvertVerb.self, DataFetchVerb.self, DataSynthVerb.self, ConfigSchemaVerb.self, OutputSchemaVerb.self, CompletionVerb.self,
    ManVerb.self, HelpVerb.self,
  ]

  static func main() {
    // A limit on the size of files is then an error of the write, with a line and an exit code, like a full disk.
    signal(SIGXFSZ, SIG_IGN)
    do throws(Failure) {
      try run(Array(CommandLine.arguments.dropFirst()))
    } catch {
      Console.failure(error)
      exit(error.exitCode)
    }
  }

  private static func run(_ arguments: [String]) throws(Failure) {
    guard let word = arguments.first else { throw Failure(.usage, "expected a verb: \(names(verbs)); see lockstep --help") }
    if asksForHelp(word) { return try Console.output(Help.overview(verbs)) }
    if word == "--version" { return try Console.output("lockstep \(Version.number)\n") }
    try refuseOption(word, known: ["--help", "--version"])
    let family = Self.family(word)
    if !family.isEmpty, let second = arguments.dropFirst().first {
      if asksForHelp(second) { return try Console.output(Help.overview(family)) }
      try refuseOption(second, known: ["--help"])
    }
    let verb = try verb(of: arguments, family: family)
    let words = verb.name.split(separator: " ").count
    let parsed = try Arguments(Array(arguments.dropFirst(words - 1)), options: verb.options + [.help])
    if parsed.has(.help) { return try Console.output(Help.page(verb)) }
    do throws(Failure) { try verb.run(parsed) } catch { throw parsed.atOption(error) }
  }

  /// The verbs of two words of which `word` is the first.
  static func family(_ word: String) -> [any Verb.Type] { verbs.filter { $0.name.hasPrefix(word + " ") } }

  /// The first words that several verbs share.
  private static var families: [String] { WordList("verb", verbs.map { $0.name }).secondWords.filter { $0.seconds.count > 1 }.map(\.first) }

  private static func asksForHelp(_ word: String) -> Bool { word == "--help" || word == "-h" }

  /// - Throws: `Failure` (usage) when `word` is an option, which is none where a verb is to come.
  private static func refuseOption(_ word: String, known: [String]) throws(Failure) {
    guard word.hasPrefix("-") else { return }
    let hint = Nearest.word(to: word, among: known).map { "did you mean '\($0)'?" } ?? "a verb comes first, and its options behind it"
    throw Failure(.usage, at: word, "unknown option; \(hint)")
  }

  /// The verb that `arguments` begin with.
  ///
  /// - Parameter family: the verbs of two words of which the first is given.
  private static func verb(of arguments: [String], family: [any Verb.Type]) throws(Failure) -> any Verb.Type {
    if !family.isEmpty, arguments.count == 1 {
      throw Failure(.usage, at: arguments[0], "expected one more word; the verbs are \(names(family))")
    }
    let given = arguments.prefix(family.isEmpty ? 1 : 2).joined(separator: " ")
    if let verb = verbs.first(where: { $0.name == given }) { return verb }
    let known = family.isEmpty ? verbs : family
    let near = Nearest.word(to: given, among: known.map { $0.name }) ?? (family.isEmpty ? Nearest.word(to: given, among: families) : nil)
    let hint = near.map { "did you mean '\($0)'?" } ?? "the verbs are \(names(known))"
    throw Failure(.usage, at: given, "unknown verb; \(hint)")
  }

  private static func names(_ verbs: [any Verb.Type]) -> String { verbs.map { $0.name }.joined(separator: ", ") }
}
