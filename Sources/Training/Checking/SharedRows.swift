import Datasets

/// Counts the rows of `validation` whose inputs `training` has, too; nil where looking would take long, beyond a gigabyte of inputs.
///
/// Rows are told apart by hashes of 64 bits: of a million different rows, two agree once in ten million times.
func rowsShared(by training: Dataset, and validation: Dataset) -> Int? {
  guard (training.count + validation.count) * training.width <= 1 << 30 else { return nil }
  var known = Set<UInt64>(minimumCapacity: training.count)
  for row in training.rows { known.insert(training.store.hash(of: Int(row))) }
  return validation.rows.count { known.contains(validation.store.hash(of: Int($0))) }
}

extension Rules {
  /// - Parameter shared: rows of the validation data that the training data have, too.
  static func sharedRows(_ shared: Int) -> [Finding] {
    guard shared > 0 else { return [] }
    return [
      Finding(
        at: "validation data", "\(shared) row\(shared == 1 ? " is" : "s are") among the training data, too",
        because: "what was learned by heart looks like understanding there", advice: "take repeated rows out of the data before they are split")
    ]
  }
}

extension ExampleStore {
  /// Multiplications by an odd constant (Knuth's multiplicative hashing) and shifts, over all bits of the row's numbers.
  fileprivate func hash(of row: Int) -> UInt64 {
    func mixed(_ hash: UInt64, _ word: UInt64) -> UInt64 {
      let product = (hash ^ word) &* 0x9e37_79b9_7f4a_7c15
      return product ^ product &>> 29
    }
    switch features {
    case .bytes(let rows):
      let bytes = UnsafeRawBufferPointer(start: rows.base + row * width, count: width)
      var hash: UInt64 = 1
      for offset in stride(from: 0, to: width & ~7, by: 8) { hash = mixed(hash, bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) }
      for byte in bytes[(width & ~7)...] { hash = mixed(hash, UInt64(byte)) }
      return hash
    case .floats(let values): return values[row * width..<(row + 1) * width].reduce(1) { mixed($0, UInt64($1.bitPattern)) }
    }
  }
}
