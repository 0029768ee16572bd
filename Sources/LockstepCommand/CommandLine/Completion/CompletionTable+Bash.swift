extension CompletionTable {
  /// A script for bash, to be sourced.
  var bash: String {
    """
    # Completion of lockstep for bash, written by `lockstep completion bash`.
    _lockstep() {
      local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} verb=${COMP_WORDS[1]} first=2 options= kind=
      COMPREPLY=()
      if (( COMP_CWORD == 1 )); then
        COMPREPLY=($(compgen -W '\(firstWords.map(\.word).joined(separator: " ")) --help --version' -- "$word"))
        return
      fi
      case $verb in
    \(families.map(familyCase).joined())  esac
      case $verb in
    \(entries.map(verbCase).joined())    *) return ;;
      esac
      case $verb:$before in
    \(entries.flatMap { entry in entry.options.compactMap { valueCase(entry, $0) } + secondCases(entry) }.joined())  esac
      [[ $word == -* ]] && kind="words:$options"
      case $kind in
        words:*) COMPREPLY=($(compgen -W "${kind#words:}" -- "$word")) ;;
        file) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
        folder) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
      esac
    }
    complete -F _lockstep lockstep

    """
  }

  private func familyCase(_ family: String) -> String {
    """
        \(family))
          if (( COMP_CWORD == 2 )); then
            COMPREPLY=($(compgen -W '\(members(of: family).map(\.word).joined(separator: " ")) --help' -- "$word"))
            return
          fi
          verb="\(family) ${COMP_WORDS[2]}" ;;

    """
  }

  private func verbCase(_ entry: Entry) -> String {
    let options = entry.options.map { "--\($0.name)" }.joined(separator: " ")
    return "    '\(entry.name)') options='\(options)' kind='\(Self.word(entry.operand))' ;;\n"
  }

  /// Nil for an option without a value.
  private func valueCase(_ entry: Entry, _ option: Option) -> String? {
    option.value == nil ? nil : "    '\(entry.name):--\(option.name)') kind='\(Self.word(Self.value(option)))' options= ;;\n"
  }

  /// What follows the first word of an operand of two.
  private func secondCases(_ entry: Entry) -> [String] {
    guard case .words(let list) = entry.operand else { return [] }
    return list.secondWords.map { "    '\(entry.name):\($0.first)') kind='words:\($0.seconds.joined(separator: " "))' ;;\n" }
  }

  private static func word(_ kind: Kind) -> String {
    switch kind {
    case .file: "file"
    case .folder: "folder"
    case .words(let list): "words:" + list.firstWords.joined(separator: " ")
    case .other: "none"
    }
  }
}
