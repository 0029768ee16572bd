import Datasets
import Glibc
import NeuralNetwork

/// What rules ask about a part of the data. Of the inputs a thousand rows, evenly spread, are looked at: a data set larger than memory need not be read for this.
public struct DataSummary: Equatable, Sendable {
  private static let mostRows = 1000

  /// Rows of the part.
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
    let (low, high, areEqual): (Double, Double, Bool)
    switch dataset.store.features {
    case .bytes(let bytes):
      let found = Self.extent(bytes.base, sample, width: dataset.width)
      (low, high, areEqual) = (Double(found.low), Double(found.high), found.areEqual)
    case .floats(let values):
      let found = values.withUnsafeBufferPointer { Self.extent($0.baseAddress!, sample, width: dataset.width) }
      (low, high, areEqual) = (Double(found.low), Double(found.high), found.areEqual)
    }
    rowsAreEqual = areEqual && sample.count > 1
    inputs = network.prepared(low / dataset.scale...high / dataset.scale)
    switch dataset.targets {
    case .classes(let labels):
      let numbers = sample.map { Double(labels[$0]) }
      targets = numbers.min()!...numbers.max()!
    case .vectors(let values, let width):
      let numbers = sample.flatMap { values[$0 * width..<($0 + 1) * width] }
      targets = Double(numbers.min()!)...Double(numbers.max()!)
    }
  }

  /// The smallest and the largest number in some rows, and whether the rows are all the same.
  private static func extent<Number: Comparable>(
    _ values: UnsafePointer<Number>, _ rows: [Int], width: Int
  ) -> (low: Number, high: Number, areEqual: Bool) {
    let first = values + rows[0] * width
    var (low, high, areEqual) = (first[0], first[0], true)
    for row in rows {
      let place = values + row * width
      for column in 0..<width { (low, high) = (min(low, place[column]), max(high, place[column])) }
      areEqual = areEqual && memcmp(place, first, width * MemoryLayout<Number>.stride) == 0
    }
    return (low, high, areEqual)
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
