import Failures

extension Safetensors {
  /// A file of `tensors`, as `F32`, in the order given.
  ///
  /// Equal arguments give equal bytes: no time is recorded, metadata is sorted by key, and the header is padded with spaces to a multiple of 8.
  ///
  /// - Parameters:
  ///   - tensors: in the order of the file.
  ///   - metadata: words beside them.
  ///   - checksum: whether a sum over all other bytes of the file goes with the metadata.
  /// - Throws: `.badData`, naming the tensor, when two have one name, a name is `__metadata__`, or values do not fill the shape.
  public static func encode(_ tensors: [NamedTensor], metadata: [String: String] = [:], checksum: Bool = false) throws(Failure) -> [UInt8] {
    try check(tensors)
    var metadata = metadata
    if checksum { metadata[checksumKey] = blankChecksum }
    var entries: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
      entries.append("\(quoted(metadataKey)):{\(pairs.joined(separator: ","))}")
    }
    var offset = 0
    for tensor in tensors {
      let end = offset + 4 * tensor.values.count
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      entries.append("\(quoted(tensor.name)):{\"dtype\":\"F32\",\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    var header = Array("{\(entries.joined(separator: ","))}".utf8)
    header += [UInt8](repeating: 0x20, count: (8 - header.count % 8) % 8)
    guard header.count <= largestHeader else {
      throw Failure(.badData, at: "safetensors header", "it would have \(header.count) bytes; at most \(largestHeader) are allowed")
    }

    var bytes: [UInt8] = []
    bytes.reserveCapacity(lengthByteCount + header.count + offset)
    withUnsafeBytes(of: UInt64(header.count).littleEndian) { bytes.append(contentsOf: $0) }
    bytes.append(contentsOf: header)
    for tensor in tensors { append(tensor.values, to: &bytes) }
    if checksum { fillInChecksum(&bytes) }
    return bytes
  }

  private static func check(_ tensors: [NamedTensor]) throws(Failure) {
    var names: Set<String> = [metadataKey]
    for tensor in tensors {
      let place = "tensor '\(tensor.name)'"
      guard tensor.name != metadataKey else { throw Failure(.badData, at: place, "the name is reserved") }
      guard names.insert(tensor.name).inserted else { throw Failure(.badData, at: place, "the name is used twice") }
      guard elementCount(tensor.shape) == tensor.values.count else {
        throw Failure(.badData, at: place, "the values (\(tensor.values.count)) do not fill the shape \(tensor.shape)")
      }
    }
  }

  private static func append(_ values: [Float], to bytes: inout [UInt8]) {
    #if _endian(little)
      values.withUnsafeBytes { bytes.append(contentsOf: $0) }
    #else
      for value in values { withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) } }
    #endif
  }

  /// `text` as a JSON string. Byte by byte: a history of a thousand epochs goes through here with every checkpoint.
  private static func quoted(_ text: String) -> String {
    var json: [UInt8] = [UInt8(ascii: "\"")]
    json.reserveCapacity(text.utf8.count + text.utf8.count / 8 + 2)
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        json.append(UInt8(ascii: "\\"))
        json.append(byte)
      case 0..<0x20: json += "\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8
      default: json.append(byte)
      }
    }
    json.append(UInt8(ascii: "\""))
    return String(decoding: json, as: UTF8.self)
  }
}
