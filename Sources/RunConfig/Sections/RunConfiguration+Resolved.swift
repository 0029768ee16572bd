import Foundation

extension RunConfiguration {
  /// The config as `config.json` holds it: every default written out, keys sorted, indented, with a final line feed.
  ///
  /// It reads back, with `RunConfiguration(json5:name:)`, as an equal value.
  public func resolvedJSON() -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // A value made in Swift may hold an infinity, which JSON has no number for; reading refuses the word by its key.
    encoder.nonConformingFloatEncodingStrategy = .convertToString(positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    do {
      return String(decoding: try encoder.encode(json), as: UTF8.self) + "\n"
    } catch {
      preconditionFailure("a tree of numbers, words and lists did not encode: \(error)")
    }
  }

  var json: JSONValue {
    .object([
      "name": .string(name),
      "seed": .integer(Int128(seed)),
      "data": data.json,
      "model": .object([
        "layers": .array(model.layers.map(\.json)),
        "initial_weights": model.initialWeights.map(JSONValue.string) ?? .null,
      ]),
      "compile": .object([
        "optimizer": compile.optimizer.json,
        "loss": compile.loss.json,
        "metrics": .array(compile.metrics.map(\.json)),
      ]),
      "fit": fit.json,
      "engine": .object([
        "workers": engine.workers.json, "placement": engine.placement.json, "balance": .string(engine.balance.rawValue),
        "stall_seconds": .number(engine.stallSeconds), "rank_timeout_seconds": .number(engine.rankTimeoutSeconds),
      ]),
    ])
  }
}

extension FitSection {
  fileprivate var json: JSONValue {
    .object([
      "epochs": .integer(Int128(epochs)),
      "batch_size": .integer(Int128(batchSize)),
      "shuffle": .bool(shuffle),
      "terminate_on_nan": .bool(terminateOnNaN),
      "class_weight": classWeight?.json ?? .null,
      "initial_epoch": .integer(Int128(initialEpoch)),
      "steps_per_epoch": Self.json(stepsPerEpoch),
      "validation_steps": Self.json(validationSteps),
      "validation_freq": .integer(Int128(validationFreq)),
      "diagnostics": .bool(diagnostics),
      "callbacks": .array(callbacks.map(\.json)),
      "checkpoint": .object([
        "every_epochs": Self.json(checkpoint.everyEpochs),
        "every_seconds": checkpoint.everySeconds.map(JSONValue.number) ?? .null,
        "keep": .integer(Int128(checkpoint.keep)),
        "monitor": checkpoint.monitor.map(JSONValue.string) ?? .null,
      ]),
    ])
  }

  private static func json(_ count: Int?) -> JSONValue { count.map { .integer(Int128($0)) } ?? .null }
}

extension DataSection {
  fileprivate var json: JSONValue {
    var fields: [String: JSONValue] = [
      "classes": classes.map { .array($0.map { .integer(Int128($0)) }) } ?? .null,
      "targets": .string(targets.rawValue),
      "scale": .number(scale),
      "sample_weight": sampleWeight.map(JSONValue.string) ?? .null,
      "validation_sample_weight": validationSampleWeight.map(JSONValue.string) ?? .null,
    ]
    fields.merge(source.fields) { $1 }
    fields["validation"] =
      switch validation {
      case .none: .string(ValidationWord.none.rawValue)
      case .test: .string(ValidationWord.test.rawValue)
      case .fraction(let fraction, let stratified): .object(["fraction": .number(fraction), "stratified": .bool(stratified)])
      }
    return .object(fields)
  }
}

extension Layer {
  var json: JSONValue {
    var fields: [String: JSONValue] = ["type": .string(name)]
    switch self {
    case .dense(let dense):
      fields["units"] = .integer(Int128(dense.units))
      fields["activation"] = dense.activation.json
      fields["use_bias"] = .bool(dense.useBias)
      fields["kernel_initializer"] = dense.kernelInitializer.json
      fields["bias_initializer"] = dense.biasInitializer.json
      fields["kernel_regularizer"] = dense.kernelRegularizer?.json ?? .null
      fields["bias_regularizer"] = dense.biasRegularizer?.json ?? .null
      fields["activity_regularizer"] = dense.activityRegularizer?.json ?? .null
      fields["kernel_constraint"] = dense.kernelConstraint?.json ?? .null
      fields["bias_constraint"] = dense.biasConstraint?.json ?? .null
    case .activation(let activation): fields["activation"] = activation.json
    case .dropout(let dropout): fields["rate"] = .number(dropout.rate)
    case .gaussianNoise(let noise): fields["stddev"] = .number(noise.stddev)
    case .batchNormalization(let layer):
      fields["momentum"] = .number(layer.momentum)
      fields["epsilon"] = .number(layer.epsilon)
      fields["center"] = .bool(layer.center)
      fields["scale"] = .bool(layer.scale)
      fields["beta_initializer"] = layer.betaInitializer.json
      fields["gamma_initializer"] = layer.gammaInitializer.json
      fields["moving_mean_initializer"] = layer.movingMeanInitializer.json
      fields["moving_variance_initializer"] = layer.movingVarianceInitializer.json
      fields["beta_regularizer"] = layer.betaRegularizer?.json ?? .null
      fields["gamma_regularizer"] = layer.gammaRegularizer?.json ?? .null
      fields["beta_constraint"] = layer.betaConstraint?.json ?? .null
      fields["gamma_constraint"] = layer.gammaConstraint?.json ?? .null
    case .layerNormalization(let layer):
      fields["epsilon"] = .number(layer.epsilon)
      fields["center"] = .bool(layer.center)
      fields["scale"] = .bool(layer.scale)
      fields["beta_initializer"] = layer.betaInitializer.json
      fields["gamma_initializer"] = layer.gammaInitializer.json
      fields["beta_regularizer"] = layer.betaRegularizer?.json ?? .null
      fields["gamma_regularizer"] = layer.gammaRegularizer?.json ?? .null
      fields["beta_constraint"] = layer.betaConstraint?.json ?? .null
      fields["gamma_constraint"] = layer.gammaConstraint?.json ?? .null
    case .activityRegularization(let layer):
      fields["l1"] = .number(layer.l1)
      fields["l2"] = .number(layer.l2)
    case .flatten: break
    case .rescaling(let rescaling):
      fields["scale"] = .number(rescaling.scale)
      fields["offset"] = .number(rescaling.offset)
    case .normalization(let layer):
      fields["axis"] = layer.axis == .inputs ? .integer(-1) : .null
      fields["mean"] = layer.mean.map { .array($0.map(JSONValue.number)) } ?? .null
      fields["variance"] = layer.variance.map { .array($0.map(JSONValue.number)) } ?? .null
    case .reshape(let layer): fields["target_shape"] = .array(layer.targetShape.map { .integer(Int128($0)) })
    case .augmentation(let layer): fields.merge(layer.fields) { $1 }
    }
    return .object(fields)
  }
}

extension Activation {
  /// A plain word where there are no options.
  fileprivate var json: JSONValue {
    switch self {
    case .elu(let alpha): .object(["type": .string(name), "alpha": .number(alpha)])
    case .gelu(let approximate): .object(["type": .string(name), "approximate": .bool(approximate)])
    case .leakyRelu(let slope): .object(["type": .string(name), "negative_slope": .number(slope)])
    default: .string(name)
    }
  }
}

extension Loss {
  var json: JSONValue {
    var fields: [String: JSONValue] = ["type": .string(name)]
    switch self {
    case .binaryCrossentropy(let fromLogits, let smoothing), .categoricalCrossentropy(let fromLogits, let smoothing):
      fields["from_logits"] = .bool(fromLogits)
      fields["label_smoothing"] = .number(smoothing)
    case .binaryFocalCrossentropy(let fromLogits, let gamma, let alpha, let isBalanced, let smoothing):
      fields["from_logits"] = .bool(fromLogits)
      fields["gamma"] = .number(gamma)
      fields["alpha"] = .number(alpha)
      fields["apply_class_balancing"] = .bool(isBalanced)
      fields["label_smoothing"] = .number(smoothing)
    case .sparseCategoricalCrossentropy(let fromLogits): fields["from_logits"] = .bool(fromLogits)
    case .huber(let delta): fields["delta"] = .number(delta)
    case .klDivergence, .meanSquaredError, .meanAbsoluteError, .logCosh, .poisson, .hinge, .squaredHinge, .categoricalHinge: break
    }
    return .object(fields)
  }
}

extension WorkerCount {
  fileprivate var json: JSONValue {
    switch self {
    case .auto: .string("auto")
    case .exactly(let count): .integer(Int128(count))
    }
  }
}

extension Placement {
  fileprivate var json: JSONValue {
    switch self {
    case .cores: .string(Word.cores.rawValue)
    case .compact: .string(Word.compact.rawValue)
    case .threads: .string(Word.threads.rawValue)
    case .none: .string(Word.none.rawValue)
    case .cpus(let cpus): .array(cpus.map { .integer(Int128($0)) })
    }
  }
}
