import Testing

/// The distance of two floats in units of the last place of the larger; 0 for equal values (also +0 and −0), and for two NaNs.
public func ulps(_ a: Float, _ b: Float) -> Float {
  if a == b || (a.isNaN && b.isNaN) { return 0 }
  guard a.isFinite, b.isFinite else { return .infinity }
  return abs(a - b) / max(abs(a), abs(b), .leastNormalMagnitude).ulp
}

/// Expects each of `found` within `limit` ULPs of `expected`, and names the worst.
public func expectClose(_ found: [Float], _ expected: [Float], ulps limit: Float, _ label: String = "", sourceLocation: SourceLocation = #_sourceLocation) {
  #expect(found.count == expected.count, "\(label) count", sourceLocation: sourceLocation)
  guard let worst = zip(found, expected).enumerated().max(by: { ulps($0.element.0, $0.element.1) < ulps($1.element.0, $1.element.1) }) else { return }
  let distance = ulps(worst.element.0, worst.element.1)
  #expect(distance <= limit, "\(label) element \(worst.offset): \(worst.element.0), expected \(worst.element.1)", sourceLocation: sourceLocation)
}

/// Expects each of `found` within `tolerance` of `expected`, and names the worst.
public func expectClose(_ found: [Float], _ expected: [Float], within tolerance: Float, _ label: String = "", sourceLocation: SourceLocation = #_sourceLocation)
{
  #expect(found.count == expected.count, "\(label) count", sourceLocation: sourceLocation)
  guard let worst = zip(found, expected).enumerated().max(by: { abs($0.element.0 - $0.element.1) < abs($1.element.0 - $1.element.1) }) else { return }
  let distance = abs(worst.element.0 - worst.element.1)
  #expect(distance <= tolerance, "\(label) element \(worst.offset): \(worst.element.0), expected \(worst.element.1)", sourceLocation: sourceLocation)
}
