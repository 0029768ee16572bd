import KernelTemplates

/// What the outputs of a layer look like over some rows: where on its activation they lie. Whole numbers only, so that any workers count the same.
public struct ActivitySurvey: Equatable, Sendable {
  /// One of the layers that a survey looks at: a dense layer behind its own activation, or behind the last one that follows it.
  public struct Place: Equatable, Sendable {
    /// Keras's name of the dense layer.
    public let layer: String
    public let units: Int
    /// Linear where the loss holds the activation: the outputs are logits then.
    public let activation: ActivationKernel
    /// Counts that it takes: the bins, then for each unit the rows in which it is flat.
    fileprivate var counts: Int { ActivitySurvey.bins + units }
  }

  public static let bins = 20

  public let place: Place
  public let rows: Int
  /// Outputs in each of `bins` parts of `place.activation.surveyedRange`; the first and the last hold what lies beyond, too.
  public let histogram: [Int]
  /// For each unit the rows in which its activation is flat there; nil for an activation that never is.
  public let flatRows: [Int]?
}

extension ActivationKernel {
  /// The outputs that a histogram divides.
  public var surveyedRange: ClosedRange<Float> {
    switch self {
    case .sigmoid, .hardSigmoid, .softmax: 0...1
    case .tanh, .softsign: -1...1
    default: -5...5
    }
  }

  /// Whether there are outputs at which hardly a gradient passes.
  public var canBeFlat: Bool {
    switch self {
    case .relu, .sigmoid, .hardSigmoid, .tanh, .softsign: true
    default: false
    }
  }

  /// Whether the slope is below a twentieth of the steepest at this output: a relu that is off, a sigmoid that is saturated.
  func isFlat(at output: Float) -> Bool {
    switch self {
    case .relu: output <= 0
    case .sigmoid: output * (1 - output) < 0.0125
    case .hardSigmoid: output <= 0 || output >= 1
    case .tanh: 1 - output * output < 0.05
    case .softsign: (1 - abs(output)) * (1 - abs(output)) < 0.05
    default: false
    }
  }
}

extension BatchBuffers {
  /// The layers that a survey looks at, in order.
  public var surveyed: [ActivitySurvey.Place] {
    matrices.surveyedStages.map { number, dense in
      let stage = matrices.stages[number]
      return ActivitySurvey.Place(layer: matrices.names[dense], units: stage.units, activation: stage.activation)
    }
  }

  /// Whole numbers that `survey` counts in.
  public var surveyCounts: Int { surveyed.reduce(0) { $0 + $1.counts } }

  /// After `forward`: adds what the outputs of `rows` are to `counts`.
  public func survey(_ rows: Range<Int>, _ counts: UnsafeMutablePointer<Int>) {
    var counts = counts
    for (place, stage) in zip(surveyed, matrices.surveyedStages) {
      let outputs = matrices.stages[stage.stage].output
      let (range, activation) = (place.activation.surveyedRange, place.activation)
      let scale = Float(ActivitySurvey.bins) / (range.upperBound - range.lowerBound)
      for unit in 0..<place.units {
        for row in rows {
          let output = outputs[row, unit]
          // NaN falls into the last part.
          let part = ((output - range.lowerBound) * scale).rounded(.down)
          counts[part < 0 ? 0 : part < Float(ActivitySurvey.bins) ? Int(part) : ActivitySurvey.bins - 1] += 1
          if activation.isFlat(at: output) { counts[ActivitySurvey.bins + unit] += 1 }
        }
      }
      counts += place.counts
    }
  }

  /// What was counted over `rows` rows.
  public func surveys(_ counts: [Int], rows: Int) -> [ActivitySurvey] {
    var rest = counts[...]
    return surveyed.map { place in
      defer { rest = rest.dropFirst(place.counts) }
      return ActivitySurvey(
        place: place, rows: rows, histogram: Array(rest.prefix(ActivitySurvey.bins)),
        flatRows: place.activation.canBeFlat ? Array(rest.dropFirst(ActivitySurvey.bins).prefix(place.units)) : nil)
    }
  }
}
