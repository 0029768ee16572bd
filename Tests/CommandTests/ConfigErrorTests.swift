import Foundation
import Testing

/// The promise: a config that is wrong ends with status 65 (66 when it is missing), before anything is written. RunConfigTests has every message of
/// the config itself; here are one of each kind, through the door that a user takes.
@Suite struct ConfigErrorTests {
  @Test(arguments: [
    Refusal("train digits.jsno", 66, "digits.jsno: no such config file; did you mean 'digits.json'?"),
    Refusal("train .", 74, ".: a folder; expected a config file"),
    Refusal("train missing.json", 66, "missing.json: no such config file"),
    Refusal("evaluate missing.json", 66, "missing.json: no such run folder or config file"),
    Refusal("train digits.json --set fit.epoch=5", 65, "--set fit.epoch=5: unknown key; did you mean 'epochs'?"),
    Refusal("evaluate digits.json --precision 1.5", 64, "--precision 1.5: expected a number from 0 to 1, found 1.5"),
    Refusal("evaluate digits.json --mistakes -1", 64, "--mistakes -1: expected at least 0, found -1"),
    Refusal(
      "evaluate digits.json --recall 0.9", 65,
      "compile.loss: a threshold is for outputs that answer yes or no, as with binary_crossentropy; sparse_categorical_crossentropy has none"),
    Refusal("evaluate digits.json --set fit.epoch=5", 65, "--set fit.epoch=5: unknown key; did you mean 'epochs'?"),
    Refusal(
      "train digits.json --set trainer.epochs=5", 65,
      "--set trainer.epochs=5: trainer: unknown key; known here: name, seed, data, model, compile, fit, engine"),
    Refusal("train digits.json --set model.layers[3].units=5", 65, "--set model.layers[3].units=5: no element '3'; model.layers has the elements 0 to 2"),
    Refusal(
      "train digits.json --set model.layers[1]={type:'random_rotation',factor:0.1}", 65,
      "model.layers[1].type: random_rotation is of images, and must stand before the first dense layer"),
    Refusal(
      "train digits.json --set model.layers[0]={type:'reshape',target_shape:[28,29]}", 65,
      "model.layers[0].target_shape: 28 rows of 29 are 812 numbers; an example has 784"),
    Refusal("train digits.json --set fit.epochs=many", 65, "--set fit.epochs=many: expected a whole number, found a string \"many\""),
    Refusal("train digits.json --set fit.epochs=0", 65, "--set fit.epochs=0: expected at least 1, found 0"),
    Refusal("train digits.json --set fit.batch_size=-1", 65, "--set fit.batch_size=-1: expected at least 1, found -1"),
    Refusal(
      "train digits.json --set data.validation.fraction=1", 65, "--set data.validation.fraction=1: expected a number above 0 and below 1, found 1"),
    Refusal(
      "train digits.json --set compile.optimizer.learning_rate=0", 65, "--set compile.optimizer.learning_rate=0: expected a number above 0, found 0"),
    Refusal("train digits.json --set data.scale=1e38", 65, "--set data.scale=1e38: expected a number from 1e-36 to 1e+37, found 1e+38"),
    Refusal("evaluate digits.json --set data.scale=1e-37", 65, "--set data.scale=1e-37: expected a number from 1e-36 to 1e+37, found 1e-37"),
    Refusal(
      "train digits.json --set compile.optimizer.epsilon=1e-40", 65,
      "--set compile.optimizer.epsilon=1e-40: expected a number from 1.2e-38 to 1e+37, found 1e-40"),
    Refusal("train digits.json --set model.layers[2].units=5", 65, "digits.json: model.layers[2].units: 10 classes need as many units; found 5"),
    Refusal("train digits.json --set data.classes=[3,12]", 65, "data.classes: class 12 has no rows; the data has 0, 1, 2, 3, 4, 5, 6, 7, 8, 9"),
    Refusal(
      "train digits.json --set data.validation.fraction=0.00001", 65,
      "data.validation.fraction: the fraction 1e-05 leaves the validation part empty; rows: 5000"),
  ])
  func refused(_ refusal: Refusal) throws {
    try withDigitsFolder { try refusal.expect(in: $0) }
  }

  @Test(arguments: [
    ("epochs:", "epoch:", "digits.json: fit.epoch: unknown key; did you mean 'epochs'?"),
    ("epochs: 10", "epochs: '10'", "digits.json: fit.epochs: expected a whole number, found a string \"10\""),
    ("seed: 1,", "seed: 1", "digits.json: line 8, column 3: expected ',' or '}', found 'data'"),
    (
      "\"sigmoid\"", "\"sigmod\"",
      "digits.json: model.layers[0].activation: unknown activation 'sigmod'; did you mean 'sigmoid'? (known: linear, sigmoid, relu, softmax, tanh, softplus, softsign, elu, selu, gelu, silu, leaky_relu, exponential, hard_sigmoid, mish)"
    ),
    ("source: \"bundled\",", "", "digits.json: data.source: this required key is missing"),
  ])
  func wrongFile(_ old: String, _ new: String, _ line: String) throws {
    try withDigitsFolder { folder in
      let file = folder.appendingPathComponent("digits.json")
      let text = try String(contentsOf: file, encoding: .utf8)
      try text.replacing(old, with: new, maxReplacements: 1).write(to: file, atomically: false, encoding: .utf8)
      try Refusal("train digits.json", 65, line).expect(in: folder)
    }
  }
}
