/// The pages of `--help`.
enum Help {
  /// What `lockstep --help` shows.
  static func overview(_ verbs: [any Verb.Type]) -> String {
    let codes = ExitStatus.all.map { "\($0.code) \($0.meaning)" }.joined(separator: ", ")
    return text("lockstep trains dense neural networks on digits, on every core, with the same bits on any number of them.") + "\n"
      + list(verbs.map { ($0.name, $0.summary) }) + "\n" + text("lockstep VERB --help shows a verb's options. Exit codes: \(codes).")
  }

  /// What `lockstep VERB --help` shows.
  static func page(_ verb: any Verb.Type) -> String {
    let options = verb.options + [.help]
    return text("lockstep \(verb.name)\(verb.usage.isEmpty ? "" : " " + verb.usage)", after: "usage: ") + text(verb.summary) + "\n"
      + list(options.map { ("--\($0.name)\($0.value.map { " \($0)" } ?? "")", $0.help) }) + "\n"
      // In one line, to be copied.
      + "\(Ink.output.heading("example:")) \(verb.example)\n"
  }

  private static func text(_ text: String, after head: String = "") -> String {
    Paragraph.text(head, text, width: Paragraph.lineWidth, ink: Ink.output.heading)
  }

  private static func list(_ entries: [(head: String, text: String)]) -> String {
    let column = entries.map(\.head.count).max() ?? 0
    return entries.map { entry in
      Paragraph.text("  \(Paragraph.left(entry.head, column))  ", entry.text, width: Paragraph.lineWidth, ink: Ink.output.heading)
    }.joined()
  }
}
