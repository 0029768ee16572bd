import Foundation
import TestSupport
import Testing

/// The promise: `--help` and `--version` answer from everywhere, and name every option there is.
@Suite struct HelpTests {
  @Test func overview() throws {
    let text = try succeed(["--help"])
    for verb in [
      "init", "check", "train", "sweep", "find-lr", "evaluate", "inspect", "compare", "report", "explain", "gradcheck", "predict", "serve", "export", "import",
      "topology",
      "bench", "data info", "data convert", "data fetch", "data synth", "config schema", "output schema", "completion", "man", "help",
    ] {
      #expect(text.contains("\n  \(verb) "), "\(verb)")
    }
    for code in [
      "0 done", "64 wrong usage", "65 bad data or config", "66 input missing", "70 internal error", "73 output is there already", "74 I/O error",
      "129/130/143 interrupted by SIGHUP/SIGINT/SIGTERM",
    ] { #expect(text.contains(code)) }
    #expect(try succeed(["-h"]) == text)
    #expect(try succeed(["help"]) == text)
  }

  @Test(arguments: [
    (
      "train", "usage: lockstep train CONFIG [options]",
      ["--set", "--workers", "--placement", "--output", "--resume", "--overwrite", "--quiet", "--json", "--help"]
    ),
    (
      "sweep", "usage: lockstep sweep CONFIG|DIR [options]",
      ["--grid", "--random", "--trials", "--seed", "--set", "--monitor", "--workers-per-run", "--output", "--quiet", "--json", "--help"]
    ),
    ("find-lr", "usage: lockstep find-lr CONFIG [options]", ["--from", "--to", "--steps", "--set", "--workers", "--placement", "--json", "--help"]),
    (
      "evaluate", "usage: lockstep evaluate RUN|CONFIG [options]",
      ["--set", "--mistakes", "--resamples", "--precision", "--recall", "--workers", "--placement", "--json", "--help"]
    ),
    ("check", "usage: lockstep check CONFIG [options]", ["--set", "--workers", "--placement", "--json", "--help"]),
    ("explain", "usage: lockstep explain RUN|CONFIG [options]", ["--row", "--set", "--json", "--help"]),
    ("gradcheck", "usage: lockstep gradcheck CONFIG|RUN [options]", ["--rows", "--samples", "--set", "--workers", "--placement", "--json", "--help"]),
    ("compare", "usage: lockstep compare RUN RUN [options]", ["--workers", "--placement", "--json", "--help"]),
    (
      "report", "usage: lockstep report RUN [RUN...] [options]", ["--output", "--mistakes", "--set", "--workers", "--placement", "--json", "--help"]
    ),
    (
      "init", "usage: lockstep init [FOLDER|FILE] [options]",
      ["--output", "--from", "--label-column", "--header", "--images", "--labels", "--json", "--help"]
    ), ("config schema", "usage: lockstep config schema", ["--help"]),
    ("output schema", "usage: lockstep output schema VERB", ["--help"]),
    ("completion", "usage: lockstep completion bash|zsh|fish", ["--help"]), ("man", "usage: lockstep man", ["--help"]),
    ("help", "usage: lockstep help [VERB]", ["--help"]),
    (
      "predict", "usage: lockstep predict RUN --input FILE [options]",
      ["--input", "--from", "--show", "--top", "--format", "--output", "--workers", "--placement", "--json", "--help"]
    ),
    (
      "serve", "usage: lockstep serve RUN [options]",
      ["--port", "--host", "--body-limit", "--timeout", "--connections", "--json", "--help"]
    ),
    ("export", "usage: lockstep export RUN --output FILE [options]", ["--format", "--output", "--input-type", "--json", "--help"]),
    ("import", "usage: lockstep import CONFIG WEIGHTS [options]", ["--set", "--transpose", "--output", "--json", "--help"]),
    ("topology", "usage: lockstep topology [options]", ["--workers", "--placement", "--json", "--help"]),
    ("data info", "usage: lockstep data info FILE|FOLDER [options]", ["--from", "--label-column", "--header", "--images", "--labels", "--json", "--help"]),
    (
      "data convert", "usage: lockstep data convert IN OUT [options]",
      ["--to", "--shape", "--part", "--overwrite", "--from", "--label-column", "--header", "--images", "--labels", "--json", "--help"]
    ),
    ("data fetch", "usage: lockstep data fetch NAME [options]", ["--offline", "--mirror", "--timeout", "--json", "--help"]),
    (
      "data synth", "usage: lockstep data synth --output FOLDER [options]",
      ["--output", "--count", "--test", "--seed", "--size", "--workers", "--json", "--help"]
    ),
    (
      "bench", "usage: lockstep bench cores|kernels|step|scaling [CONFIG] [options]",
      ["--set", "--workers", "--placement", "--max-workers", "--svg", "--json", "--help"]
    ),
  ])
  func ofAVerb(_ verb: String, _ usage: String, _ options: [String]) throws {
    let text = try succeed(verb.split(separator: " ").map(String.init) + ["--help"])
    let lines = text.split(separator: "\n").map(String.init)
    #expect(lines.first == usage)
    let listed = lines.filter { $0.hasPrefix("  --") }.map { String($0.dropFirst(2).prefix { $0 != " " }) }
    #expect(listed == options)
    let words = verb.split(separator: " ").map(String.init)
    #expect(try succeed(words + ["-h"]) == text)
    #expect(try succeed(["help"] + words) == text)
    let last = try #require(lines.last)
    #expect(last.hasPrefix("example: ") && last.contains("lockstep \(verb)"))
  }

  /// A first word that verbs share shows those verbs.
  @Test func ofAFamily() throws {
    let text = try succeed(["data", "--help"])
    #expect(text.contains("\n  data synth  "))
    #expect(!text.contains("\n  train "))
    #expect(try succeed(["data", "-h"]) == text && (try succeed(["help", "data"])) == text)
  }

  @Test func version() throws {
    #expect(try succeed(["--version"]).contains(/^lockstep [0-9]+\.[0-9]+\.[0-9]+\n$/))
  }
}
