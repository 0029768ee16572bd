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
    #expect(
      config.data
        == DataSection(
          source: .bundled, classes: nil, targets: .classes, scale: 255, validation: .none, sampleWeight: nil, validationSampleWeight: nil))
    #expect(
      config.fit
        == FitSection(
          epochs: 1, batchSize: 32, shuffle: true, classWeight: nil, initialEpoch: 0, stepsPerEpoch: nil, validationSteps: nil, validationFreq: 1))
    #expect(config.engine == EngineSection(workers: .auto, placement: .cores, balance: .measured))
    #expect(config.seed == 1)
  }

  @Test(arguments: [
    ("{ type: 'activation', activation: 'elu' }", Layer.activation(.elu(alpha: 1))),
    ("{ type: 'dropout', rate: 0.25 }", .dropout(Dropout(0.25))), ("{ type: 'gaussian_noise', stddev: 0.1 }", .gaussianNoise(GaussianNoise(0.1))),
    ("{ type: 'flatten' }", .flatten), ("{ type: 'rescaling', scale: 2 }", .rescaling(Rescaling(2, offset: 0))),
    (
      "{ type: 'batch_normalization' }",
      .batchNormalization(
        BatchNormalization(
          momentum: 0.99, epsilon: 0.001, center: true, scale: true, betaInitializer: .zeros, gammaInitializer: .ones, movingMeanInitializer: .zeros,
          movingVarianceInitializer: .ones))
    ),
    ("{ type: 'batch_normalization' }", .batchNormalization(BatchNormalization())),
    (
      "{ type: 'layer_normalization' }",
      .layerNormalization(LayerNormalization(epsilon: 0.001, center: true, scale: true, betaInitializer: .zeros, gammaInitializer: .ones))
    ),
    ("{ type: 'layer_normalization' }", .layerNormalization(LayerNormalization())),
    ("{ type: 'activity_regularization', l1: 0.1 }", .activityRegularization(ActivityRegularization(l1: 0.1, l2: 0))),
    (
      "{ type: 'dense', units: 3, kernel_regularizer: 'l1', bias_regularizer: 'l2', activity_regularizer: 'l1_l2' }",
      .dense(
        Dense(
          3, kernelRegularizer: .l1L2(l1: 0.01, l2: 0), biasRegularizer: .l1L2(l1: 0, l2: 0.01), activityRegularizer: .l1L2(l1: 0, l2: 0),
          kernelConstraint: nil,
          biasConstraint: nil))
    ),
    (
      "{ type: 'dense', units: 3, kernel_regularizer: { type: 'l1_l2', l2: 2 }, kernel_constraint: 'max_norm', bias_constraint: 'min_max_norm' }",
      .dense(
        Dense(
          3, kernelRegularizer: .l2(2), kernelConstraint: .maxNorm(maxValue: 2), biasConstraint: .minMaxNorm(minValue: 0, maxValue: 1, rate: 1)))
    ),
    (
      "{ type: 'layer_normalization', beta_regularizer: { type: 'l1', l1: 3 }, gamma_constraint: 'non_neg', beta_constraint: 'unit_norm' }",
      .layerNormalization(LayerNormalization(betaRegularizer: .l1(3), betaConstraint: .unitNorm, gammaConstraint: .nonNeg))
    ),
    ("{ type: 'normalization' }", .normalization(Normalization(axis: .inputs, mean: nil, variance: nil))),
    ("{ type: 'reshape', target_shape: [28, 28, 1] }", .reshape(Reshape([28, 28, 1]))),
    (
      "{ type: 'random_translation', height_factor: 0.1, width_factor: [-0.2, 0.3] }",
      .augmentation(.translation(RandomTranslation(heightFactor: .number(0.1), widthFactor: .between(-0.2, 0.3), fillMode: .reflect, fillValue: 0)))
    ), ("{ type: 'random_rotation', factor: 0.1 }", .augmentation(.rotation(RandomRotation(0.1, fillMode: .reflect, fillValue: 0)))),
    ("{ type: 'random_rotation', factor: 1, fill_mode: 'wrap', fill_value: 2 }", .augmentation(.rotation(RandomRotation(1, fillMode: .wrap, fillValue: 2)))),
    ("{ type: 'random_zoom', height_factor: 0.1 }", .augmentation(.zoom(RandomZoom(heightFactor: 0.1, widthFactor: nil, fillMode: .reflect, fillValue: 0)))),
    ("{ type: 'random_shear' }", .augmentation(.shear(RandomShear(xFactor: 0, yFactor: 0, fillMode: .reflect, fillValue: 0)))),
    ("{ type: 'random_shear' }", .augmentation(.shear(RandomShear()))),
    (
      "{ type: 'random_elastic_transform' }",
      .augmentation(.elasticTransform(RandomElasticTransform(factor: 1, scale: 1, fillMode: .reflect, fillValue: 0, valueRange: 0...255)))
    ), ("{ type: 'random_elastic_transform' }", .augmentation(.elasticTransform(RandomElasticTransform()))),
    (
      "{ type: 'random_erasing' }",
      .augmentation(.erasing(RandomErasing(factor: 1, scale: .between(0.02, 0.33), fillValue: nil, valueRange: 0...255)))
    ), ("{ type: 'random_erasing' }", .augmentation(.erasing(RandomErasing()))),
    ("{ type: 'normalization', axis: null, mean: 3, variance: 4 }", .normalization(Normalization(axis: .none, mean: [3], variance: [4]))),
  ]) func layers(_ text: String, _ layer: Layer) throws {
    #expect(try Example.read(Example.text.replacing("layers: [", with: "layers: [\(text), ")).model.layers[0] == layer)
  }

  @Test(arguments: [
    (
      "early_stopping",
      Callback.earlyStopping(
        monitor: "val_loss", minDelta: 0, patience: 0, mode: .auto, baseline: nil, restoreBestWeights: false, startFromEpoch: 0)
    ), ("early_stopping", .earlyStopping(EarlyStopping())),
    (
      "reduce_lr_on_plateau",
      .reduceLROnPlateau(monitor: "val_loss", factor: 0.1, patience: 10, mode: .auto, minDelta: 1e-4, cooldown: 0, minLR: 0)
    ), ("reduce_lr_on_plateau", .reduceLROnPlateau(ReduceLROnPlateau())),
    ("csv_logger", .csvLogger(filename: "log.csv", separator: ",", append: false)), ("csv_logger", .csvLogger(CSVLogger(filename: "log.csv"))),
    ("tensorboard", .tensorBoard(logDir: "logs", histogramFreq: 0)), ("tensorboard", .tensorBoard(TensorBoard())),
  ]) func callbacks(_ word: String, _ callback: Callback) throws {
    let options = word == "csv_logger" ? ", filename: 'log.csv'" : ""
    let fit = try Example.read(Example.text, ["fit.callbacks=[{ type: '\(word)'\(options) }]", "data.validation={ fraction: 0.5 }"]).fit
    #expect(fit.callbacks == [callback] && fit.validationFreq == 1)
  }

  @Test(arguments: [
    ("sgd", Optimizer.sgd(learningRate: 0.01, momentum: 0, nesterov: false, weightDecay: nil, clipping: .none), Optimizer.sgd()),
    ("adam", .adam(learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, amsgrad: false, weightDecay: nil, clipping: .none), .adam()),
    ("adamw", .adamw(learningRate: 0.001, weightDecay: 0.004, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, amsgrad: false, clipping: .none), .adamw()),
    ("nadam", .nadam(learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, weightDecay: nil, clipping: .none), .nadam()),
    ("adamax", .adamax(learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, weightDecay: nil, clipping: .none), .adamax()),
    ("rmsprop", .rmsprop(learningRate: 0.001, rho: 0.9, momentum: 0, epsilon: 1e-7, centered: false, weightDecay: nil, clipping: .none), .rmsprop()),
    ("adagrad", .adagrad(learningRate: 0.001, initialAccumulatorValue: 0.1, epsilon: 1e-7, weightDecay: nil, clipping: .none), .adagrad()),
    ("adadelta", .adadelta(learningRate: 0.001, rho: 0.95, epsilon: 1e-7, weightDecay: nil, clipping: .none), .adadelta()),
    ("lion", .lion(learningRate: 0.001, beta1: 0.9, beta2: 0.99, weightDecay: nil, clipping: .none), .lion()),
  ]) func optimizers(_ word: String, _ keras: Optimizer, _ swift: Optimizer) throws {
    #expect(keras == swift)
    #expect(try Example.read(Example.text, ["compile.optimizer=\(word)"]).compile.optimizer == keras)
    #expect(try Example.read(Example.text, ["compile.optimizer={type:'\(word)'}"]).compile.optimizer == keras)
  }

  @Test(arguments: [
    ("binary_crossentropy", Loss.binaryCrossentropy(fromLogits: false, labelSmoothing: 0), Loss.binaryCrossentropy()),
    (
      "binary_focal_crossentropy", .binaryFocalCrossentropy(fromLogits: false, gamma: 2, alpha: 0.25, applyClassBalancing: false, labelSmoothing: 0),
      .binaryFocalCrossentropy()
    ), ("categorical_crossentropy", .categoricalCrossentropy(fromLogits: false, labelSmoothing: 0), .categoricalCrossentropy()),
    ("sparse_categorical_crossentropy", .sparseCategoricalCrossentropy(fromLogits: false), .sparseCategoricalCrossentropy()),
    ("kl_divergence", .klDivergence, .klDivergence), ("mean_squared_error", .meanSquaredError, .meanSquaredError),
    ("mean_absolute_error", .meanAbsoluteError, .meanAbsoluteError), ("huber", .huber(delta: 1), .huber()), ("log_cosh", .logCosh, .logCosh),
    ("poisson", .poisson, .poisson), ("hinge", .hinge, .hinge), ("squared_hinge", .squaredHinge, .squaredHinge),
    ("categorical_hinge", .categoricalHinge, .categoricalHinge),
  ]) func losses(_ word: String, _ keras: Loss, _ swift: Loss) throws {
    #expect(keras == swift)
    let (units, targets) = word == "sparse_categorical_crossentropy" ? (10, "classes") : (10, "one_hot")
    let settings = ["model.layers.1={type:'dense',units:\(units),activation:'softmax'}", "data.targets=\(targets)"]
    #expect(try Example.read(Example.text, settings + ["compile.loss=\(word)"]).compile.loss == keras)
    #expect(try Example.read(Example.text, settings + ["compile.loss={type:'\(word)'}"]).compile.loss == keras)
  }

  @Test(arguments: [
    ("linear", Activation.linear), ("sigmoid", .sigmoid), ("relu", .relu), ("softmax", .softmax), ("tanh", .tanh), ("softplus", .softplus),
    ("softsign", .softsign), ("elu", .elu(alpha: 1)), ("selu", .selu), ("gelu", .gelu(approximate: false)), ("silu", .silu),
    ("leaky_relu", .leakyRelu(negativeSlope: 0.2)), ("exponential", .exponential), ("hard_sigmoid", .hardSigmoid), ("mish", .mish),
  ]) func activations(_ word: String, _ keras: Activation) throws {
    #expect(keras.name == word)
    for value in [word, "{type:'\(word)'}"] {
      #expect(try Example.read(Example.text, ["model.layers.0.activation=\(value)"]).model.layers[0] == .dense(Dense(25, activation: keras)))
    }
  }

  @Test(arguments: [
    ("{type:'elu',alpha:0.5}", Activation.elu(alpha: 0.5)), ("{type:'gelu',approximate:true}", .gelu(approximate: true)),
    ("{type:'leaky_relu',negative_slope:0.1}", .leakyRelu(negativeSlope: 0.1)),
  ]) func activationsHaveOptions(_ text: String, _ activation: Activation) throws {
    #expect(try Example.read(Example.text, ["model.layers.0.activation=\(text)"]).model.layers[0] == .dense(Dense(25, activation: activation)))
  }

  @Test(arguments: [
    ("zeros", Initializer.zeros, Initializer.zeros), ("ones", .ones, .ones), ("constant", .constant(value: 0), .constant()),
    ("identity", .identity(gain: 1), .identity()), ("orthogonal", .orthogonal(gain: 1), .orthogonal()),
    ("random_normal", .randomNormal(mean: 0, stddev: 0.05), .randomNormal()),
    ("random_uniform", .randomUniform(minval: -0.05, maxval: 0.05), .randomUniform()),
    ("truncated_normal", .truncatedNormal(mean: 0, stddev: 0.05), .truncatedNormal()),
    ("variance_scaling", .varianceScaling(scale: 1, mode: .fanIn, distribution: .truncatedNormal), .varianceScaling()),
    ("glorot_uniform", .glorotUniform, .glorotUniform), ("glorot_normal", .glorotNormal, .glorotNormal), ("he_uniform", .heUniform, .heUniform),
    ("he_normal", .heNormal, .heNormal), ("lecun_uniform", .lecunUniform, .lecunUniform), ("lecun_normal", .lecunNormal, .lecunNormal),
  ]) func initializers(_ word: String, _ keras: Initializer, _ swift: Initializer) throws {
    #expect(keras == swift && keras.name == word)
    for value in [word, "{type:'\(word)'}"] {
      let config = try Example.read(Example.text, ["model.layers.0.kernel_initializer=\(value)"])
      #expect(config.model.layers[0] == .dense(Dense(25, activation: .sigmoid, kernelInitializer: keras)))
    }
  }

  /// Asked with targets and outputs that every metric but the sparse ones takes.
  @Test(arguments: [
    ("accuracy", Metric.accuracy, Metric.accuracy), ("binary_accuracy", .binaryAccuracy(threshold: 0.5), .binaryAccuracy()),
    ("categorical_accuracy", .categoricalAccuracy, .categoricalAccuracy),
    ("sparse_categorical_accuracy", .sparseCategoricalAccuracy, .sparseCategoricalAccuracy),
    ("top_k_categorical_accuracy", .topKCategoricalAccuracy(k: 5), .topKCategoricalAccuracy()),
    ("sparse_top_k_categorical_accuracy", .sparseTopKCategoricalAccuracy(k: 5), .sparseTopKCategoricalAccuracy()),
    ("precision", .precision(thresholds: nil, topK: nil, classID: nil), .precision()), ("recall", .recall(thresholds: nil, topK: nil, classID: nil), .recall()),
    ("f1_score", .f1Score(average: nil, threshold: nil), .f1Score()), ("fbeta_score", .fbetaScore(average: nil, beta: 1, threshold: nil), .fbetaScore()),
    ("auc", .auc(curve: .roc, numThresholds: 200, summationMethod: .interpolation, multiLabel: false, fromLogits: false), .auc()),
    ("mean_absolute_error", .meanAbsoluteError, .meanAbsoluteError), ("mean_squared_error", .meanSquaredError, .meanSquaredError),
    ("root_mean_squared_error", .rootMeanSquaredError, .rootMeanSquaredError),
    ("r2_score", .r2Score(classAggregation: .uniformAverage, numRegressors: 0), .r2Score()),
  ]) func metrics(_ word: String, _ keras: Metric, _ swift: Metric) throws {
    #expect(keras == swift && keras.name == word)
    let isSparse = word.hasPrefix("sparse")
    let loss = isSparse ? "sparse_categorical_crossentropy" : "categorical_crossentropy"
    let settings = ["model.layers.1={type:'dense',units:10,activation:'softmax'}", "data.targets=\(isSparse ? "classes" : "one_hot")", "compile.loss=\(loss)"]
    for value in ["'\(word)'", "{type:'\(word)'}"] {
      #expect(try Example.read(Example.text, settings + ["compile.metrics=[\(value)]"]).compile.metrics == [keras])
    }
  }

  @Test func swiftsDefaultsAreThose() {
    #expect(Activation.elu() == .elu(alpha: 1) && Activation.gelu() == .gelu(approximate: false) && Activation.leakyRelu() == .leakyRelu(negativeSlope: 0.2))
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
