import Failures
import Testing

import RunConfig

/// A key that is left out means what the Swift initializer's default means, which is Keras's.
@Suite struct DefaultsTests {
  @Test func sections() throws {
    let config = try Example.read(
      """
      {
        data: { source: "bundled" },
        model: { layers: [{ type: "dense", units: 10 }] },
        compile: { optimizer: "adam", loss: { type: "sparse_categorical_crossentropy", from_logits: true } },
      }
      """)
    #expect(
      config
        == RunConfiguration(
          name: "example", data: DataSection(source: .bundled), model: ModelSection(layers: [.dense(Dense(10))]),
          compile: CompileSection(optimizer: .adam(), loss: .sparseCategoricalCrossentropy(fromLogits: true))))
    #expect(config.data == DataSection(source: .bundled, classes: nil, targets: .classes, scale: 255, validation: .none))
    #expect(config.fit == FitSection(epochs: 1, batchSize: 32, shuffle: true))
    #expect(config.engine == EngineSection(workers: .auto, placement: .cores, balance: .measured))
    #expect(config.seed == 1)
  }

  @Test(arguments: [
    ("sgd", Optimizer.sgd(learningRate: 0.01, momentum: 0, nesterov: false), Optimizer.sgd()),
    ("adam", .adam(learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7), .adam()),
    ("rmsprop", .rmsprop(learningRate: 0.001, rho: 0.9, epsilon: 1e-7), .rmsprop()),
  ]) func optimizers(_ word: String, _ keras: Optimizer, _ swift: Optimizer) throws {
    #expect(keras == swift)
    #expect(try Example.read(Example.text, ["compile.optimizer=\(word)"]).compile.optimizer == keras)
    #expect(try Example.read(Example.text, ["compile.optimizer={type:'\(word)'}"]).compile.optimizer == keras)
  }

  @Test func everyKeyIsRead() throws {
    let config = try Example.read(
      """
      {
        name: "all", seed: 18446744073709551615,
        data: { source: "idx", path: "x", classes: [1, 0], targets: "classes", scale: 2, validation: "test" },
        model: {
          layers: [{ type: "dense", units: 2.0, activation: "softmax", use_bias: false, kernel_initializer: "he_normal", bias_initializer: "he_uniform" }],
          initial_weights: "w",
        },
        compile: {
          optimizer: { type: "sgd", learning_rate: 1, momentum: 0.5, nesterov: true },
          loss: { type: "sparse_categorical_crossentropy", from_logits: false },
          metrics: ["accuracy"],
        },
        fit: { epochs: 1e3, batch_size: 2, shuffle: false },
        engine: { workers: 1, placement: [1, 0], balance: 'even' },
      }
      """)
    let layer = Dense(2, activation: .softmax, useBias: false, kernelInitializer: .heNormal, biasInitializer: .heUniform)
    #expect(
      config
        == RunConfiguration(
          name: "all", seed: .max, data: DataSection(source: .idx(path: "x"), classes: [1, 0], scale: 2, validation: .test),
          model: ModelSection(layers: [.dense(layer)], initialWeights: "w"),
          compile: CompileSection(
            optimizer: .sgd(learningRate: 1, momentum: 0.5, nesterov: true), loss: .sparseCategoricalCrossentropy(), metrics: [.accuracy]),
          fit: FitSection(epochs: 1000, batchSize: 2, shuffle: false), engine: EngineSection(workers: .exactly(1), placement: .cpus([1, 0]), balance: .even)))
  }
}
