import Failures
import Testing

import RunConfig

@Suite struct OverrideTests {
  @Test func reachesEveryKindOfValue() throws {
    let config = try Example.read(
      Example.text,
      [
        "fit.epochs=7", "fit.shuffle=false", "data.scale=1e2", "model.layers.0.units=30", "model.layers[1].use_bias=false",
        "model.layers[0].activation=relu", "data.classes=[3, 1]", "engine.workers=2", "seed=0xFF",
      ])
    #expect(config.fit.epochs == 7)
    #expect(config.fit.shuffle == false)
    #expect(config.data.scale == 100)
    #expect(config.model.layers == [.dense(Dense(30, activation: .relu)), .dense(Dense(10, useBias: false))])
    #expect(config.data.classes == [3, 1])
    #expect(config.engine.workers == .exactly(2))
    #expect(config.seed == 255)
  }

  @Test(arguments: [
    ("name=2024", "2024"), ("name=true", "true"), ("name=1e5", "1e5"), ("name=0x1F", "0x1F"),
    ("name=null", "null"), ("name=\"quoted\"", "quoted"), ("name=a-b.c", "a-b.c"),
  ]) func takesTheRawTextWhereAStringIsExpected(_ argument: String, _ name: String) throws {
    #expect(try Example.read(Example.text, [argument]).name == name)
  }

  @Test func takesPathsAsTyped() throws {
    for path in ["//server/share", "/data/a=b", "12", "[odd", "a b.c[0]"] {
      #expect(try Example.read(Example.idx, ["data.path=\(path)"]).data.source == .idx(path: path))
    }
    let weights = try Example.read(Example.text, ["model.initial_weights=w.safetensors"])
    #expect(weights.model.initialWeights == "w.safetensors")
    #expect(try Example.read(weights.resolvedJSON(), ["model.initial_weights=null"]).model.initialWeights == nil)
  }

  @Test(arguments: [
    ("0-3,8", Placement.cpus([0, 1, 2, 3, 8])), ("3", .cpus([3])), ("[2, 0]", .cpus([2, 0])), ("compact", .compact), ("none", .none), ("2,0", .cpus([2, 0])),
  ]) func readsPlacements(_ text: String, _ placement: Placement) throws {
    #expect(try Example.read(Example.text, ["engine.placement=\(text)"]).engine.placement == placement)
  }

  @Test func laterOverridesWin() throws {
    #expect(try Example.read(Example.text, ["fit.epochs=7", "fit.epochs=8"]).fit.epochs == 8)
    #expect(try Example.read(Example.text, ["data.classes=[7,8]", "data.classes[1]=9"]).data.classes == [7, 9])
    #expect(try Example.read(Example.text, ["fit={epochs:3,batch_size:4}", "fit.epochs=8"]).fit == FitSection(epochs: 8, batchSize: 4))
    #expect(try Example.read(Example.text, ["fit.epochs=8", "fit={batch_size:4}"]).fit == FitSection(batchSize: 4))
  }

  /// The first argument's text no longer says what the value is.
  @Test func aChangedListIsNoText() throws {
    let failure = try #require(Example.refusal(of: Example.idx, ["data.path=[1]", "data.path[0]=2"]))
    #expect(failure.description == "--set data.path=[1]: expected a string, found an array")
  }

  @Test func setsKeysThroughAWord() throws {
    let words = Example.text.replacing("{ type: \"adam\" }", with: "'adam'").replacing(", from_logits: true", with: "")
    let config = try Example.read(words, ["compile.optimizer.learning_rate=0.1", "compile.optimizer.beta_1=0.5", "compile.loss.from_logits=true"])
    #expect(config.compile.optimizer == .adam(learningRate: 0.1, beta1: 0.5))
    #expect(config.compile.loss == .sparseCategoricalCrossentropy(fromLogits: true))
    let changed = try Example.read(words, ["compile.loss.from_logits=true", "compile.optimizer.type=sgd", "compile.optimizer.momentum=0.9"])
    #expect(changed.compile.optimizer == .sgd(momentum: 0.9))
    let twice = try Example.read(Example.text, ["compile.optimizer=rmsprop", "compile.optimizer.rho=0.5"])
    #expect(twice.compile.optimizer == .rmsprop(rho: 0.5))
    let plainLoss = Example.text.replacing("{ type: \"sparse_categorical_crossentropy\", from_logits: true }", with: "'sparse_categorical_crossentropy'")
    #expect(try Example.read(plainLoss, ["compile.loss.from_logits=true"]).compile.loss == .sparseCategoricalCrossentropy(fromLogits: true))
  }

  @Test func makesSectionsThatAreNotThere() throws {
    let engine = try Example.read(Example.text, ["engine.workers=3", "engine.placement=threads"]).engine
    #expect(engine == EngineSection(workers: .exactly(3), placement: .threads))
    let none = Example.text.replacing("{ fraction: 0.2 }", with: "'none'")
    #expect(try Example.read(none, ["data.validation.fraction=0.1"]).data.validation == .fraction(0.1))
    #expect(try Example.read(Example.text, ["data.validation=none", "data.validation.fraction=0.3"]).data.validation == .fraction(0.3))
    #expect(try Example.read(Example.text, ["data.validation=none"]).data.validation == .none)
  }

  @Test(arguments: [
    ("data.pth=x", "--set data.pth=x: unknown key; did you mean 'path'?"),
    ("dta.path=x", "--set dta.path=x: dta: unknown key; did you mean 'data'?"),
    ("fit.epochs=0", "--set fit.epochs=0: expected at least 1, found 0"),
    ("fit.epochs=five", "--set fit.epochs=five: expected a whole number, found a string \"five\""),
    ("fit.epochs.x=5", "--set fit.epochs.x=5: fit.epochs: expected a whole number, found an object"),
    ("fit={epoch:5}", "--set fit={epoch:5}: fit.epoch: unknown key; did you mean 'epochs'?"),
    ("model.layers[0].unit=5", "--set model.layers[0].unit=5: unknown key; did you mean 'units'?"),
    ("model.layers[1]={type:'dense'}", "--set model.layers[1]={type:'dense'}: model.layers[1].units: this required key is missing"),
    ("model.layers.2.units=5", "--set model.layers.2.units=5: no element '2'; model.layers has the elements 0 to 1"),
    ("model.layers.-1.units=5", "--set model.layers.-1.units=5: no element '-1'; model.layers has the elements 0 to 1"),
    ("model.layers.last.units=5", "--set model.layers.last.units=5: no element 'last'; model.layers has the elements 0 to 1"),
    (
      "model.layers.0.activation=sigmod",
      "--set model.layers.0.activation=sigmod: unknown activation 'sigmod'; did you mean 'sigmoid'? (known: linear, sigmoid, relu, softmax, tanh, softplus, softsign, elu, selu, gelu, silu, leaky_relu, exponential, hard_sigmoid, mish)"
    ),
    (
      "compile.optimizer=adma",
      "--set compile.optimizer=adma: unknown optimizer 'adma'; did you mean 'adam'? (known: sgd, adam, adamw, nadam, adamax, rmsprop, adagrad, adadelta, lion)"
    ),
    ("name=a/b", "--set name=a/b: expected 1 to 100 letters a-z, digits, '-', '_' and '.', not beginning with '.', found 'a/b'"),
    ("name=", "--set name=: expected a string that is not empty"),
    ("engine.placement=null", "--set engine.placement=null: expected a placement word, an array of CPU numbers or a list such as \"0-3,8\", found null"),
  ]) func refusesWithTheArgumentAsItsPlace(_ argument: String, _ line: String) throws {
    let idx = Example.idx.replacing(", path: \"digits\"", with: "")
    let failure = try #require(Example.refusal(of: argument.hasPrefix("data.pth") ? idx : Example.text, [argument]))
    #expect(failure.kind == .badData)
    #expect(failure.description == line)
  }

  @Test(arguments: [
    ("epochs", "--set epochs: expected key.path=value"),
    ("", "--set : expected key.path=value"),
    ("=5", "--set =5: expected a key path such as fit.epochs or model.layers[0].units before '='"),
    ("fit..epochs=5", "--set fit..epochs=5: expected a key path such as fit.epochs or model.layers[0].units before '='"),
    ("model.layers[x].units=5", "--set model.layers[x].units=5: expected a key path such as fit.epochs or model.layers[0].units before '='"),
    ("fit.epochs=\0", "--set fit.epochs=\\0: found a NUL character; expected plain text"),
  ]) func refusesAMalformedArgumentAsUsage(_ argument: String, _ line: String) throws {
    let failure = try #require(Example.refusal(of: Example.text, [argument]))
    #expect(failure.kind == .usage)
    #expect(failure.description == line)
  }

  @Test func survivesADeepPath() throws {
    let path = Array(repeating: "a", count: 60_000).joined(separator: ".")
    #expect(try #require(Example.refusal(of: Example.text, [path + "=1"])).kind == .usage)
  }
}
