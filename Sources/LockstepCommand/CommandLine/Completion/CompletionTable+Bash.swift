extension CompletionTable {
  /// A script for bash, to be sourced.
  var bash: String {
    """
    # Completion of lockstep for bash, written by `lockstep completion bash`.
    _lockstep() {
      local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} verb=${COMP_WORDS[1]} first=2 sign=0 options= kind= given
      COMPREPLY=()
      if (( COMP_CWORD == 1 )); then
        COMPREPLY=($(compgen -W '\(firstWords.map(\.word).joined(separator: " ")) --help --version' -- "$word"))
        return
      fi
      # An option and its value may have a = between them, which is a word here; so have a key and its value.
      if [[ $word == = ]]; then word= sign=$COMP_CWORD; elif [[ $before == = ]]; then sign=$((COMP_CWORD - 1)); fi
      (( sign < 2 )) || before=${COMP_WORDS[sign-1]}
      case $verb in
    \(families.map(familyCase).joined())  esac
      case $verb in
    \(entries.map(verbCase).joined())    *) return ;;
      esac
      for given in "${COMP_WORDS[@]:first:COMP_CWORD-first}"; do
        case $verb:$given in
    \(entries.flatMap(behindCases).joined())    esac
      done
      case $verb:$before in
    \(entries.flatMap { entry in entry.options.compactMap { valueCase(entry, $0) } }.joined())  esac
      (( sign > 2 )) && [[ ${COMP_WORDS[sign-2]} == --set ]] && kind=file
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
          verb="\(family) ${COMP_WORDS[2]}" first=3 ;;

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

  /// What follows the words of an operand.
  private func behindCases(_ entry: Entry) -> [String] {
    guard case .words(let list) = entry.operand else { return [] }
    func line(_ words: [String], _ kind: String) -> String {
      words.isEmpty ? "" : "      \(words.map { "'\(entry.name):\($0)'" }.joined(separator: "|"))) kind='\(kind)' ;;\n"
    }
    let seconds = list.secondWords
    return seconds.map { line([$0.first], "words:" + $0.seconds.joined(separator: " ")) } + [line(list.opening, Self.word(entry.later))]
      + [line(list.firstWords.filter { !(seconds.map(\.first) + list.opening).contains($0) } + Set(seconds.flatMap(\.seconds)).sorted(), "none")]
  }

  private static func word(_ kind: Kind) -> String {
    switch kind {
    case .file: "file"
    case .folder: "folder"
    case .words(let list): "words:" + list.firstWords.joined(separator: " ")
    case .setting, .other: "none"
    }
  }
}
