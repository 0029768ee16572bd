extension CompletionTable {
  /// A script for zsh, to be sourced or put into a folder of `fpath` as `_lockstep`.
  var zsh: String {
    """
    #compdef lockstep
    # Completion of lockstep for zsh, written by `lockstep completion zsh`.
    _lockstep() {
      local -a verbs
      if (( CURRENT == 2 )); then
        verbs=(\(Self.list(firstWords)))
        _describe -t verbs verb verbs
        _arguments '--help[show the verbs]' '--version[show the version]'
        return
      fi
      local verb=$words[2]
      case $verb in
    \(families.map(familyCase).joined())  esac
      shift words
      (( CURRENT-- ))
      case $verb in
    \(entries.map(verbCase).joined())  esac
    }
    if [[ $funcstack[1] == _lockstep ]]; then _lockstep "$@"; else compdef _lockstep lockstep; fi

    """
  }

  private func familyCase(_ family: String) -> String {
    """
        \(family))
          if (( CURRENT == 3 )); then
            verbs=(\(Self.list(members(of: family))))
            _describe -t verbs verb verbs
            return
          fi
          verb="\(family) $words[3]"
          shift words
          (( CURRENT-- )) ;;

    """
  }

  private func verbCase(_ entry: Entry) -> String {
    let options = entry.options.map { option in
      // An option may be given again; the help stands in brackets, and the value behind a colon.
      let value = option.value.map { ":\(Self.plain($0)):\(Self.action(Self.value(option)))" } ?? ""
      return "'*--\(option.name)\(option.value == nil ? "" : "=")[\(Self.plain(option.help))]\(value)'"
    }
    return "    '\(entry.name)') _arguments \(options.joined(separator: " "))\(Self.operands(entry)) ;;\n"
  }

  private static func operands(_ entry: Entry) -> String {
    let kind = entry.operand
    switch kind {
    case .other, .setting: return ""
    case .file: return " '*:file:\(action(kind))'"
    case .folder: return " '*:folder:\(action(kind))'"
    case .words(let list):
      let seconds =
        list.secondWords.map { (first: $0.first, action: "compadd \($0.seconds.joined(separator: " "))") }
        + list.opening.map { (first: $0, action: action(entry.later)) }
      // Options may stand before the first word, so it is looked for among all.
      let cases = seconds.map { "*\" \($0.first) \"*) \($0.action) ;;" }.joined(separator: " ")
      return " '1:\(list.what):\(action(kind))'" + (seconds.isEmpty ? "" : " '2:\(list.what):{ case \" $words[2,CURRENT-1] \" in \(cases) esac }'")
    }
  }

  private static func action(_ kind: Kind) -> String {
    switch kind {
    case .file: "_files"
    case .folder: "_files -/"
    case .words(let list): "(\(list.firstWords.joined(separator: " ")))"
    case .setting: "{ compset -P \"*=\" && _files }"
    case .other: " "
    }
  }

  private static func list(_ words: [(word: String, summary: String)]) -> String {
    words.map { "'\($0.word):\(plain($0.summary))'" }.joined(separator: " ")
  }

  /// Without what zsh or its `_arguments` would read otherwise.
  private static func plain(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("'", with: "'\\''").replacing("[", with: "\\[").replacing("]", with: "\\]").replacing(":", with: "\\:")
  }
}
