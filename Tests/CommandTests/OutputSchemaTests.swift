import Foundation
import RunConfig
import TestSupport
import Testing

/// The promise: what a verb prints with `--json` is what `lockstep output schema VERB` says, no key more and no key less.
@Suite struct OutputSchemaTests {
  /// Commands of each verb that has `--json`, which together show every key of its schema. Words in capitals are trained runs.
  private static let commands: [String: [String]] = [
    "init": ["init --output new.json"],
    "check": ["check configs/digits.json", "check configs/linear-regression.json", "check configs/digits.json --set data.scale=1"],
    "train": ["train configs/digits.json --set fit.epochs=2", "train configs/digits.json --set fit.epochs=1 --set data.validation=none"],
    "sweep": [
      "sweep configs/digits.json --set fit.epochs=1 --grid fit.batch_size=500,1000 --output sweep",
      "sweep configs/digits.json --set fit.epochs=1 --grid compile.optimizer.learning_rate=1e38 --set compile.optimizer.type=sgd --output failing",
    ],
    "find-lr": ["find-lr configs/digits.json --from 1e-4 --to 1 --steps 20"],
    "evaluate": [
      "evaluate RUN", "evaluate YESNO --precision 0.9", "evaluate NUMBERS --set data.validation=none", "evaluate RUN --set data.validation=none",
      "evaluate YESNO --recall 0.9 --set data.validation=none",
    ],
    "inspect": ["inspect RUN"], "compare": ["compare RUN PLAIN", "compare NUMBERS NUMBERS"],
    "report": ["report RUN PLAIN --output page.html --mistakes 2"], "serve": ["serve RUN --port 0"], "explain": ["explain RUN --row 17", "explain NUMBERS"],
    "gradcheck": ["gradcheck configs/digits.json --rows 2 --samples 2"],
    "predict": [
      "predict RUN --input images --top 3", "predict RUN --input images", "predict YESNO --input images", "predict NUMBERS --input images",
      "predict HINGE --input images --top 2",
    ],
    "export": ["export RUN --output model.onnx"], "import": ["import configs/digits.json RUN/model.safetensors --output imported"],
    "topology": ["topology", "topology --workers 2 --placement none"],
    "bench": ["bench cores", "bench step --set fit.batch_size=32"],
    "data info": ["data info synth", "data info rows.csv --label-column none", "data info rows.csv"],
    "data convert": ["data convert synth arrays.npz"], "data fetch": ["data fetch fashion-mnist --offline"],
    "data synth": ["data synth --output synth --count 30 --test 10"],
  ]
  /// These fail after some lines.
  private static let failing = ["failing"]
  /// Keys that the commands above do not show: those of the benchmarks that take long (the interop tests run them) or need a launcher (`RanksBenchTests`), and of
  /// machines that are not here.
  private static let unseen: [String: Set<String>] = [
    "bench": [".peak_gflops", ".kernels", ".rounds", ".points", ".ranks", ".mpi", ".blocks"]
  ]

  private static func isUnseen(_ key: String, of verb: String) -> Bool {
    (unseen[verb] ?? []).contains { key == $0 || key.hasPrefix($0 + "[") || key.hasPrefix($0 + ".") }
  }

  private func schema(_ verb: String) throws -> JSONValue {
    try JSON5Parser.parse(try succeed(["output", "schema"] + verb.split(separator: " ").map(String.init)))
  }

  @Test func everyVerbWithTheOptionHasOne() throws {
    let verbs = try succeed(["--help"]).split(separator: "\n").filter { $0.hasPrefix("  ") }.map { String($0.dropFirst(2).split(separator: "  ")[0]) }
    for verb in verbs {
      let hasOption = try succeed(verb.split(separator: " ").map(String.init) + ["--help"]).contains("\n  --json ")
      let ending = try lockstep(["output", "schema"] + verb.split(separator: " ").map(String.init))
      #expect((ending.status == 0) == hasOption, "\(verb)")
      #expect(hasOption == (Self.commands[verb] != nil), "\(verb): which command shows it?")
    }
    #expect(
      verbs.filter { Self.commands[$0] == nil } == ["config schema", "output schema", "completion", "man", "help"], "these print documents for other programs")
  }

  @Test func whatIsPrintedIsWhatIsSaid() throws {
    try withTemporaryFolder { folder in
      try FileManager.default.createSymbolicLink(
        at: folder.appendingPathComponent("configs"), withDestinationURL: PackageFiles.root.appendingPathComponent("configs"))
      try put(Array("0.5,1,-3\n2.5,1,nan\n".utf8), "rows.csv", in: folder)
      for (name, config, settings) in [
        ("RUN", "digits", ["fit.diagnostics=true"]), ("PLAIN", "digits", ["fit.batch_size=64"]), ("YESNO", "zeros-and-ones", []),
        ("NUMBERS", "linear-regression", []), ("HINGE", "digits", ["data.targets=one_hot", "compile.loss=categorical_hinge"]),
      ] {
        let settings = ["fit.epochs=2"] + settings
        try succeed(["train", "configs/\(config).json", "--quiet", "--output", name] + settings.flatMap { ["--set", $0] }, in: folder)
      }
      try put(idx([2, 28, 28], seededBytes(2 * 784, seed: 4)), "images", in: folder)
      for verb in Self.commands.keys.sorted(by: { ($0 == "data synth" ? "" : $0) < ($1 == "data synth" ? "" : $1) }) {
        let schema = try schema(verb)
        var seen: Set<String> = []
        for command in Self.commands[verb] ?? [] {
          if command.contains("fashion-mnist"), !FileManager.default.fileExists(atPath: "/usr/share/datasets/fashion-mnist") { continue }
          // A server would go on; it has listened when it has said so.
          let script = "\"$@\" > served & until [ -s served ]; do :; done; kill $!; wait $!; cat served"
          let ending = try lockstep(
            command.split(separator: " ").map(String.init) + ["--json"], in: folder, launcher: verb == "serve" ? shell(script) : [])
          #expect(ending.status == 0 || Self.failing.contains { command.hasSuffix($0) }, "\(command): \(ending.errors)")
          let isLines = String(describing: schema).contains("each line")
          let texts = isLines ? ending.output.split(separator: "\n").map(String.init) : [ending.output]
          #expect(!texts.isEmpty, "\(command)")
          for text in texts {
            let result = SchemaComplaints(try JSON5Parser.parse(text), schema)
            #expect(result.complaints == [], "\(command)")
            seen.formUnion(result.seen)
          }
        }
        let silent = SchemaComplaints.keys(schema).subtracting(seen).filter { !Self.isUnseen($0, of: verb) }
        if verb != "data fetch" || !seen.isEmpty { #expect(silent.sorted() == [], "lockstep \(verb) --json never says so") }
      }
    }
  }

  @Test func theCheckFindsWhatIsWrong() throws {
    let schema = try JSON5Parser.parse(
      "{type:'object',properties:{a:{type:'integer',minimum:0},b:{anyOf:[{type:'null'},{type:'array',items:{enum:['x']}}]}},required:['a'],additionalProperties:false}"
    )
    func complaints(_ text: String) throws -> Int { SchemaComplaints(try JSON5Parser.parse(text), schema).complaints.count }
    for good in ["{a:1}", "{a:0,b:null}", "{a:2,b:['x','x']}"] { #expect(try complaints(good) == 0, "\(good)") }
    for bad in ["{}", "{a:-1}", "{a:0.5}", "{a:'1'}", "{a:1,c:1}", "{a:1,b:['y']}", "[]"] { #expect(try complaints(bad) > 0, "\(bad)") }
  }

  @Test(arguments: [
    Refusal("output schema", 64, "expected a verb"), Refusal("output schema evalute", 64, "evalute: unknown verb with --json; did you mean 'evaluate'?"),
    Refusal("output schema data inf", 64, "data inf: unknown verb with --json; did you mean 'data info'?"),
  ])
  func refused(_ refusal: Refusal) throws { try withTemporaryFolder { try refusal.expect(in: $0) } }
}
