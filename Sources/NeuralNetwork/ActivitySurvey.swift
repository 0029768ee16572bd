import RunConfig

/// What the outputs of a layer look like over some rows: where on its activation they lie. Whole numbers only, so that any workers count the same.
public struct ActivitySurvey: Equatable, Sendable {
  /// One of the layers that a survey looks at: a dense layer behind its own activation, or behind the last one that follows it.
  public struct Place: Equatable, Sendable {
    /// Keras's name of the dense layer.
    public let layer: String
    /// Outputs of the layer.
    public let units: Int
    /// Linear where the loss holds the activation: the outputs are logits then.
    public let activation: Activation
    /// Counts that it takes: the bins, then for each unit the rows in which it is flat.
    fileprivate var counts: Int { ActivitySurvey.bins + units }
  }

  /// Parts of a histogram.
  public static let bins = 20

  /// The layer it is about.
  public let place: Place
  /// Rows that were looked at.
  public let rows: Int
  /// Outputs in each of `bins` parts of `place.activation.surveyedRange`; the first and the last hold what lies beyond, too.
  public let histogram: [Int]
  /// For each unit the rows in which its activation is flat there; nil for an activation that never is.
  public let flatRows: [Int]?
}

extension Activation {
  /// The outputs that a histogram divides.
  public var surveyedRange: ClosedRange<Float> {
    switch self {
    case .sigmoid, .hardSigmoid, .softmax: 0...1
    case .tanh, .softsign: -1...1
    default: -5...5
    }
  }

  /// The outputs at which the slope is a twentieth of the steepest, or where it becomes 0: at these and beyond them a relu is off, a sigmoid saturated, and
  /// hardly a gradient passes. Nil for an activation that has no such place.
  public var slopingRange: (low: Float, high: Float)? {
    switch self {
    case .relu: (0, .infinity)
    case .hardSigmoid: (0, 1)
    // y·(1 − y) = 0.0125.
    case .sigmoid: (0.012_660_1, 0.987_339_9)
    // 1 − y² = 0.05.
    case .tanh: (-0.974_679_4, 0.974_679_4)
    // (1 − |y|)² = 0.05.
    case .softsign: (-0.776_393_2, 0.776_393_2)
    default: nil
    }
  }
}

extension BatchBuffers {
  /// The layers that a survey looks at, in order.
  public var surveyed: [ActivitySurvey.Place] {
    matrices.surveyedStages.map { number, dense in
      let stage = matrices.stages[number]
      return ActivitySurvey.Place(layer: matrices.names[dense], units: stage.units, activation: Activation(stage.activation))
    }
  }

  /// Whole numbers that `survey` counts in.
  public var surveyCounts: Int { surveyed.reduce(0) { $0 + $1.counts } }

  /// After `forward`: adds what the outputs of `rows` are to `counts`.
  public func survey(_ rows: Range<Int>, _ counts: UnsafeMutablePointer<Int>) {
    var counts = counts
    for (place, stage) in zip(surveyed, matrices.surveyedStages) {
      let outputs = matrices.stages[stage.stage].output
      let range = place.activation.surveyedRange
      let (low, high) = place.activation.slopingRange ?? (-.infinity, .infinity)
      let scale = Float(ActivitySurvey.bins) / (range.upperBound - range.lowerBound)
      let most = Float(ActivitySurvey.bins - 1)
      for column in stride(from: 0, to: place.units, by: 32) {
        let panel = outputs.panel(at: column)
        let flat = counts + (ActivitySurvey.bins + column)
        for row in rows {
          let values = panel.row(row)
          for unit in 0..<min(32, place.units - column) {
            let output = values[unit]
            let part = (output - range.lowerBound) * scale
            // NaN falls into the first part.
            counts[part > 0 ? Int(min(part, most)) : 0] += 1
            if output <= low || output >= high { flat[unit] += 1 }
          }
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
        flatRows: place.activation.slopingRange != nil ? Array(rest.dropFirst(ActivitySurvey.bins).prefix(place.units)) : nil)
    }
  }
}
