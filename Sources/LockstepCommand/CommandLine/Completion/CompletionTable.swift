/// What can stand where on the command line, read off the table that the help pages are made from: the verbs with their usage and options.
struct CompletionTable {
  /// What a word stands for.
  enum Kind: Equatable {
    case file, folder
    case words(WordList)
    /// A key of a config and its value, which may be a path.
    case setting
    /// Nothing that could be listed, such as a number.
    case other
  }

  struct Entry {
    let name: String
    let summary: String
    let options: [Option]
    /// What its operands are.
    let operand: Kind
    /// What they are behind a word that opens for others.
    let later: Kind
  }

  let entries: [Entry]

  init(_ verbs: [any Verb.Type]) {
    entries = verbs.map { verb in
      Entry(
        name: verb.name, summary: verb.summary, options: verb.options + [.help], operand: verb.words.map { .words($0) } ?? Self.operand(verb.usage),
        later: verb.words == nil ? .other : Self.operand(String(verb.usage.trimmingPrefix { $0 != " " })))
    }
  }

  /// The first words that some verbs share, such as `data`.
  var families: [String] {
    entries.map(\.name).filter { $0.contains(" ") }.reduce(into: []) { families, name in
      let first = String(name.prefix { $0 != " " })
      if !families.contains(first) { families.append(first) }
    }
  }

  /// The second words of a family's verbs, and what they do.
  func members(of family: String) -> [(word: String, summary: String)] {
    entries.filter { $0.name.hasPrefix(family + " ") }.map { (String($0.name.dropFirst(family.count + 1)), $0.summary) }
  }

  /// Every first word, and what it does.
  var firstWords: [(word: String, summary: String)] {
    let alone = entries.filter { !$0.name.contains(" ") }.map { ($0.name, $0.summary) }
    return alone + families.map { family in (family, members(of: family).map(\.word).joined(separator: ", ")) }
  }

  /// Of a usage, up to its first option, RUN, DIR and FOLDER are folders, CONFIG, FILE and IN files.
  private static func operand(_ usage: String) -> Kind {
    let operands = usage.split(separator: " ").prefix { !$0.hasPrefix("--") && $0 != "[options]" }.joined(separator: " ")
    if ["CONFIG", "FILE", "IN "].contains(where: operands.contains) { return .file }
    return ["RUN", "DIR", "FOLDER"].contains(where: operands.contains) ? .folder : .other
  }

  /// What follows an option.
  static func value(_ option: Option) -> Kind {
    if let words = option.words { return .words(words) }
    switch option.value {
    case "FILE", "NAME|FILE": return .file
    case "DIR", "FOLDER", "RUN": return .folder
    case Option.set.value: return .setting
    default: return .other
    }
  }
}
