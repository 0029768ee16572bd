import Foundation
import TestSupport
import Testing

/// The promise: whatever is wrong with an option's value ends with 64 and a line that begins with the option, in every verb; what `--set` puts into a config ends with 65.
@Suite struct OptionValueTests {
  /// What the values are called on the help pages that are no path, name or address.
  private static let kinds: Set<String> = ["N", "P", "R", "RATE", "SECONDS", "BYTES", "PIXELS", "RxC", "FORMAT", "WORD", "T", "F", "K"]

  /// What stands before the options of each verb; for `bench` the one that takes an option.
  private static func words(_ verb: String, _ option: String) -> String {
    switch verb {
    case "inspect", "report", "serve": "\(verb) run"
    case "compare": "compare run run"
    case "predict": "predict run --input images"
    case "export": "export run --output a"
    case "import": "import digits.json weights"
    case "sweep": "sweep digits.json --grid seed=1,2"
    case "bench": option == "--max-workers" ? "bench scaling" : "bench step"
    case "data info": "data info table.csv"
    case "data convert": "data convert table.csv other.csv"
    case "data fetch": "data fetch mnist"
    case "data synth": "data synth --output new"
    case "check", "train", "find-lr", "evaluate", "explain", "gradcheck": "\(verb) digits.json"
    default: verb
    }
  }

  @Test func everyWrongValueIsWrongUsage() throws {
    try withDigitsFolder { folder in
      try succeed(["train", "digits.json", "--quiet", "--output", "run"] + set("fit.epochs=1", "fit.diagnostics=true"), in: folder)
      try put(Array("1,2\n".utf8), "table.csv", in: folder)
      try put(idx([2, 28, 28], [UInt8](repeating: 9, count: 2 * 784)), "images", in: folder)
      let files = try contents(of: folder)
      let verbs = try succeed(["--help"]).split(separator: "\n").filter { $0.hasPrefix("  ") }.map { String($0.dropFirst(2).split(separator: "  ")[0]) }
      var count = 0
      for verb in verbs {
        for line in try succeed(["help"] + verb.split(separator: " ").map(String.init)).split(separator: "\n") where line.hasPrefix("  --") {
          let head = line.split(separator: " ", maxSplits: 2).prefix(2).map(String.init)
          guard line.dropFirst(2 + head[0].count).first == " ", Self.kinds.contains(head[1]) || head[0] == "--set" else { continue }
          let (value, status): (String, Int32) = head[0] == "--set" ? ("fit.epochs=no-such", 65) : ("no-such", 64)
          let command = "\(Self.words(verb, head[0])) \(head[0]) \(value)"
          let ending = try lockstep(command.split(separator: " ").map(String.init), in: folder)
          #expect(ending.status == status && ending.output == "", "\(command): \(ending.errors)")
          #expect(ending.errors.hasPrefix("lockstep: \(head[0]) \(value): ") && ending.errors.split(separator: "\n").count == 1, "\(command): \(ending.errors)")
          count += 1
        }
      }
      #expect(count > 60, "\(count)")
      #expect(try contents(of: folder) == files)
    }
  }

  @Test(arguments: [
    Refusal("predict run --input images --format jsno", 64, "--format jsno: unknown format; did you mean 'json'?"),
    Refusal("predict run --input images --from pgn", 64, "--from pgn: unknown format; did you mean 'png'?"),
    Refusal("data convert a.csv b --to libsmv", 64, "--to libsmv: unknown format; did you mean 'libsvm'?"),
    Refusal("data convert a.csv b.csv --part tset", 64, "--part tset: unknown part; did you mean 'test'?"),
    Refusal("data info a.csv --header ture", 64, "--header ture: unknown word; did you mean 'true'?"),
    Refusal("data fetch minst", 64, "minst: unknown data set; did you mean 'mnist'?"),
    Refusal("data fetch fashion", 64, "fashion: unknown data set; did you mean 'fashion-mnist'?"),
    Refusal("predict run --input images --from T", 64, "--from T: unknown format; did you mean 'tsv'?"),
    Refusal("output schema gradc", 64, "gradc: unknown verb with --json; did you mean 'gradcheck'?"),
    Refusal("data fetch imagenet", 64, "imagenet: unknown data set; known are mnist, fashion-mnist, kmnist, emnist-digits, qmnist, usps"),
    Refusal("export run --output a --input-type uint16", 64, "--input-type uint16: unknown type; did you mean 'uint8'?"),
    Refusal("output schema", 64, "expected a verb"),
  ]) func aSlipIsCompared(_ refusal: Refusal) throws { try withDigitsFolder { try refusal.expect(in: $0) } }
}
