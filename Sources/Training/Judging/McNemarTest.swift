import Foundation

/// Whether two networks that answered the same rows differ in how often they are right: McNemar, "Note on the sampling error of the difference between correlated
/// proportions or percentages" (1947). Only rows on which one alone is right tell.
public struct McNemarTest: Equatable, Sendable {
  /// How the probability was found.
  public enum Method: String, Sendable {
    /// The binomial distribution itself.
    case exact
    /// χ² with one degree of freedom and Edwards's continuity correction.
    case chiSquared = "chi_squared"
  }

  /// How `p` was found.
  public let method: Method
  /// How likely it is that two networks which do not differ come out as far apart as these, or farther.
  public let p: Double

  /// As statsmodels's `mcnemar`; exact below 25 telling rows, where χ² is a poor approximation.
  ///
  /// - Parameters:
  ///   - first: rows on which only the first is right.
  ///   - second: rows on which only the second is right.
  package init(onlyFirst first: Int, onlySecond second: Int) {
    let all = first + second
    guard all >= 25 else {
      method = .exact
      // Σ C(n, k) for k up to the smaller, by 2ⁿ⁻¹.
      var (term, sum) = (1.0, 1.0)
      for k in 0..<min(first, second) {
        term *= Double(all - k) / Double(k + 1)
        sum += term
      }
      p = min(1, 2 * sum / Double(1 << all))
      return
    }
    method = .chiSquared
    let distance = Double(abs(first - second) - 1)
    p = erfc((distance * distance / Double(all) / 2).squareRoot())
  }
}
