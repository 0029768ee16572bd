import Failures

/// Something in a config, a network or its data that will not do what was meant.
public struct Finding: Equatable, Sendable {
  /// How bad it is.
  public enum Severity: String, Sendable {
    /// Nothing can be learned: training is refused.
    case error
    /// It trains, and worse than it could.
    case warning
  }

  /// Whether training is refused because of it.
  public let severity: Severity
  /// A key path of the config, or "training data" or "validation data".
  public let place: String
  /// What will not do what was meant.
  public let problem: String
  /// Why that is a problem.
  public let reason: String
  /// What to do about it.
  public let advice: String

  init(_ severity: Severity = .warning, at place: String, _ problem: String, because reason: String, advice: String) {
    self.severity = severity
    self.place = place
    self.problem = problem
    self.reason = reason
    self.advice = advice
  }

  /// All of it in a line.
  public var line: String { "\(place): \(problem): \(reason); \(advice)" }
}

extension [Finding] {
  /// - Throws: `Failure` (bad data) with the first error.
  public func refuse() throws(Failure) {
    guard let error = first(where: { $0.severity == .error }) else { return }
    throw Failure(.badData, at: error.place, "\(error.problem): \(error.reason); \(error.advice)")
  }
}
