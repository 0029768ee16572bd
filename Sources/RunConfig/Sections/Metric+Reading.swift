import Failures

extension Metric {
  // Keras's defaults, as in the cases of `Metric`; a test compares the two.
  init(_ reader: inout ObjectReader) throws(Failure) {
    switch try reader.required("type", "Which metric.").word("metric", TypeWord.self) {
    case .accuracy: self = .accuracy
    case .binaryAccuracy: self = .binaryAccuracy(threshold: try reader.optional("threshold", "Above it an output is a yes.")?.number(.any) ?? 0.5)
    case .categoricalAccuracy: self = .categoricalAccuracy
    case .sparseCategoricalAccuracy: self = .sparseCategoricalAccuracy
    case .topKCategoricalAccuracy: self = .topKCategoricalAccuracy(k: try Self.count("k", "How many of the most probable classes count.", &reader) ?? 5)
    case .sparseTopKCategoricalAccuracy:
      self = .sparseTopKCategoricalAccuracy(k: try Self.count("k", "How many of the most probable classes count.", &reader) ?? 5)
    case .precision:
      self = .precision(
        thresholds: try Self.thresholds(&reader),
        topK: try Self.count("top_k", "Only the k most probable classes count as answers; null for all above the threshold.", &reader),
        classID: try Self.classID(&reader))
    case .recall:
      self = .recall(
        thresholds: try Self.thresholds(&reader),
        topK: try Self.count("top_k", "Only the k most probable classes count as answers; null for all above the threshold.", &reader),
        classID: try Self.classID(&reader))
    case .f1Score:
      self = .f1Score(
        average: try Self.average(&reader),
        threshold: try reader.nullable("threshold", "Above it an output is a yes; null for the largest output.")?.number(.threshold))
    case .fbetaScore:
      self = .fbetaScore(
        average: try Self.average(&reader), beta: try reader.optional("beta", "How much more recall counts than precision.")?.number(.positive) ?? 1,
        threshold: try reader.nullable("threshold", "Above it an output is a yes; null for the largest output.")?.number(.threshold))
    case .auc:
      self = .auc(
        curve: try reader.optional("curve", "Which curve the area is under.")?.word("curve", Curve.self) ?? .roc,
        numThresholds: try reader.optional("num_thresholds", "At how many thresholds the curve is known.")?.integer(2...Self.mostThresholds) ?? 200,
        summationMethod: try reader.optional("summation_method", "How the area between two thresholds is taken.")?.word(
          "summation method", SummationMethod.self) ?? .interpolation,
        multiLabel: try reader.optional("multi_label", "Whether each output has a curve of its own, of which the mean is taken.")?.bool() ?? false,
        fromLogits: try reader.optional("from_logits", "Whether the network gives logits.")?.bool() ?? false)
    case .meanAbsoluteError: self = .meanAbsoluteError
    case .meanSquaredError: self = .meanSquaredError
    case .rootMeanSquaredError: self = .rootMeanSquaredError
    case .r2Score:
      // Not given is Keras's default, and null is none.
      let aggregation = reader.optional("class_aggregation", "How the outputs' scores become one; null for a score each.")
      self = .r2Score(
        classAggregation: try aggregation.map { node throws(Failure) in
          node.value == .null ? nil : try node.word("class aggregation", Aggregation.self)
        } ?? .uniformAverage,
        numRegressors: try reader.optional("num_regressors", "Above 0: the score is adjusted for so many inputs.")?.integer(0...Int(Int32.max)) ?? 0)
    }
  }

  /// Above a million a single precision number cannot tell neighbours apart; every label and worker has a table of as many.
  private static let mostThresholds = 1_000_000

  private static func count(_ key: String, _ about: String, _ reader: inout ObjectReader) throws(Failure) -> Int? {
    try reader.nullable(key, about)?.integer(1...Int(Int32.max))
  }

  private static func classID(_ reader: inout ObjectReader) throws(Failure) -> Int? {
    try reader.nullable("class_id", "The one class that is looked at; null for all.")?.integer(0...Int(Int32.max))
  }

  private static func thresholds(_ reader: inout ObjectReader) throws(Failure) -> Double? {
    try reader.nullable("thresholds", "Above it an output is a yes; null for 0.5.")?.number(.portion)
  }

  private static func average(_ reader: inout ObjectReader) throws(Failure) -> Average? {
    try reader.nullable("average", "How the classes' scores become one; null for a score each.")?.word("average", Average.self)
  }

  /// A plain word where there are no options.
  var json: JSONValue {
    func object(_ fields: [String: JSONValue]) -> JSONValue { .object(fields.merging(["type": .string(name)]) { _, type in type }) }
    func number(_ value: Double?) -> JSONValue { value.map(JSONValue.number) ?? .null }
    func integer(_ value: Int?) -> JSONValue { value.map { .integer(Int128($0)) } ?? .null }
    func word(_ value: String?) -> JSONValue { value.map(JSONValue.string) ?? .null }
    return switch self {
    case .binaryAccuracy(let threshold): object(["threshold": .number(threshold)])
    case .topKCategoricalAccuracy(let k), .sparseTopKCategoricalAccuracy(let k): object(["k": integer(k)])
    case .precision(let thresholds, let topK, let classID), .recall(let thresholds, let topK, let classID):
      object(["thresholds": number(thresholds), "top_k": integer(topK), "class_id": integer(classID)])
    case .f1Score(let average, let threshold): object(["average": word(average?.rawValue), "threshold": number(threshold)])
    case .fbetaScore(let average, let beta, let threshold):
      object(["average": word(average?.rawValue), "beta": .number(beta), "threshold": number(threshold)])
    case .auc(let curve, let count, let method, let multiLabel, let fromLogits):
      object([
        "curve": .string(curve.rawValue), "num_thresholds": integer(count), "summation_method": .string(method.rawValue), "multi_label": .bool(multiLabel),
        "from_logits": .bool(fromLogits),
      ])
    case .r2Score(let aggregation, let regressors): object(["class_aggregation": word(aggregation?.rawValue), "num_regressors": integer(regressors)])
    default: .string(name)
    }
  }
}

extension ConfigNode {
  func metrics() throws(Failure) -> [Metric] {
    var metrics: [Metric] = []
    for element in try elements() {
      let metric = try element.object(word: "type", Metric.init)
      guard !metrics.contains(metric) else { throw element.failure("the metric '\(metric.name)' is given twice") }
      metrics.append(metric)
    }
    return metrics
  }
}

extension [Metric] {
  /// - Throws: `Failure` (bad data) naming the option that is out of its range. A config is checked as it is read; this is for Swift callers.
  public func check() throws(Failure) {
    for (index, metric) in enumerated() {
      let node = ConfigNode(metric.json, at: ConfigPath(file: "metrics[\(index)]"))
      _ = try node.object(word: "type", Metric.init)
      if prefix(index).contains(metric) { throw node.failure("the metric '\(metric.name)' is given twice") }
    }
  }
}
