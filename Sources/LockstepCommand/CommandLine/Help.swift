/// The pages of `--help`.
enum Help {
  /// What `lockstep --help` shows.
  static func overview(_ verbs: [any Verb.Type]) -> String {
    let width = verbs.map { $0.name.count }.max() ?? 0
    let lines = verbs.map { "  \(padded($0.name, width))  \($0.summary)" }
    return """
      lockstep trains dense neural networks on digits, on every core, with the same bits on any number of them.

      \(lines.joined(separator: "\n"))

      lockstep VERB --help shows a verb's options. Exit codes: \(ExitStatus.all.map { "\($0.code) \($0.meaning)" }.joined(separator: ", ")).

      """
  }

  /// What `lockstep VERB --help` shows.
  static func page(_ verb: any Verb.Type) -> String {
    let options = verb.options + [.help]
    let heads = options.map { "--\($0.name)\($0.value.map { " \($0)" } ?? "")" }
    let width = heads.map(\.count).max() ?? 0
    let lines = zip(heads, options).map { "  \(padded($0, width))  \($1.help)" }
    return """
      usage: lockstep \(verb.name)\(verb.usage.isEmpty ? "" : " " + verb.usage)
      \(verb.summary)

      \(lines.joined(separator: "\n"))

      example: \(verb.example)

      """
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
