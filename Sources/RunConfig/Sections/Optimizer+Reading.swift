import Failures

extension Optimizer {
  // Keras's defaults, as in the constructors of `Optimizer`; a test compares the two.
  init(_ reader: inout ObjectReader) throws(Failure) {
    let word = try reader.required("type", "Which optimizer.").word("optimizer", TypeWord.self)
    let rate = try reader.optional("learning_rate", "How large a step is: a number, or a schedule.")?.learningRate() ?? (word == .sgd ? 0.01 : 0.001)
    let algorithm = try Self.algorithm(word, &reader)
    // AdamW has one by itself, which `null` takes away.
    let given = reader.optional("weight_decay", "The share of itself that each weight loses in a step, times the learning rate; null for none.")
    let weightDecay: Double?
    if let given { weightDecay = given.value == .null ? nil : try given.number(.notNegative) } else { weightDecay = word == .adamw ? 0.004 : nil }
    self.init(algorithm, learningRate: rate, weightDecay: weightDecay, clipping: try Clipping(&reader))
    gradientAccumulationSteps = try reader.nullable("gradient_accumulation_steps", "Batches whose gradients become one step; null for one.")?.integer(
      2...Int(Int32.max))
    movingAverage = try MovingAverage(&reader)
  }

  private static func algorithm(_ word: TypeWord, _ reader: inout ObjectReader) throws(Failure) -> Algorithm {
    func decay(_ key: String, _ about: String, _ value: Double) throws(Failure) -> Double { try reader.optional(key, about)?.number(.decay) ?? value }
    func beta1(_ value: Double) throws(Failure) -> Double { try decay("beta_1", "How much of the mean gradient a step leaves.", value) }
    func beta2(_ value: Double) throws(Failure) -> Double { try decay("beta_2", "How much of the mean squared gradient a step leaves.", value) }
    func amsgrad() throws(Failure) -> Bool { try flag("amsgrad", "Whether the largest mean of squares so far counts (AMSGrad).") }
    func epsilon() throws(Failure) -> Double { try reader.optional("epsilon", "Added to the root, so that nothing is divided by 0.")?.number(.epsilon) ?? 1e-7 }
    func flag(_ key: String, _ about: String) throws(Failure) -> Bool { try reader.optional(key, about)?.bool() ?? false }
    switch word {
    case .sgd:
      let (momentum, nesterov) = (
        try decay("momentum", "How much of the last step goes into the next.", 0),
        try flag("nesterov", "Whether the gradient is looked at where the momentum leads (Nesterov).")
      )
      if nesterov, momentum == 0, let node = reader.again("nesterov") { throw node.failure("nesterov needs a momentum above 0") }
      return .sgd(momentum: momentum, nesterov: nesterov)
    case .adam:
      return .adam(beta1: try beta1(0.9), beta2: try beta2(0.999), epsilon: try epsilon(), amsgrad: try amsgrad())
    case .adamw:
      return .adamw(beta1: try beta1(0.9), beta2: try beta2(0.999), epsilon: try epsilon(), amsgrad: try amsgrad())
    case .nadam: return .nadam(beta1: try beta1(0.9), beta2: try beta2(0.999), epsilon: try epsilon())
    case .adamax: return .adamax(beta1: try beta1(0.9), beta2: try beta2(0.999), epsilon: try epsilon())
    case .rmsprop:
      return .rmsprop(
        rho: try decay("rho", "How much of the mean of squares a step leaves.", 0.9),
        momentum: try decay("momentum", "How much of the last step goes into the next.", 0), epsilon: try epsilon(),
        centered: try flag("centered", "Whether the variance stands for the mean of squares."))
    case .adagrad:
      return .adagrad(
        initialAccumulatorValue: try reader.optional("initial_accumulator_value", "What the sums of squares begin with.")?.number(.notNegative) ?? 0.1,
        epsilon: try epsilon())
    case .adadelta: return .adadelta(rho: try decay("rho", "How much of the mean of squares a step leaves.", 0.95), epsilon: try epsilon())
    case .lion: return .lion(beta1: try beta1(0.9), beta2: try beta2(0.99))
    }
  }

  /// - Throws: `Failure` (bad data) naming the option that is out of its range by Keras's name. A config is checked as it is read; this is for Swift callers.
  public func check() throws(Failure) { _ = try ConfigNode(json, at: ConfigPath(file: "optimizer")).object(Optimizer.init) }
}

extension Optimizer.Clipping {
  fileprivate init(_ reader: inout ObjectReader) throws(Failure) {
    let limits = (
      reader.nullable("clipvalue", "Every gradient is kept within this of 0; null for no limit."),
      reader.nullable("clipnorm", "The gradient of each tensor is kept to this norm; null for no limit."),
      reader.nullable("global_clipnorm", "All gradients together are kept to this norm; null for no limit.")
    )
    switch limits {
    case (nil, nil, nil): self = .none
    case (let limit?, nil, nil): self = .clipvalue(try limit.number(.positive))
    case (nil, let limit?, nil): self = .clipnorm(try limit.number(.positive))
    case (nil, nil, let limit?): self = .globalClipnorm(try limit.number(.positive))
    case (let first, let second, let third):
      throw (third ?? second ?? first)!.failure("only one of clipvalue, clipnorm and global_clipnorm can be set")
    }
  }
}

extension Optimizer.MovingAverage {
  /// None without `use_ema`.
  fileprivate init?(_ reader: inout ObjectReader) throws(Failure) {
    let uses = try reader.optional("use_ema", "Whether a moving average of the weights is kept, and taken in the end.")?.bool() ?? false
    let (momentum, frequency) = (
      reader.nullable("ema_momentum", "How much of the average a step leaves."),
      reader.nullable("ema_overwrite_frequency", "Steps after which the average takes the weights' place; null for in the end.")
    )
    self.init(momentum: try momentum?.number(.portion) ?? 0.99, overwriteFrequency: try frequency?.integer(1...Int(Int32.max)))
    guard !uses else { return }
    if let node = frequency { throw node.failure("an average needs use_ema: true") }
    return nil
  }
}

extension ConfigNode {
  /// A number, or a schedule.
  fileprivate func learningRate() throws(Failure) -> LearningRate {
    if case .object = value { return try object(LearningRate.init) }
    return .constant(try number(.positive))
  }
}

extension LearningRate {
  /// The words of a schedule's `type`.
  private enum TypeWord: String, DescribedWord {
    case exponentialDecay = "exponential_decay"
    case polynomialDecay = "polynomial_decay"
    case piecewiseConstantDecay = "piecewise_constant_decay"
    case cosineDecay = "cosine_decay"
    case cosineDecayRestarts = "cosine_decay_restarts"
    case inverseTimeDecay = "inverse_time_decay"

    var about: String {
      switch self {
      case .exponentialDecay: "initial · decay_rate ^ (step / decay_steps)."
      case .polynomialDecay: "From the first rate to end_learning_rate in decay_steps."
      case .piecewiseConstantDecay: "A rate for each stretch between the boundaries."
      case .cosineDecay: "Along half a cosine in decay_steps, after a warm-up if wanted."
      case .cosineDecayRestarts: "Along half a cosine again and again."
      case .inverseTimeDecay: "initial / (1 + decay_rate · step / decay_steps)."
      }
    }
  }

  // Keras's defaults, as in the cases of `LearningRate`.
  fileprivate init(_ reader: inout ObjectReader) throws(Failure) {
    let word = try reader.required("type", "Which schedule.").word("learning rate schedule", TypeWord.self)
    func initial() throws(Failure) -> Double {
      try reader.required("initial_learning_rate", "The rate at step 0.").number(word == .cosineDecay ? .notNegative : .positive)
    }
    func steps(_ key: String = "decay_steps", _ about: String = "Steps that the decay takes.") throws(Failure) -> Int {
      try reader.required(key, about).integer(1...Int(Int32.max))
    }
    func number(_ key: String, _ about: String, _ range: NumberRange, _ value: Double) throws(Failure) -> Double {
      try reader.optional(key, about)?.number(range) ?? value
    }
    func flag(_ key: String, _ about: String) throws(Failure) -> Bool { try reader.optional(key, about)?.bool() ?? false }
    switch word {
    case .exponentialDecay:
      self = .exponentialDecay(
        initial: try initial(), decaySteps: try steps(),
        decayRate: try reader.required("decay_rate", "How much of the rate is left after decay_steps; of inverse_time_decay by how much the divisor grows.")
          .number(.positive), staircase: try flag("staircase", "Whether it falls only every decay_steps."))
    case .polynomialDecay:
      self = .polynomialDecay(
        initial: try initial(), decaySteps: try steps(), end: try number("end_learning_rate", "The rate after decay_steps.", .notNegative, 0.0001),
        power: try number("power", "Of the polynomial.", .power, 1),
        cycle: try flag("cycle", "Whether decay_steps grow when they are over."))
    case .piecewiseConstantDecay:
      let list = try reader.required("boundaries", "The steps after which the next value holds.")
      var boundaries: [Int] = []
      for element in try list.elements() {
        let boundary = try element.integer(0...Int(Int32.max))
        guard boundaries.last.map({ $0 < boundary }) ?? true else { throw element.failure("expected more than the boundary before, found \(boundary)") }
        boundaries.append(boundary)
      }
      let values = try reader.required("values", "The rates: one more than boundaries.")
      let rates = try values.elements().map { element throws(Failure) in try element.number(.positive) }
      guard rates.count == boundaries.count + 1 else {
        throw values.failure("expected one value more than boundaries, \(boundaries.count + 1); found \(rates.count)")
      }
      self = .piecewiseConstantDecay(boundaries: boundaries, values: rates)
    case .cosineDecay:
      let (start, target, warmup) = (
        try initial(), try reader.nullable("warmup_target", "The rate to which it grows at first; null for no warm-up.")?.number(.positive),
        reader.optional("warmup_steps", "Steps that the warm-up takes.")
      )
      let warmupSteps = try warmup?.integer(0...Int(Int32.max)) ?? 0
      // One without the other would do nothing; and without both, a rate that begins with 0 stays there.
      if target == nil, let warmup, warmupSteps > 0 { throw warmup.failure("warmup_steps need a warmup_target") }
      if target != nil, warmupSteps == 0 { throw (warmup ?? reader.node).failure("a warmup_target needs warmup_steps above 0") }
      if target == nil, start == 0 { throw reader.node.failure("an initial_learning_rate of 0 needs a warmup_target") }
      self = .cosineDecay(
        initial: start, decaySteps: try steps(), alpha: try number("alpha", "The share of the rate that is left in the end.", .portion, 0),
        warmupTarget: target, warmupSteps: warmupSteps)
    case .cosineDecayRestarts:
      self = .cosineDecayRestarts(
        initial: try initial(), firstDecaySteps: try steps("first_decay_steps", "Steps until the first restart."),
        tMul: try number("t_mul", "By how much longer each period is.", .factor, 2),
        mMul: try number("m_mul", "By how much lower each period begins.", .positive, 1),
        alpha: try number("alpha", "The share of the rate that is left in the end.", .portion, 0))
    case .inverseTimeDecay:
      self = .inverseTimeDecay(
        initial: try initial(), decaySteps: try steps(),
        decayRate: try reader.required("decay_rate", "How much of the rate is left after decay_steps; of inverse_time_decay by how much the divisor grows.")
          .number(.notNegative), staircase: try flag("staircase", "Whether it falls only every decay_steps."))
    }
  }

  var json: JSONValue {
    func object(_ word: TypeWord, _ fields: [String: JSONValue]) -> JSONValue {
      .object(fields.merging(["type": .string(word.rawValue)]) { _, type in type })
    }
    func steps(_ count: Int) -> JSONValue { .integer(Int128(count)) }
    switch self {
    case .constant(let rate): return .number(rate)
    case .exponentialDecay(let initial, let decaySteps, let rate, let staircase):
      return object(
        .exponentialDecay,
        ["initial_learning_rate": .number(initial), "decay_steps": steps(decaySteps), "decay_rate": .number(rate), "staircase": .bool(staircase)])
    case .polynomialDecay(let initial, let decaySteps, let end, let power, let cycle):
      return object(
        .polynomialDecay,
        [
          "initial_learning_rate": .number(initial), "decay_steps": steps(decaySteps), "end_learning_rate": .number(end), "power": .number(power),
          "cycle": .bool(cycle),
        ])
    case .piecewiseConstantDecay(let boundaries, let values):
      return object(.piecewiseConstantDecay, ["boundaries": .array(boundaries.map(steps)), "values": .array(values.map(JSONValue.number))])
    case .cosineDecay(let initial, let decaySteps, let alpha, let target, let warmup):
      return object(
        .cosineDecay,
        [
          "initial_learning_rate": .number(initial), "decay_steps": steps(decaySteps), "alpha": .number(alpha),
          "warmup_target": target.map(JSONValue.number) ?? .null, "warmup_steps": steps(warmup),
        ])
    case .cosineDecayRestarts(let initial, let first, let tMul, let mMul, let alpha):
      return object(
        .cosineDecayRestarts,
        [
          "initial_learning_rate": .number(initial), "first_decay_steps": steps(first), "t_mul": .number(tMul), "m_mul": .number(mMul),
          "alpha": .number(alpha),
        ])
    case .inverseTimeDecay(let initial, let decaySteps, let rate, let staircase):
      return object(
        .inverseTimeDecay,
        ["initial_learning_rate": .number(initial), "decay_steps": steps(decaySteps), "decay_rate": .number(rate), "staircase": .bool(staircase)])
    }
  }
}

extension Optimizer {
  var json: JSONValue {
    var fields: [String: JSONValue] = [
      "type": .string(name), "learning_rate": learningRate.json, "weight_decay": weightDecay.map(JSONValue.number) ?? .null, "clipvalue": .null,
      "clipnorm": .null, "global_clipnorm": .null, "gradient_accumulation_steps": gradientAccumulationSteps.map { .integer(Int128($0)) } ?? .null,
      "use_ema": .bool(movingAverage != nil), "ema_momentum": .number(movingAverage?.momentum ?? 0.99),
      "ema_overwrite_frequency": (movingAverage?.overwriteFrequency).map { .integer(Int128($0)) } ?? .null,
    ]
    switch clipping {
    case .none: break
    case .clipvalue(let limit): fields["clipvalue"] = .number(limit)
    case .clipnorm(let limit): fields["clipnorm"] = .number(limit)
    case .globalClipnorm(let limit): fields["global_clipnorm"] = .number(limit)
    }
    func set(_ numbers: KeyValuePairs<String, Double>) { for (key, value) in numbers { fields[key] = .number(value) } }
    switch algorithm {
    case .sgd(let momentum, let nesterov):
      set(["momentum": momentum])
      fields["nesterov"] = .bool(nesterov)
    case .adam(let beta1, let beta2, let epsilon, let amsgrad), .adamw(let beta1, let beta2, let epsilon, let amsgrad):
      set(["beta_1": beta1, "beta_2": beta2, "epsilon": epsilon])
      fields["amsgrad"] = .bool(amsgrad)
    case .nadam(let beta1, let beta2, let epsilon), .adamax(let beta1, let beta2, let epsilon):
      set(["beta_1": beta1, "beta_2": beta2, "epsilon": epsilon])
    case .rmsprop(let rho, let momentum, let epsilon, let centered):
      set(["rho": rho, "momentum": momentum, "epsilon": epsilon])
      fields["centered"] = .bool(centered)
    case .adagrad(let initial, let epsilon): set(["initial_accumulator_value": initial, "epsilon": epsilon])
    case .adadelta(let rho, let epsilon): set(["rho": rho, "epsilon": epsilon])
    case .lion(let beta1, let beta2): set(["beta_1": beta1, "beta_2": beta2])
    }
    return .object(fields)
  }
}
