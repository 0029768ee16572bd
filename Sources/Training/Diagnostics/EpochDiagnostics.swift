import Failures
import Foundation
import NeuralNetwork

/// What an epoch did to the layers of a network.
public struct EpochDiagnostics: Equatable, Sendable, Codable {
  /// The step of the epoch that `norms` are of, from 1: the last with a whole batch.
  public let step: Int
  public let norms: [LayerNorms]
  /// At the epoch's end.
  public let activities: [LayerActivity]
}

/// How large a layer's trained numbers are at a step, all its variables as one vector.
public struct LayerNorms: Equatable, Sendable, Codable {
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
public struct LayerActivity: Equatable, Sendable, Codable {
  /// Keras's name of the dense layer whose outputs are looked at behind their activation.
  public let layer: String
  /// Keras's string; "linear" where the loss holds the activation, and the outputs are logits.
  public let activation: String
  public let units: Int
  public let rows: Int
  /// The share of outputs at which the activation's slope is below a twentieth of its steepest: a relu that is off, a sigmoid that is saturated. Nil for an
  /// activation that has no such place.
  public let flatShare: Double?
  /// Units for which it is so in all the rows: dead relus, stuck sigmoids.
  public let flatUnits: Int?
  /// The histogram goes from `lowest` to `highest` in equal parts; the first and the last hold what lies beyond, too.
  public let lowest: Double
  public let highest: Double
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

// As lines of `diagnostics.jsonl`: keys in snake case, sorted; NaN and infinities as words, which JSON has no numbers for.
extension Encodable {
  var diagnosticsJSON: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.nonConformingFloatEncodingStrategy = .convertToString(positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    do { return String(decoding: try encoder.encode(self), as: UTF8.self) } catch { preconditionFailure("diagnostics did not encode: \(error)") }
  }
}

extension Decodable {
  /// - Throws: `Failure` (bad data) when the text is none of such.
  init(diagnosticsJSON text: some StringProtocol) throws(Failure) {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    do { self = try decoder.decode(Self.self, from: Data(text.utf8)) } catch { throw Failure(.badData, at: "diagnostics", "not those of an epoch") }
  }
}
