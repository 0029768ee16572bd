import Failures

extension Optimizer {
  // Keras's defaults, as in the constructors of `Optimizer`; a test compares the two.
  init(_ reader: inout ObjectReader) throws(Failure) {
    let word = try reader.required("type").word("optimizer", TypeWord.self)
    let rate = try reader.optional("learning_rate")?.learningRate() ?? (word == .sgd ? 0.01 : 0.001)
    let algorithm = try Self.algorithm(word, &reader)
    // AdamW has one by itself, which `null` takes away.
    let weightDecay = word == .adamw && reader.optional("weight_decay") == nil ? 0.004 : try reader.nullable("weight_decay")?.number(.notNegative)
    self.init(algorithm, learningRate: rate, weightDecay: weightDecay, clipping: try Clipping(&reader))
    gradientAccumulationSteps = try reader.nullable("gradient_accumulation_steps")?.integer(2...Int(Int32.max))
    movingAverage = try MovingAverage(&reader)
  }

  private static func algorithm(_ word: TypeWord, _ reader: inout ObjectReader) throws(Failure) -> Algorithm {
    func decay(_ key: String, _ value: Double) throws(Failure) -> Double { try reader.optional(key)?.number(.decay) ?? value }
    func epsilon() throws(Failure) -> Double { try reader.optional("epsilon")?.number(.epsilon) ?? 1e-7 }
    func flag(_ key: String) throws(Failure) -> Bool { try reader.optional(key)?.bool() ?? false }
    switch word {
    case .sgd:
      let (momentum, nesterov) = (try decay("momentum", 0), try flag("nesterov"))
      if nesterov, momentum == 0, let node = reader.optional("nesterov") { throw node.failure("nesterov needs a momentum above 0") }
      return .sgd(momentum: momentum, nesterov: nesterov)
    case .adam:
      return .adam(beta1: try decay("beta_1", 0.9), beta2: try decay("beta_2", 0.999), epsilon: try epsilon(), amsgrad: try flag("amsgrad"))
    case .adamw:
      return .adamw(beta1: try decay("beta_1", 0.9), beta2: try decay("beta_2", 0.999), epsilon: try epsilon(), amsgrad: try flag("amsgrad"))
    case .nadam: return .nadam(beta1: try decay("beta_1", 0.9), beta2: try decay("beta_2", 0.999), epsilon: try epsilon())
    case .adamax: return .adamax(beta1: try decay("beta_1", 0.9), beta2: try decay("beta_2", 0.999), epsilon: try epsilon())
    case .rmsprop: return .rmsprop(rho: try decay("rho", 0.9), momentum: try decay("momentum", 0), epsilon: try epsilon(), centered: try flag("centered"))
    case .adagrad:
      return .adagrad(initialAccumulatorValue: try reader.optional("initial_accumulator_value")?.number(.notNegative) ?? 0.1, epsilon: try epsilon())
    case .adadelta: return .adadelta(rho: try decay("rho", 0.95), epsilon: try epsilon())
    case .lion: return .lion(beta1: try decay("beta_1", 0.9), beta2: try decay("beta_2", 0.99))
    }
  }

  /// - Throws: `Failure` (bad data) naming the option that is out of its range by Keras's name. A config is checked as it is read; this is for Swift callers.
  public func check() throws(Failure) { _ = try ConfigNode(json, at: ConfigPath(file: "optimizer")).object(Optimizer.init) }
}

extension Optimizer.Clipping {
  fileprivate init(_ reader: inout ObjectReader) throws(Failure) {
    let limits = (reader.nullable("clipvalue"), reader.nullable("clipnorm"), reader.nullable("global_clipnorm"))
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
    let uses = try reader.optional("use_ema")?.bool() ?? false
    let (momentum, frequency) = (reader.nullable("ema_momentum"), reader.nullable("ema_overwrite_frequency"))
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
  private enum TypeWord: String, CaseIterable {
    case exponentialDecay = "exponential_decay"
    case polynomialDecay = "polynomial_decay"
    case piecewiseConstantDecay = "piecewise_constant_decay"
    case cosineDecay = "cosine_decay"
    case cosineDecayRestarts = "cosine_decay_restarts"
    case inverseTimeDecay = "inverse_time_decay"
  }

  // Keras's defaults, as in the cases of `LearningRate`.
  fileprivate init(_ reader: inout ObjectReader) throws(Failure) {
    let word = try reader.required("type").word("learning rate schedule", TypeWord.self)
    func initial() throws(Failure) -> Double { try reader.required("initial_learning_rate").number(word == .cosineDecay ? .notNegative : .positive) }
    func steps(_ key: String = "decay_steps") throws(Failure) -> Int { try reader.required(key).integer(1...Int(Int32.max)) }
    func number(_ key: String, _ range: NumberRange, _ value: Double) throws(Failure) -> Double { try reader.optional(key)?.number(range) ?? value }
    func flag(_ key: String) throws(Failure) -> Bool { try reader.optional(key)?.bool() ?? false }
    switch word {
    case .exponentialDecay:
      self = .exponentialDecay(
        initial: try initial(), decaySteps: try steps(), decayRate: try reader.required("decay_rate").number(.positive), staircase: try flag("staircase"))
    case .polynomialDecay:
      self = .polynomialDecay(
        initial: try initial(), decaySteps: try steps(), end: try number("end_learning_rate", .notNegative, 0.0001), power: try number("power", .power, 1),
        cycle: try flag("cycle"))
    case .piecewiseConstantDecay:
      let list = try reader.required("boundaries")
      var boundaries: [Int] = []
      for element in try list.elements() {
        let boundary = try element.integer(0...Int(Int32.max))
        guard boundaries.last.map({ $0 < boundary }) ?? true else { throw element.failure("expected more than the boundary before, found \(boundary)") }
        boundaries.append(boundary)
      }
      let values = try reader.required("values")
      let rates = try values.elements().map { element throws(Failure) in try element.number(.positive) }
      guard rates.count == boundaries.count + 1 else {
        throw values.failure("expected one value more than boundaries, \(boundaries.count + 1); found \(rates.count)")
      }
      self = .piecewiseConstantDecay(boundaries: boundaries, values: rates)
    case .cosineDecay:
      let (start, target, warmup) = (try initial(), try reader.nullable("warmup_target")?.number(.positive), reader.optional("warmup_steps"))
      let warmupSteps = try warmup?.integer(0...Int(Int32.max)) ?? 0
      // One without the other would do nothing; and without both, a rate that begins with 0 stays there.
      if target == nil, let warmup, warmupSteps > 0 { throw warmup.failure("warmup_steps need a warmup_target") }
      if target != nil, warmupSteps == 0 { throw (warmup ?? reader.node).failure("a warmup_target needs warmup_steps above 0") }
      if target == nil, start == 0 { throw reader.node.failure("an initial_learning_rate of 0 needs a warmup_target") }
      self = .cosineDecay(initial: start, decaySteps: try steps(), alpha: try number("alpha", .portion, 0), warmupTarget: target, warmupSteps: warmupSteps)
    case .cosineDecayRestarts:
      self = .cosineDecayRestarts(
        initial: try initial(), firstDecaySteps: try steps("first_decay_steps"), tMul: try number("t_mul", .factor, 2), mMul: try number("m_mul", .positive, 1),
        alpha: try number("alpha", .portion, 0))
    case .inverseTimeDecay:
      self = .inverseTimeDecay(
        initial: try initial(), decaySteps: try steps(), decayRate: try reader.required("decay_rate").number(.notNegative), staircase: try flag("staircase"))
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
