extension CompletionTable {
  /// A script for fish, to be sourced.
  var fish: String {
    let head = """
      # Completion of lockstep for fish, written by `lockstep completion fish`.
      complete -c lockstep -f
      complete -c lockstep -n __fish_use_subcommand -l help -d 'show the verbs'
      complete -c lockstep -n __fish_use_subcommand -l version -d 'show the version'

      """
    let first = firstWords.map { "complete -c lockstep -n __fish_use_subcommand -a \($0.word) -d '\(Self.plain($0.summary))'\n" }
    let second = families.flatMap { family in
      let all = members(of: family).map(\.word).joined(separator: " ")
      return members(of: family).map {
        "complete -c lockstep -n '__fish_seen_subcommand_from \(family); and not __fish_seen_subcommand_from \(all)' -a \($0.word) -d '\(Self.plain($0.summary))'\n"
      }
    }
    return head + first.joined() + second.joined() + entries.map(lines).joined()
  }

  private func lines(_ entry: Entry) -> String {
    let condition = entry.name.split(separator: " ").map { "__fish_seen_subcommand_from \($0)" }.joined(separator: "; and ")
    let begin = "complete -c lockstep -n '\(condition)'"
    let options = entry.options.map { option in
      let value = option.value == nil ? "" : " -r" + Self.action(Self.value(option))
      return "\(begin) -l \(option.name)\(value) -d '\(Self.plain(option.help))'\n"
    }
    return options.joined() + operands(entry, condition)
  }

  /// A word out of a list is offered until it is there.
  private func operands(_ entry: Entry, _ condition: String) -> String {
    switch entry.operand {
    case .other, .setting: return ""
    case .file, .folder: return "complete -c lockstep -n '\(condition)'\(Self.action(entry.operand))\n"
    case .words(let list):
      // The second word of two is offered behind the first one wherever that stands.
      let own = entry.name.split(separator: " ").map(String.init)
      let first = "\(condition); and not __fish_seen_subcommand_from \(list.firstWords.filter { !own.contains($0) }.joined(separator: " "))"
      let opened = "\(condition); and __fish_seen_subcommand_from \(list.opening.joined(separator: " "))"
      return "complete -c lockstep -n '\(first)'\(Self.action(entry.operand))\n"
        + (list.opening.isEmpty ? "" : "complete -c lockstep -n '\(opened)'\(Self.action(entry.later))\n")
    }
  }

  private static func action(_ kind: Kind) -> String {
    switch kind {
    // Behind the = of a setting, too.
    case .file, .setting: " -F"
    case .folder: " -a '(__fish_complete_directories)'"
    case .words(let list): " -a '\(list.firstWords.joined(separator: " "))'"
    case .other: ""
    }
  }

  private static func plain(_ text: String) -> String { text.replacing("\\", with: "\\\\").replacing("'", with: "\\'") }
}
