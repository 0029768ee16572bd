import Foundation
import TestSupport
import Testing

/// The promise: what the shells complete is what the help pages list, and the manual page is one that man shows without complaint.
@Suite struct CompletionTests {
  /// What the table says, in a few places: words before the one that is typed, and some of what may stand there.
  static let places: [(words: [String], typed: String, found: [String])] = [
    ([], "tr", ["train"]), ([], "da", ["data"]), (["data"], "s", ["synth"]), (["train"], "--qu", ["--quiet"]), (["train"], "--over", ["--overwrite"]),
    (["bench"], "sc", ["scaling"]), (["data", "synth"], "--cou", ["--count"]), (["completion"], "f", ["fish"]),
    (["train", "--placement"], "comp", ["compact"]), (["data", "fetch"], "fash", ["fashion-mnist"]), (["output", "schema"], "ev", ["evaluate"]),
    (["output", "schema", "data"], "f", ["fetch"]), (["help"], "gra", ["gradcheck"]), (["help", "data"], "conv", ["convert"]),
    (["predict", "--format"], "j", ["json"]), (["predict", "--from"], "p", ["png"]), (["data", "convert", "--to"], "li", ["libsvm"]),
    (["data", "convert", "--part"], "te", ["test"]), (["data", "info", "--header"], "a", ["auto"]), (["export", "--input-type"], "f", ["float32"]),
    (["train"], "my", ["my file.json"]), (["data", "info"], "my", ["my file.json"]), (["data", "synth"], "my", []),
    (["evaluate", "--set", "a=b"], "--pre", ["--precision"]), (["bench", "step"], "my", ["my file.json"]), (["bench", "cores"], "my", []),
    (["data", "info", "--labels"], "my", ["my file.json"]), (["train", "--set"], "data.path=my", ["data.path=my file.json"]),
    (["predict"], "--input=my", ["--input=my file.json"]), (["bench", "--json", "step"], "my", ["my file.json"]), (["bench", "--json", "cores"], "my", []),
  ]

  /// Runs `command` in a folder that has `my file.json`, a folder `runs here`, `lockstep.SHELL` and the program on its path.
  private static func complete(_ shell: String, _ command: [String]) throws -> String {
    var output = ""
    try withTemporaryFolder { folder in
      try Data().write(to: folder.appendingPathComponent("my file.json"))
      try FileManager.default.createDirectory(at: folder.appendingPathComponent("runs here"), withIntermediateDirectories: false)
      try Data(succeed(["completion", shell]).utf8).write(to: folder.appendingPathComponent("lockstep.\(shell)"))
      let path = "\(LockstepProcess.binary.deletingLastPathComponent().path):\(ProcessInfo.processInfo.environment["PATH"] ?? "")"
      let ending = try LockstepProcess.run(
        command, in: folder, environment: ["PATH": path, "HOME": folder.path, "TERM": "xterm"], sourceLocation: #_sourceLocation)
      #expect(ending.errors == "")
      output = ending.output
    }
    return output
  }

  /// What bash offers at each place: words before the one that is typed, of which bash makes several where there is a `=`.
  private static func bash(_ places: [(words: [String], typed: String)]) throws -> [[String]] {
    let calls = places.map { place in
      let parts = (place.words + [place.typed]).flatMap { word in
        word.replacing("=", with: "\n=\n").split(separator: "\n", omittingEmptySubsequences: !word.isEmpty).map(String.init)
      }
      let words = (["lockstep"] + parts).map { "'\($0)'" }.joined(separator: " ")
      return "COMP_WORDS=(\(words)); COMP_CWORD=\(parts.count); _lockstep; printf '%s\\n' \"${COMPREPLY[@]}\" ---"
    }
    let script = "source ./lockstep.bash; complete -p lockstep > /dev/null || exit 1; compopt() { :; }\n" + calls.joined(separator: "\n")
    let output = try complete("bash", ["bash", "--norc", "-c", script])
    return output.components(separatedBy: "---\n").dropLast().map { $0.split(separator: "\n").map(String.init) }
  }

  @Test func bash() throws {
    let found = try Self.bash(Self.places.map { ($0.words, $0.typed) })
    #expect(found.count == Self.places.count)
    for (place, found) in zip(Self.places, found) {
      // What stands before a `=` is no part of the word that bash completes.
      #expect(found == place.found.map { String($0.split(separator: "=").last!) }, "\(place)")
    }
  }

  /// Wherever the help pages have a file or folder: operands, and values of options, behind a blank or a `=`.
  @Test func bashOffersFilesWhereverTheyGo() throws {
    var places: [(words: [String], typed: String)] = []
    func expect(_ words: [String], _ what: some StringProtocol, sign: String? = nil) {
      let isFolder = what == "DIR" || what == "FOLDER" || what.hasPrefix("RUN") && !what.contains("CONFIG")
      let start = isFolder ? "run" : "my"
      places.append((words, (sign ?? "") + start))
    }
    for line in try succeed(["--help"]).split(separator: "\n") where line.hasPrefix("  ") {
      let verb = line.dropFirst(2).split(separator: "  ")[0].split(separator: " ").map(String.init)
      let page = try succeed(verb + ["--help"]).split(separator: "\n")
      let usage = page[0].split(separator: " ").dropFirst(2 + verb.count)
      let subjects = verb == ["bench"] ? ["step", "scaling"] : [""]
      for subject in subjects {
        let words = verb + (subject.isEmpty ? [] : [subject])
        // Some may stand before.
        var before = words
        for operand in usage.prefix(while: { !$0.hasPrefix("--") && $0 != "[options]" }).map({ $0.trimmingCharacters(in: ["[", "]"]) })
        where operand.split(separator: "|").contains(where: { ["FILE", "CONFIG", "IN", "OUT", "RUN", "DIR", "FOLDER", "WEIGHTS", "RUN..."].contains($0) }) {
          expect(before, operand)
          before.append("x")
        }
      }
      for option in page where option.hasPrefix("  --") {
        let parts = option.split(separator: " ", maxSplits: 2)
        if parts[0] == "--set" { expect(verb + ["--set"], "FILE", sign: "data.path=") }
        guard ["FILE", "DIR", "FOLDER", "NAME|FILE"].contains(parts[1]) else { continue }
        expect(verb + [String(parts[0])], parts[1])
        expect(verb, parts[1], sign: "\(parts[0])=")
      }
    }
    #expect(places.count > 55, "\(places.count)")
    let found = try Self.bash(places)
    #expect(found.count == places.count)
    for (place, found) in zip(places, found) { #expect(found == [place.typed.hasSuffix("run") ? "runs here" : "my file.json"], "\(place)") }
  }

  @Test(.enabled(if: isInstalled("fish"), "needs fish")) func fish() throws {
    for place in Self.places {
      let line = (["lockstep"] + place.words + [place.typed]).joined(separator: " ")
      let found = try Self.complete("fish", ["fish", "--no-config", "-c", "source ./lockstep.fish; complete -C '\(line)'"])
      #expect(found.split(separator: "\n").map { String($0.prefix { $0 != "\t" }).replacing("\\ ", with: " ") } == place.found, "\(place)")
    }
  }

  /// zsh completes at a prompt alone, so it is given a terminal, and what it makes of the line after a tab is read back.
  @Test(.enabled(if: isInstalled("zsh"), "needs zsh")) func zsh() throws {
    for place in Self.places {
      let line = (["lockstep"] + place.words + [place.typed]).joined(separator: " ")
      let script = """
        zmodload zsh/zpty
        zpty shell zsh -f -i
        zpty -w shell "PS1=; autoload -U compinit; compinit -u -D; source ./lockstep.zsh; zle-show() { print -r -- \\"<<\\$BUFFER>>\\"; BUFFER=; zle accept-line }; zle -N zle-show; bindkey '^X' zle-show; print rea''dy"
        zpty -r shell text '*ready*' || exit 1
        zpty -w -n shell $'\(line)\\t\\x18'
        zpty -r shell text '*<<*>>*' || exit 1
        print -r -- $text
        """
      let output = try Self.complete("zsh", ["zsh", "-f", "-c", script])
      let expected = (["lockstep"] + place.words + place.found.map { $0.replacing(" ", with: "\\ ") }).joined(separator: " ")
      #expect(output.contains("<<\(expected)"), "\(place): \(output)")
    }
  }

  @Test func shellsAreNamed() throws {
    try withTemporaryFolder { folder in
      try Refusal("completion", 64, "expected a shell: bash, zsh or fish").expect(in: folder)
      try Refusal("completion zhs", 64, "zhs: unknown shell; did you mean 'zsh'?").expect(in: folder)
      try Refusal("completion powershell", 64, "powershell: unknown shell; known are bash, zsh, fish").expect(in: folder)
    }
  }

  /// Every verb and every option of its help page.
  @Test func theManualHasAllOfIt() throws {
    let page = try succeed(["man"]).replacing("\\-", with: "-")
    for line in try succeed(["--help"]).split(separator: "\n") where line.hasPrefix("  ") {
      let verb = line.dropFirst(2).split(separator: "  ")[0]
      #expect(page.contains(".SS \"lockstep \(verb)"), "\(verb)")
      for option in try succeed(verb.split(separator: " ").map(String.init) + ["--help"]).split(separator: "\n") where option.hasPrefix("  --") {
        #expect(page.contains(try Regex("\\.BI? \"?\(option.dropFirst(2).prefix { $0 != " " })")), "\(option)")
      }
    }
  }

  @Test(.enabled(if: isInstalled("mandoc"), "needs mandoc")) func mandocFindsNoFault() throws {
    try withTemporaryFolder { folder in
      try Data(succeed(["man"]).utf8).write(to: folder.appendingPathComponent("lockstep.1"))
      let ending = try LockstepProcess.run(["mandoc", "-T", "lint", "-W", "warning", "lockstep.1"], in: folder, sourceLocation: #_sourceLocation)
      #expect(ending.status == 0 && ending.output + ending.errors == "")
    }
  }
}
