import Failures
import Foundation
import NeuralNetwork

/// What an epoch did to the layers of a network.
public struct EpochDiagnostics: Equatable, Sendable, Decodable {
  /// The step of the epoch that `norms` are of, from 1: the last with a whole batch.
  public let step: Int
  /// Of each layer's weights, gradient and update at that step.
  public let norms: [LayerNorms]
  /// At the epoch's end.
  public let activities: [LayerActivity]
}

/// How large a layer's trained numbers are at a step, all its variables as one vector.
public struct LayerNorms: Equatable, Sendable, Decodable {
  /// Keras's name.
  public let layer: String
  /// Before the step.
  public let weightNorm: Double
  /// Of the batch's mean gradient, as the optimizer's formulas get it: penalties added, but norms not yet clipped.
  public let gradientNorm: Double
  /// Of what the step changed.
  public let updateNorm: Double

  /// The share of themselves that weights move by; 1e-3 is usual.
  public var updateRatio: Double { weightNorm > 0 ? updateNorm / weightNorm : 0 }
}

/// What a layer gives for some of the training rows, nothing dropped and no noise added.
public struct LayerActivity: Equatable, Sendable, Decodable {
  /// Keras's name of the dense layer whose outputs are looked at behind their activation.
  public let layer: String
  /// Keras's string; "linear" where the loss holds the activation, and the outputs are logits.
  public let activation: String
  /// Outputs of the layer.
  public let units: Int
  /// Training rows that were looked at.
  public let rows: Int
  /// The share of outputs at which the activation's slope is below a twentieth of its steepest: a relu that is off, a sigmoid that is saturated. Nil for an
  /// activation that has no such place.
  public let flatShare: Double?
  /// Units for which it is so in all the rows: dead relus, stuck sigmoids.
  public let flatUnits: Int?
  /// The histogram goes from `lowest` to `highest` in equal parts; the first and the last hold what lies beyond, too.
  public let lowest: Double
  /// The upper end of the histogram.
  public let highest: Double
  /// Outputs in each part, of all rows and units.
  public let histogram: [Int]

  init(_ survey: ActivitySurvey) {
    layer = survey.place.layer
    activation = survey.place.activation.name
    units = survey.place.units
    rows = survey.rows
    flatShare = survey.flatRows.map { Double($0.reduce(0, +)) / Double(max(1, survey.rows * survey.place.units)) }
    flatUnits = survey.flatRows.map { $0.count { $0 == survey.rows } }
    (lowest, highest) = (Double(survey.place.activation.surveyedRange.lowerBound), Double(survey.place.activation.surveyedRange.upperBound))
    histogram = survey.histogram
  }
}

extension Decodable {
  /// - Throws: `Failure` (bad data) when the text is none of such.
  init(diagnosticsJSON text: some StringProtocol) throws(Failure) {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do { self = try decoder.decode(Self.self, from: Data(text.utf8)) } catch { throw Failure(.badData, at: "diagnostics", "not those of an epoch") }
  }
}

// Written by hand: `JSONEncoder` took as long for an epoch of a small network as a tenth of its training. Keys in snake case and sorted; numbers with as many
// digits as it takes to read the same bits back; those that JSON has none for as words.

extension EpochDiagnostics {
  var json: String {
    let activities = activities.map(\.json).joined(separator: ",")
    return "{\"activities\":[\(activities)],\"norms\":\(norms.json),\"step\":\(step)}"
  }
}

extension [LayerNorms] {
  var json: String {
    let entries = map { norms in
      "{\"gradient_norm\":\(number(norms.gradientNorm)),\"layer\":\"\(norms.layer)\",\"update_norm\":\(number(norms.updateNorm)),\"weight_norm\":\(number(norms.weightNorm))}"
    }
    return "[" + entries.joined(separator: ",") + "]"
  }
}

extension LayerActivity {
  fileprivate var json: String {
    let share = flatShare.map { "\"flat_share\":\(number($0))," } ?? ""
    let flat = flatUnits.map { "\"flat_units\":\($0)," } ?? ""
    var counts = ""
    for count in histogram { counts += counts.isEmpty ? "\(count)" : ",\(count)" }
    return
      "{\"activation\":\"\(activation)\",\(share)\(flat)\"highest\":\(number(highest)),\"histogram\":[\(counts)],\"layer\":\"\(layer)\",\"lowest\":\(number(lowest)),\"rows\":\(rows),\"units\":\(units)}"
  }
}

private func number(_ value: Double) -> String { value.isFinite ? "\(value)" : "\"\(value)\"" }
