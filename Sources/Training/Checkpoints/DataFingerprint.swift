import Datasets

/// What tells one data set from another: its shape, and a checksum of its targets, weights and features, in the order in which they are trained on.
struct DataFingerprint: Equatable, Sendable {
  /// In words, for example "4000 rows of 784, checksum 1f2e3d4c5b6a7988".
  let text: String

  init(text: String) { self.text = text }

  /// Of more than 64 MB of features every so-many-th row counts, so that data larger than memory need not be read for this.
  init(_ dataset: Dataset) {
    let store = dataset.store
    var sum = Checksum()
    dataset.rows.withUnsafeBytes { sum.add($0) }
    switch dataset.targets {
    case .classes(let labels): sum.add(UnsafeRawBufferPointer(start: labels.base, count: labels.count * MemoryLayout<Int32>.stride))
    case .vectors(let values, _): values.withUnsafeBytes { sum.add($0) }
    }
    dataset.sampleWeights?.withUnsafeBytes { sum.add($0) }
    let rowBytes: Int
    let bytes: UnsafeRawPointer
    switch store.features {
    case .bytes(let rows):
      rowBytes = store.width
      bytes = UnsafeRawPointer(rows.base)
      Self.add(rowBytes, store.count, bytes, to: &sum)
    case .floats(let values):
      values.withUnsafeBytes { Self.add(store.width * MemoryLayout<Float>.stride, store.count, $0.baseAddress!, to: &sum) }
    }
    let digits = String(sum.value, radix: 16)
    text = "\(dataset.count) rows of \(dataset.width), checksum \(String(repeating: "0", count: 16 - digits.count))\(digits)"
  }

  /// A checksum of a text.
  static func checksum(of text: String) -> UInt64 {
    var sum = Checksum()
    Array(text.utf8).withUnsafeBytes { sum.add($0) }
    return sum.value
  }

  /// A checksum of numbers.
  static func checksum(of values: [[Float]]) -> UInt64 {
    var sum = Checksum()
    for values in values { values.withUnsafeBytes { sum.add($0) } }
    return sum.value
  }

  private static let mostBytes = 64 << 20

  private static func add(_ rowBytes: Int, _ rows: Int, _ base: UnsafeRawPointer, to sum: inout Checksum) {
    let every = max(1, (rowBytes * rows + mostBytes - 1) / mostBytes)
    guard every > 1 else { return sum.add(UnsafeRawBufferPointer(start: base, count: rowBytes * rows)) }
    for row in stride(from: 0, to: rows, by: every) { sum.add(UnsafeRawBufferPointer(start: base + row * rowBytes, count: rowBytes)) }
  }
}

/// A sum of 64 bits over bytes, to notice changes, not to stop forgers: four chains of multiplications (the constant is that of Knuth's multiplicative hashing)
/// over words of 8 bytes.
private struct Checksum {
  private var chains: SIMD4<UInt64> = [1, 2, 3, 4]
  private static let factor: UInt64 = 0x9e37_79b9_7f4a_7c15

  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    var offset = 0
    while offset + 32 <= bytes.count {
      let words = bytes.loadUnaligned(fromByteOffset: offset, as: SIMD4<UInt64>.self)
      chains = (chains ^ words) &* SIMD4(repeating: Self.factor)
      chains ^= chains &>> SIMD4(repeating: 29)
      offset += 32
    }
    for byte in bytes[offset...] { chains[0] = (chains[0] ^ UInt64(byte)) &* Self.factor }
    chains[1] ^= UInt64(bytes.count)
  }

  var value: UInt64 {
    var sum: UInt64 = 0
    for lane in 0..<4 {
      sum = (sum ^ chains[lane]) &* Self.factor
      sum ^= sum &>> 32
    }
    return sum
  }
}
