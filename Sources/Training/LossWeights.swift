import Datasets
import Failures
import NeuralNetwork
import RunConfig

extension Dataset {
  /// What each store row counts in the loss: its sample weight, times the factor of its class. Empty where all count 1. Only the numbers of this data set's rows
  /// mean anything.
  ///
  /// Both are Float before they are multiplied. (Keras takes one or the other.)
  ///
  /// - Throws: `Failure` (bad data) when there are no classes, or not the one that a factor is for.
  func lossWeights(_ classWeight: ClassWeight?) throws(Failure) -> AlignedBuffer {
    guard classWeight != nil || sampleWeights != nil else { return try AlignedBuffer(count: 0) }
    let weights = try AlignedBuffer(count: store.count)
    HugePages.advise(UnsafeMutableRawBufferPointer(start: weights.base, count: 4 * store.count))
    for row in rows.lazy.map(Int.init) { weights.base[row] = sampleWeights?[row] ?? 1 }
    guard let classWeight else { return weights }
    let number = try classNumbers()
    let factors = try classWeight.factors(rowsOfClass: rowsOfClasses(number))
    for row in rows.lazy.map(Int.init) { weights.base[row] *= factors[number(row)] }
    return weights
  }

  private func rowsOfClasses(_ number: (Int) -> Int) -> [Int] {
    // Classes behind the last that has rows may be known all the same.
    var counts = [Int](repeating: 0, count: classCount)
    for row in rows {
      let number = number(Int(row))
      while counts.count <= number { counts.append(0) }
      counts[number] += 1
    }
    return counts
  }

  /// The class of a store row, as Keras's `class_weight` sees it: its class number, the largest of its targets, or the whole number that is its only target.
  ///
  /// - Throws: `Failure` (bad data) naming the first row whose only target is no class number.
  private func classNumbers() throws(Failure) -> (Int) -> Int {
    switch targets {
    case .classes(let labels): return { Int(labels[$0]) }
    case .vectors(let values, 1):
      for row in rows.lazy.map(Int.init) where Int(exactly: values[row]).map({ ClassWeight.classes ~= $0 }) != true {
        throw Failure(
          .badData, at: "fit.class_weight", "the target of row \(row) is \(values[row]); expected class numbers, 0 to \(ClassWeight.classes.upperBound)")
      }
      return { Int(values[$0]) }
    case .vectors(let values, let width):
      return { row in (1..<width).reduce(0) { values[row * width + $1] > values[row * width + $0] ? $1 : $0 } }
    }
  }
}

extension ClassWeight {
  /// The factor of each class.
  ///
  /// - Throws: `Failure` (bad data) when a factor is for a class that the data do not know.
  fileprivate func factors(rowsOfClass counts: [Int]) throws(Failure) -> [Float] {
    switch self {
    case .balanced:
      let share = Double(counts.reduce(0, +)) / Double(counts.count { $0 > 0 })
      return counts.map { $0 > 0 ? Float(share / Double($0)) : 1 }
    case .factors(let factors):
      if let stranger = factors.keys.sorted().first(where: { !counts.indices.contains($0) }) {
        throw Failure(.badData, at: "fit.class_weight.\(stranger)", "there is no class \(stranger); the training data have 0 to \(counts.count - 1)")
      }
      return counts.indices.map { Float(factors[$0] ?? 1) }
    }
  }
}
