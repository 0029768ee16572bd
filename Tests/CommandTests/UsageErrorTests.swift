import Testing

/// The promise: a command line that cannot be understood ends with status 64 and a line that says what would be right.
@Suite struct UsageErrorTests {
  static let verbs =
    "init, check, train, sweep, find-lr, evaluate, inspect, compare, report, explain, gradcheck, predict, serve, export, import, topology, bench, data info, data convert, data fetch, data synth, config schema, output schema, completion, man, help"

  @Test(arguments: [
    Refusal(
      "", 64,
      "expected a verb: \(UsageErrorTests.verbs); see lockstep --help"
    ),
    Refusal("trian digits.json", 64, "trian: unknown verb; did you mean 'train'?"),
    Refusal("eval digits.json", 64, "eval: unknown verb; did you mean 'evaluate'?"),
    Refusal("dat info", 64, "dat: unknown verb; did you mean 'data'?"),
    Refusal("data conv a b", 64, "data conv: unknown verb; did you mean 'data convert'?"),
    Refusal("data x", 64, "data x: unknown verb; the verbs are data info, data convert, data fetch, data synth"),
    Refusal("ex runs/digits", 64, "ex: unknown verb; the verbs are \(UsageErrorTests.verbs)"),
    Refusal(
      "frobnicate", 64,
      "frobnicate: unknown verb; the verbs are \(UsageErrorTests.verbs)"
    ),
    Refusal("--quiet", 64, "--quiet: unknown option; a verb comes first, and its options behind it"),
    Refusal("--hepl", 64, "--hepl: unknown option; did you mean '--help'?"),
    Refusal("--verison", 64, "--verison: unknown option; did you mean '--version'?"),
    Refusal("data --hepl", 64, "--hepl: unknown option; did you mean '--help'?"),
    Refusal("help trian", 64, "trian: unknown verb; did you mean 'train'?"),
    Refusal("help data inof", 64, "data inof: unknown verb; did you mean 'data info'?"),
    Refusal("help train sweep", 64, "sweep: unexpected; a verb is given already"),
    // Operands.
    Refusal("train", 64, "expected a config file"),
    Refusal("train digits.json more.json", 64, "more.json: unexpected; a config file is given already"),
    Refusal("evaluate", 64, "expected a run directory or a config file"),
    Refusal("evaluate a b", 64, "b: unexpected; a run directory or a config file is given already"),
    Refusal("predict --input images", 64, "expected a run directory"),
    Refusal("topology digits.json", 64, "digits.json: unexpected; topology takes options only"),
    Refusal("evaluate a --precision 0.9 --recall 0.9", 64, "--recall: a threshold gives a precision or a recall; choose one of --precision and --recall"),
    Refusal("check", 64, "expected a config file"),
    Refusal("chekc digits.json", 64, "chekc: unknown verb; did you mean 'check'?"),
    Refusal("explain", 64, "expected a run directory or a config file"),
    Refusal("explain digits.json --rwo 3", 64, "--rwo: unknown option; did you mean '--row'?"),
    Refusal("gradcheck a b", 64, "b: unexpected; a config file or a run directory is given already"),
    Refusal("check digits.json --rows 3", 64, "--rows: unknown option; known are --set, --workers, --placement, --json, --help"),
    Refusal("compare", 64, "expected two run directories, found 0"),
    Refusal("compare a b c", 64, "expected two run directories, found 3"),
    // Options.
    Refusal("train digits.json --outptu run", 64, "--outptu: unknown option; did you mean '--output'?"),
    Refusal("topology --frobnicate", 64, "--frobnicate: unknown option; known are --workers, --placement, --json, --help"),
    Refusal(
      "train digits.json -x", 64, "-x: unknown option; known are --set, --workers, --placement, --output, --resume, --overwrite, --quiet, --json, --help"),
    Refusal("train digits.json --output", 64, "--output: expected a value after it"),
    Refusal("train digits.json --set", 64, "--set: expected a value after it"),
    Refusal("train digits.json --quiet=yes", 64, "--quiet=yes: --quiet takes no value"),
    Refusal("train digits.json --o run", 64, "--o: ambiguous option; it could be --output or --overwrite"),
    Refusal(["train", "digits.json", "--output", ""], 64, "--output: expected a value, found an empty one"),
    Refusal("train digits.json --workers=", 64, "--workers: expected a value, found an empty one"),
    // Benchmarks.
    Refusal("bench", 64, "expected what to measure: cores, kernels, step, scaling"),
    Refusal("bench kernel", 64, "kernel: unknown benchmark; did you mean 'kernels'?"),
    Refusal("bench everything", 64, "everything: unknown benchmark; known are cores, kernels, step, scaling"),
    Refusal("bench kernels digits.json", 64, "digits.json: unexpected; bench kernels takes options only"),
    Refusal("bench cores digits.json", 64, "digits.json: unexpected; bench cores takes options only"),
    Refusal("bench cores --svg a.svg", 64, "--svg: bench cores does not take it; bench scaling does"),
    Refusal("bench step digits.json more.json", 64, "more.json: unexpected; a config file is given already"),
    Refusal("bench kernels --workers 2", 64, "--workers: bench kernels does not take it; bench cores and bench step do"),
    Refusal("bench kernels --set fit.epochs=5", 64, "--set: bench kernels does not take it; bench step and bench scaling do"),
    Refusal("bench step --svg a.svg", 64, "--svg: bench step does not take it; bench scaling does"),
    Refusal("bench scaling --workers 2", 64, "--workers: bench scaling does not take it; bench cores and bench step do"),
    Refusal("bench scaling --max-workers 0", 64, "--max-workers 0: expected at least 1, found 0"),
    Refusal("bench scaling --max-workers many", 64, "--max-workers many: expected a whole number, found a string \"many\""),
    Refusal("bench step --set fit.epochs", 64, "--set fit.epochs: expected key.path=value"),
    // Sweeps.
    Refusal("sweep", 64, "expected a config file, or the folder of a sweep"),
    Refusal("sweep digits.json", 64, "expected what to sweep: --grid key.path=A,B or --random key.path=log:LOW..HIGH"),
    Refusal("sweep digits.json --grid fit.epochs", 64, "--grid fit.epochs: expected key.path=value"),
    Refusal("sweep digits.json --grid fit.epochs=1,,2", 64, "--grid fit.epochs=1,,2: expected values with commas between them, found an empty one"),
    Refusal("sweep digits.json --grid fit.epochs=1,2,1", 64, "--grid fit.epochs=1,2,1: the value 1 is given twice"),
    Refusal("sweep digits.json --grid data.classes=[1,2", 64, "--grid data.classes=[1,2: expected ']' before the end"),
    Refusal("sweep digits.json --grid data.classes=1]", 64, "--grid data.classes=1]: found ']' that closes nothing; put such a value in quotes"),
    Refusal("sweep digits.json --grid fit.epochs=1,2 --grid fit.epochs=3,4", 64, "fit.epochs: swept twice; give all of its values at once"),
    Refusal(
      "sweep digits.json --grid engine.workers=1,2", 64,
      "--grid engine.workers=1,2: workers and cores are the sweep's own to give, and change no result; see --workers-per-run"),
    Refusal("sweep digits.json --grid fit.epochs=1,2 --trials 3", 64, "--trials: a grid has as many trials as it has combinations; --random needs it"),
    Refusal("sweep digits.json --random fit.epochs=int:1..9", 64, "--random fit.epochs=int:1..9: expected --trials N, how often to draw"),
    Refusal(
      "sweep digits.json --random seed=int:9..1 --trials 2", 64, "--random seed=int:9..1: expected two whole numbers, the lower first, such as int:16..128"),
    Refusal("sweep digits.json --random seed=lgo:1..9 --trials 2", 64, "--random seed=lgo:1..9: unknown distribution; did you mean 'log'?"),
    Refusal(
      "sweep digits.json --random seed=5 --trials 2", 64,
      "--random seed=5: expected uniform:LOW..HIGH, log:LOW..HIGH, int:LOW..HIGH or choice:A,B,... after '='"),
    Refusal(
      "sweep digits.json --random data.scale=log:0..1 --trials 2", 64,
      "--random data.scale=log:0..1: expected two numbers above 0, the lower first, such as log:1e-4..1e-1"),
    Refusal("sweep digits.json --random seed=int:1..9 --grid fit.epochs=1,2 --trials 6000", 64, "more than 10000 trials; sweep fewer values at once"),
    Refusal("sweep . --grid fit.epochs=1,2", 64, "--grid: . says by itself what is swept; give the config in its place, or leave this out"),
    Refusal("find-lr", 64, "expected a config file"),
    Refusal("find-lr digits.json --from 1 --to 0.1", 64, "--to 0.1: expected more than --from, 1.0"),
    // What follows --set.
    Refusal("train digits.json --set fit.epochs", 64, "--set fit.epochs: expected key.path=value"),
    Refusal("train digits.json --set =5", 64, "--set =5: expected a key path such as fit.epochs or model.layers[0].units before '='"),
    Refusal("train digits.json --set fit..epochs=5", 64, "--set fit..epochs=5: expected a key path such as fit.epochs or model.layers[0].units before '='"),
  ])
  func refused(_ refusal: Refusal) throws {
    try withDigitsFolder { try refusal.expect(in: $0) }
  }
}
