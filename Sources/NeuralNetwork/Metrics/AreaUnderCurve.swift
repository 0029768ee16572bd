import RunConfig

/// Keras's `AUC`, from counts of probabilities in buckets.
struct AreaUnderCurve {
  let curve: Metric.Curve
  let method: Metric.SummationMethod
  let buckets: Int

  /// The mean area of one output after the other, each `buckets` counts of true elements and as many of false ones.
  func mean(_ counts: [Double]) -> Double {
    let starts = stride(from: 0, to: counts.count, by: 2 * buckets)
    let areas = starts.map { area(positives: above(counts[$0..<$0 + buckets]), negatives: above(counts[$0 + buckets..<$0 + 2 * buckets])) }
    return areas.reduce(0, +) / Double(areas.count)
  }

  /// How many lie above each threshold: in its bucket or a higher one.
  private func above(_ counts: ArraySlice<Double>) -> [Double] {
    var sum = 0.0
    return counts.reversed().map { count in
      sum += count
      return sum
    }.reversed()
  }

  /// The area under the points of all thresholds, from the lowest, which all elements are above, on.
  ///
  /// - Parameters:
  ///   - tp: true positives at each threshold.
  ///   - fp: false positives.
  private func area(positives tp: [Double], negatives fp: [Double]) -> Double {
    if curve == .pr, method == .interpolation { return interpolatedPrecision(tp, fp) }
    let points = zip(tp, fp).map { point(tp: $0, fp: $1, fn: tp[0] - $0, tn: fp[0] - $1) }
    return zip(points, points.dropFirst()).reduce(0) { sum, pair in
      let (left, right) = pair
      let height =
        switch method {
        case .interpolation: (left.y + right.y) / 2
        case .minoring: min(left.y, right.y)
        case .majoring: max(left.y, right.y)
        }
      return sum + (left.x - right.x) * height
    }
  }

  private func point(tp: Double, fp: Double, fn: Double, tn: Double) -> (x: Double, y: Double) {
    switch curve {
    case .roc: return (ratio(fp, fp + tn), ratio(tp, tp + fn))
    case .pr: return (ratio(tp, tp + fn), ratio(tp, tp + fp))
    case .prGain:
      let scale = ratio(tp + fn, tn + fp)
      return tp == 0 ? (0, 1) : (max(1 - scale * ratio(fn, tp), 0), 1 - scale * ratio(fp, tp))
    }
  }

  /// Between two thresholds true and all positives are taken to grow in proportion: Davis and Goadrich, "The relationship between precision-recall and ROC
  /// curves" (2006), in Keras's closed form.
  private func interpolatedPrecision(_ tp: [Double], _ fp: [Double]) -> Double {
    let all = zip(tp, fp).map(+)
    return (0..<tp.count - 1).reduce(0) { sum, left in
      let right = left + 1
      let gained = tp[left] - tp[right]
      let slope = ratio(gained, max(all[left] - all[right], 0))
      let intercept = tp[right] - slope * all[right]
      let growth = all[left] > 0 && all[right] > 0 ? all[left] / all[right] : 1
      return sum + ratio(slope * (gained + intercept * ExactFunctions.logarithm(growth)), max(tp[0], 0))
    }
  }
}
