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
