/// What can be told of a table without training on it.
public struct TableSummary: Sendable {
  /// The smallest and the largest number that is finite; nil where there is none.
  public let range: ClosedRange<Float>?
  /// Numbers that are 0.
  public let zeros: Int
  /// Numbers that are none.
  public let nans: Int
  /// Infinite numbers.
  public let infinities: Int
  /// Columns in which every row has the same number.
  public let constantColumns: Int
  /// Rows of each class, by class; nil where the labels are no classes: vectors, fractions, more than 1,000 different ones.
  public let classes: [(label: Int, rows: Int)]?
  /// The smallest and the largest label that is finite; nil where there is none.
  public let labelRange: ClosedRange<Float>?
  /// Rows whose features an earlier row has, every bit.
  public let duplicates: Int
  /// Those among them that have another label than that row.
  public let contradictions: Int

  /// Looks at every number of the table, and at every row for duplicates.
  public init(_ table: ExampleTable) {
    var tally = Tally(width: table.width)
    switch table.features {
    case .bytes(let rows): tally.add(count: table.count) { Float(rows.base[$0]) }
    case .floats(let values): tally.add(count: table.count) { values[$0] }
    }
    (range, zeros, nans, infinities) = (tally.range, tally.zeros, tally.nans, tally.infinities)
    constantColumns = tally.isConstant.count { $0 }
    classes = table.labels.flatMap(Self.classes)
    let labels = table.labels?.values.filter(\.isFinite) ?? []
    labelRange = labels.isEmpty ? nil : labels.min()!...labels.max()!
    (duplicates, contradictions) = Self.duplicates(table)
  }

  private static func classes(_ labels: ExampleTable.Labels) -> [(label: Int, rows: Int)]? {
    guard labels.width == nil else { return nil }
    var counts: [Int: Int] = [:]
    for label in labels.values {
      guard label == label.rounded(), abs(label) < 1e7, counts.count <= 1000 else { return nil }
      counts[Int(label), default: 0] += 1
    }
    return counts.count <= 1000 ? counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } : nil
  }

  /// Rows are told apart by a hash, and those of one hash by all their bytes.
  private static func duplicates(_ table: ExampleTable) -> (rows: Int, contradictions: Int) {
    switch table.features {
    case .bytes(let rows): duplicates(table, UnsafeRawPointer(rows.base), rowBytes: table.width)
    case .floats(let values): values.withUnsafeBytes { duplicates(table, $0.baseAddress!, rowBytes: 4 * table.width) }
    }
  }

  private static func duplicates(_ table: ExampleTable, _ base: UnsafeRawPointer, rowBytes: Int) -> (rows: Int, contradictions: Int) {
    func row(_ number: Int) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base + number * rowBytes, count: rowBytes) }
    var firsts: [UInt64: [Int]] = [:]
    firsts.reserveCapacity(table.count)
    var (duplicates, contradictions) = (0, 0)
    for number in 0..<table.count {
      let hash = hash(row(number))
      if let first = firsts[hash]?.first(where: { row($0).elementsEqual(row(number)) }) {
        duplicates += 1
        if let labels = table.labels, labels.differ(first, number) { contradictions += 1 }
      } else {
        firsts[hash, default: []].append(number)
      }
    }
    return (duplicates, contradictions)
  }

  /// A multiplication (Knuth's constant) a word of eight bytes.
  private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var (hash, offset) = (UInt64(bytes.count), 0)
    while offset + 8 <= bytes.count {
      hash = (hash ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) &* 0x9e37_79b9_7f4a_7c15
      hash ^= hash >> 29
      offset += 8
    }
    for byte in bytes[offset...] { hash = (hash ^ UInt64(byte)) &* 0x9e37_79b9_7f4a_7c15 }
    return hash
  }
}

extension ExampleTable.Labels {
  fileprivate func differ(_ one: Int, _ other: Int) -> Bool {
    let width = width ?? 1
    return (0..<width).contains { values[one * width + $0] != values[other * width + $0] }
  }
}

private struct Tally {
  private let width: Int
  private var (least, most) = (Float.infinity, -Float.infinity)
  private(set) var (zeros, nans, infinities) = (0, 0, 0)
  private(set) var isConstant: [Bool]

  init(width: Int) {
    self.width = width
    isConstant = [Bool](repeating: true, count: width)
  }

  var range: ClosedRange<Float>? { least <= most ? least...most : nil }

  @inline(__always)
  mutating func add(count: Int, _ number: (Int) -> Float) {
    for row in 0..<count {
      for column in 0..<width {
        let value = number(row * width + column)
        if value == 0 { zeros += 1 }
        if value != number(column) { isConstant[column] = false }
        guard value.isFinite else {
          if value.isNaN { nans += 1 } else { infinities += 1 }
          continue
        }
        least = min(least, value)
        most = max(most, value)
      }
    }
  }
}
