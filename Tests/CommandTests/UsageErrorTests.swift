import Testing

/// The promise: a command line that cannot be understood ends with status 64 and a line that says what would be right.
@Suite struct UsageErrorTests {
  @Test(arguments: [
    Refusal("", 64, "expected a verb: train, evaluate, compare, predict, topology, bench, data synth; see lockstep --help"),
    Refusal("trian digits.json", 64, "trian: unknown verb; did you mean 'train'?"),
    Refusal("frobnicate", 64, "frobnicate: unknown verb; the verbs are train, evaluate, compare, predict, topology, bench, data synth"),
    Refusal("--quiet", 64, "--quiet: unknown verb; the verbs are train, evaluate, compare, predict, topology, bench, data synth"),
    // Operands.
    Refusal("train", 64, "expected a config file"),
    Refusal("train digits.json more.json", 64, "more.json: unexpected; a config file is given already"),
    Refusal("evaluate", 64, "expected a run directory or a config file"),
    Refusal("evaluate a b", 64, "b: unexpected; a run directory or a config file is given already"),
    Refusal("predict --input images", 64, "expected a run directory"),
    Refusal("topology digits.json", 64, "digits.json: unexpected; topology takes options only"),
    Refusal("evaluate a --precision 0.9 --recall 0.9", 64, "--recall: a threshold gives a precision or a recall; choose one of --precision and --recall"),
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
    Refusal("train digits.json --o run", 64, "--o: ambiguous option"),
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
    Refusal("bench scaling --max-workers 0", 64, "--max-workers 0: expected a whole number of at least 1"),
    Refusal("bench scaling --max-workers many", 64, "--max-workers many: expected a whole number of at least 1"),
    Refusal("bench step --set fit.epochs", 64, "--set fit.epochs: expected key.path=value"),
    // What follows --set.
    Refusal("train digits.json --set fit.epochs", 64, "--set fit.epochs: expected key.path=value"),
    Refusal("train digits.json --set =5", 64, "--set =5: expected a key path such as fit.epochs or model.layers[0].units before '='"),
    Refusal("train digits.json --set fit..epochs=5", 64, "--set fit..epochs=5: expected a key path such as fit.epochs or model.layers[0].units before '='"),
  ])
  func refused(_ refusal: Refusal) throws {
    try withDigitsFolder { try refusal.expect(in: $0) }
  }
}
