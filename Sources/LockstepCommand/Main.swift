import Failures
import Glibc
import RunConfig

/// `lockstep VERB …`: finds the verb, runs it, and turns a failure into one line and an exit code.
@main
enum Main {
  static let verbs: [any Verb.Type] = [TrainVerb.self, EvaluateVerb.self, PredictVerb.self, TopologyVerb.self, BenchVerb.self]

  static func main() {
    // A limit on the size of files is then an error of the write, with a line and an exit code, like a full disk.
    signal(SIGXFSZ, SIG_IGN)
    do throws(Failure) {
      try run(Array(CommandLine.arguments.dropFirst()))
    } catch {
      Console.error("lockstep: \(error)")
      exit(error.exitCode)
    }
  }

  private static func run(_ arguments: [String]) throws(Failure) {
    guard let word = arguments.first else { throw Failure(.usage, "expected a verb: \(names); see lockstep --help") }
    if word == "--help" || word == "-h" || word == "help" { return try Console.output(Help.overview(verbs)) }
    if word == "--version" { return try Console.output("lockstep \(Version.number)\n") }
    guard let verb = verbs.first(where: { $0.name == word }) else {
      let hint = Nearest.word(to: word, among: verbs.map { $0.name }).map { "; did you mean '\($0)'?" } ?? "; the verbs are \(names)"
      throw Failure(.usage, at: word, "unknown verb\(hint)")
    }
    let parsed = try Arguments(arguments, options: verb.options + [.help])
    if parsed.has(.help) { return try Console.output(Help.page(verb)) }
    try verb.run(parsed)
  }

  private static var names: String { verbs.map { $0.name }.joined(separator: ", ") }
}

/// What `--version` prints; the same number heads CHANGELOG.md.
enum Version {
  static let number = "0.1.0"
}
