import Datasets
import NeuralNetwork

/// What rules ask about a part of the data. Of the inputs a thousand rows, evenly spread, are looked at: a data set larger than memory need not be read for this.
public struct DataSummary: Equatable, Sendable {
  private static let mostRows = 1000

  public let rows: Int
  /// The rows whose inputs were looked at.
  public let sampledRows: Int
  /// Of the inputs as the first dense layer sees them; nil where a `normalization` stands before it.
  public let inputs: ClosedRange<Double>?
  /// Whether all rows that were looked at have the same inputs; false of a single row.
  public let rowsAreEqual: Bool
  /// Rows of each class, from class 0; nil where targets are vectors.
  public let rowsPerClass: [Int]?
  /// Of the targets of the rows that were looked at.
  public let targets: ClosedRange<Double>

  /// - Parameter network: for what it does to inputs first.
  init(_ dataset: Dataset, _ network: Network) {
    let step = max(1, dataset.count / Self.mostRows)
    let sample = stride(from: 0, to: dataset.count, by: step).map { Int(dataset.rows[$0]) }
    rows = dataset.count
    sampledRows = sample.count
    rowsPerClass = dataset.rowsPerClass
    let first = dataset.store.row(sample[0])
    var (low, high) = (first[0], first[0])
    var areEqual = true
    for row in sample {
      let values = dataset.store.row(row)
      for value in values { (low, high) = (min(low, value), max(high, value)) }
      areEqual = areEqual && values == first
    }
    rowsAreEqual = areEqual && sample.count > 1
    inputs = network.prepared(Double(low) / dataset.scale...Double(high) / dataset.scale)
    switch dataset.targets {
    case .classes(let labels):
      let numbers = sample.map { Double(labels[$0]) }
      targets = numbers.min()!...numbers.max()!
    case .vectors(let values, let width):
      let numbers = sample.flatMap { values[$0 * width..<($0 + 1) * width] }
      targets = Double(numbers.min()!)...Double(numbers.max()!)
    }
  }
}

extension Network {
  /// What becomes of inputs of this range before the first dense layer.
  fileprivate func prepared(_ range: ClosedRange<Double>) -> ClosedRange<Double>? {
    var ends = (range.lowerBound * inputScale, range.upperBound * inputScale)
    for preparation in preparation {
      switch preparation {
      case .rescaling(let scale, let offset): ends = (ends.0 * scale + offset, ends.1 * scale + offset)
      case .normalization: return nil
      case .dropout, .gaussianNoise, .augmentation: break
      }
    }
    return min(ends.0, ends.1)...max(ends.0, ends.1)
  }
}
