import Training

/// `lockstep.1`: the help pages of all verbs as one manual page, in the macros of man(7).
enum ManualPage {
  static func text(_ verbs: [any Verb.Type]) -> String {
    """
    .TH LOCKSTEP 1 \(Version.date) "Lockstep \(Version.number)" "User Commands"
    .SH NAME
    lockstep \\- trains dense neural networks on digits, with the same bits on any number of cores
    .SH SYNOPSIS
    .B lockstep
    .I VERB
    .RI [ options ]
    .br
    .B lockstep
    .I VERB
    .B \\-\\-help
    .br
    .B lockstep \\-\\-version
    .SH DESCRIPTION
    A config says which network is trained, on which data, how long and how; a run directory holds what came of it.
    Results go to standard output, everything else to standard error.
    .SH VERBS
    \(verbs.map(section).joined())\(ending)
    """
  }

  private static func section(_ verb: any Verb.Type) -> String {
    let options = verb.options.map { option -> String in
      let head = option.value.map { ".BI \"\(plain("--\(option.name)")) \" \"\(plain($0))\"" } ?? ".B \(plain("--\(option.name)"))"
      return ".TP\n\(head)\n\(plain(option.help))\n"
    }
    return """
      .SS "\(plain("lockstep \(verb.name)\(verb.usage.isEmpty ? "" : " " + verb.usage)"))"
      \(plain(verb.summary)).
      \(options.joined()).PP
      Example:
      .PP
      .RS 4
      .nf
      \(plain(verb.example))
      .fi
      .RE

      """
  }

  private static let ending = """
    .SH EXIT STATUS
    \(ExitStatus.all.map { ".TP\n.B \($0.code)\n\(plain($0.meaning))\n" }.joined()).PP
    A verb, an option or an option's value that is wrong is wrong usage; what
    .B \\-\\-set
    puts into a config is config.
    .SH ENVIRONMENT
    .TP
    .B LOCKSTEP_ISA
    the instruction set of the kernels: avx512, avx2 or portable; by default the best that there is
    .TP
    .BR HWLOC_XMLFILE ", " HWLOC_SYNTHETIC
    another machine than this one, for
    .B lockstep topology
    .TP
    .B XDG_CACHE_HOME
    where
    .B lockstep data fetch
    puts data sets, in the folder lockstep; by default ~/.cache
    .TP
    .B NO_COLOR
    unless it is empty, nothing is coloured
    .TP
    .B CLICOLOR_FORCE
    unless it is empty or 0, output is coloured in files and pipes, too
    .TP
    .B TERM
    where it is missing, empty or dumb, and where output is no terminal, no line is drawn over, and nothing coloured

    """

  /// `text` without what roff would read otherwise.
  private static func plain(_ text: String) -> String {
    let escaped = text.replacing("\\", with: "\\e").replacing("-", with: "\\-").replacing("\"", with: "\\(dq")
    return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
  }
}

/// What a process ends with.
enum ExitStatus {
  static let all: [(code: String, meaning: String)] = [
    ("0", "done"), ("64", "wrong usage"), ("65", "bad data or config"), ("66", "input missing"), ("70", "internal error"), ("73", "output is there already"),
    ("74", "I/O error"), ("129/130/143", "interrupted by SIGHUP/SIGINT/SIGTERM"),
  ]
}
