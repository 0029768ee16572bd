import Datasets
import Foundation
import Interchange
import Lockstep
import TestSupport
import Testing

/// The promise: weights go in and out of a model unchanged, by value and by file, and what does not fit changes nothing.
@Suite struct WeightsTests {
  private static func model(_ units: Int, seed: UInt64 = 1) throws -> Sequential {
    try Sequential(inputs: 3, seed: seed) {
      Dense(units, activation: .relu)
      Dense(2)
    }
  }

  @Test func weightsMoveBetweenModels() throws {
    let model = try Self.model(5)
    let other = try Self.model(5, seed: 2)
    try other.setWeights(model.weights)
    #expect(other.weights == model.weights)
    try withTemporaryFolder { folder in
      let path = folder.path + "/model.safetensors"
      try model.saveWeights(to: path)
      let third = try Self.model(5, seed: 3)
      try third.loadWeights(from: path)
      #expect(third.weights == model.weights)
      try third.saveWeights(to: folder.path + "/again.safetensors")
      #expect(
        try Data(contentsOf: URL(fileURLWithPath: path)) == Data(contentsOf: folder.appendingPathComponent("again.safetensors")), "equal weights, equal files")
    }
  }

  @Test func whatDoesNotFitChangesNothing() throws {
    let model = try Self.model(5)
    let before = model.weights
    let other = try Self.model(6)
    let wrongShape = #expect(throws: Failure.self) { try model.setWeights(other.weights) }
    #expect(wrongShape == Failure(.badData, at: "dense.kernel", "expected shape [3, 5], found [3, 6]"))
    var short = before
    short[3].values = []
    let tooFew = #expect(throws: Failure.self) { try model.setWeights(short) }
    #expect(tooFew == Failure(.badData, at: "dense_1.bias", "expected 2 numbers for shape [2], found 0"))
    try withTemporaryFolder { folder in
      let path = folder.path + "/model.safetensors"
      let missing = #expect(throws: Failure.self) { try model.loadWeights(from: path) }
      #expect(missing == Failure(.missingInput, at: path, "no such file"))
      try other.saveWeights(to: path)
      let foreign = #expect(throws: Failure.self) { try model.loadWeights(from: path) }
      #expect(foreign == Failure(.badData, at: path + ": dense.kernel", "expected shape [3, 5], found [3, 6]"))
      try Data("no tensors".utf8).write(to: URL(fileURLWithPath: path))
      let noTensors = #expect(throws: Failure.self) { try model.loadWeights(from: path) }
      #expect(noTensors?.kind == .badData && noTensors?.place.hasPrefix(path) == true)
      let unwritable = #expect(throws: Failure.self) { try model.saveWeights(to: path + "/model.safetensors") }
      #expect(unwritable?.exitCode == 74)
    }
    #expect(model.weights == before)
  }

  /// A model that is only loaded answers; it applies its last activation, and takes the rows of the data set in their order.
  @Test func anUncompiledModelPredicts() throws {
    let model = try Sequential(inputs: 2) { Dense(2, activation: .softmax) }
    try model.setWeights([
      Sequential.Tensor(name: "dense.kernel", shape: [2, 2], values: [1, 0, 0, 1]), Sequential.Tensor(name: "dense.bias", shape: [2], values: [0, 0]),
    ])
    let data = try Dataset(rows: [[0, 0], [7, 7], [100, 0], [0, 100]], labels: [0, 2, 0, 1]).selecting(classes: [1, 0])
    let answers: [[Float]] = [[0.5, 0.5], [0.5, 0.5], [1, 0], [0, 1]]
    let expected = data.rows.map { answers[Int($0)] }
    for (found, wanted) in zip(try model.predict(data), expected) { expectClose(found, wanted, within: 1e-6) }
  }

  /// As PyTorch has them: other names, and matrices the other way round.
  @Test func weightsOfOtherPrograms() throws {
    let model = try Self.model(5)
    let other = try Self.model(5, seed: 2)
    let tensors = other.weights.map { tensor in
      let name = (tensor.name.hasPrefix("dense_1") ? "out." : "in.") + (tensor.shape.count == 2 ? "weight" : "bias")
      guard tensor.shape.count == 2 else { return Sequential.Tensor(name: name, shape: tensor.shape, values: tensor.values) }
      let (rows, columns) = (tensor.shape[0], tensor.shape[1])
      let values = (0..<columns).flatMap { column in (0..<rows).map { tensor.values[$0 * columns + column] } }
      return Sequential.Tensor(name: name, shape: [columns, rows], values: values)
    }
    try withTemporaryFolder { folder in
      let path = folder.path + "/torch.safetensors"
      try Data(try Safetensors.encode(tensors)).write(to: URL(fileURLWithPath: path))
      let before = model.weights
      let failure = #expect(throws: Failure.self) { try model.importWeights(from: path) }
      let words = "expected shape [3, 5] for dense.kernel, found [5, 3]; transposed it would fit, as those of PyTorch must be"
      #expect(failure == Failure(.badData, at: path + ": in.weight", words))
      #expect(model.weights == before)
      try model.importWeights(from: path, transposed: true)
      #expect(model.weights == other.weights)
    }
  }

  /// (What is in the file: `Tests/Interop/test_onnx.py`.)
  @Test func exports() throws {
    let model = try Self.model(5)
    let (bytes, floats) = (try Dataset.bundledDigits(), try Dataset(rows: [[0, 1, 2]], labels: [0]))
    try withTemporaryFolder { folder in
      let path = folder.path + "/model.onnx"
      let failure = #expect(throws: Failure.self) { try model.export(to: path, for: bytes) }
      #expect(failure == Failure(.badData, at: "export", "an example has 784 numbers, the model takes 3"))
      try model.export(to: path, for: floats)
      let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
      #expect(text.contains("dense.kernel") && text.contains("Relu") && text.contains("outputs") && !text.contains("Softmax"))
      try model.compile(optimizer: .sgd(), loss: .sparseCategoricalCrossentropy(fromLogits: true))
      try model.export(to: path, for: floats)
      let compiled = String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
      #expect(compiled.contains("probabilities") && compiled.contains("Softmax"), "what the loss holds is at the end")
    }
  }
}
