import Failures

/// What a safetensors header says, in its own order.
struct SafetensorsHeader {
  struct Entry {
    var name: String
    var dtype: String
    var shape: [Int]
    /// Bytes from the end of the header on; the start may lie behind the end until checked.
    var begin: Int
    var end: Int
  }

  private(set) var entries: [Entry] = []
  /// The text pairs of `__metadata__`.
  private(set) var metadata: [String: String] = [:]

  /// Parses the JSON of a header.
  ///
  /// - Throws: `.badData`, placed at the byte of `json` or at the tensor, for bad UTF-8 or JSON, a key that is missing, repeated or unknown, or a
  ///   value of a wrong type.
  init(_ json: [UInt8]) throws(Failure) {
    var scanner = JSONScanner(json)
    var names: Set<String> = []
    try scanner.object { (name, scanner) throws(Failure) in
      guard names.insert(name).inserted else { throw Failure(.badData, at: "tensor '\(name)'", "the name is used twice") }
      if name == Safetensors.metadataKey {
        try scanner.object { (key, scanner) throws(Failure) in
          guard metadata.updateValue(try scanner.string(), forKey: key) == nil else {
            throw Failure(.badData, at: "metadata '\(key)'", "the key is used twice")
          }
        }
      } else {
        entries.append(try Self.entry(name, &scanner))
      }
    }
    try scanner.end()
  }

  private static func entry(_ name: String, _ scanner: inout JSONScanner) throws(Failure) -> Entry {
    let place = "tensor '\(name)'"
    var (dtype, shape, offsets): (String?, [Int]?, [Int]?)
    try scanner.object { (key, scanner) throws(Failure) in
      switch key {
      case "dtype" where dtype == nil: dtype = try scanner.string()
      case "shape" where shape == nil: shape = try scanner.counts()
      case "data_offsets" where offsets == nil: offsets = try scanner.counts()
      case "dtype", "shape", "data_offsets": throw Failure(.badData, at: place, "'\(key)' is given twice")
      default: throw Failure(.badData, at: place, "unknown key '\(key)'; expected dtype, shape and data_offsets")
      }
    }
    guard let dtype else { throw Failure(.badData, at: place, "'dtype' is missing") }
    guard let shape else { throw Failure(.badData, at: place, "'shape' is missing") }
    guard let offsets else { throw Failure(.badData, at: place, "'data_offsets' is missing") }
    guard offsets.count == 2 else { throw Failure(.badData, at: place, "expected 2 numbers in 'data_offsets'; found \(offsets.count)") }
    return Entry(name: name, dtype: dtype, shape: shape, begin: offsets[0], end: offsets[1])
  }
}
