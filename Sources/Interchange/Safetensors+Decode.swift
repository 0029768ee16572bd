import Failures

extension Safetensors {
  /// The tensors of a file, in the order of their values, and its metadata. `F64` and `I64` are rounded to `Float`.
  ///
  /// Written for hostile files: every number is checked before it is used, and no more memory is taken than the values need.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - file: its name, for messages.
  ///   - needsChecksum: whether the file must be one that was encoded with a checksum.
  /// - Throws: `.badData` at the file, and there at the byte or tensor, for whatever the format forbids, for other types than F32, F64, F16, BF16 and I64, and when the
  ///   checksum, where there is one, is not that of the bytes.
  public static func decode(_ bytes: [UInt8], file: String, needsChecksum: Bool = false) throws(Failure) -> Safetensors {
    do {
      let json = try headerBytes(bytes)
      let header = try SafetensorsHeader(json)
      let start = lengthByteCount + json.count
      let entries = try laidOut(header.entries, over: bytes.count - start)
      try checkSum(header.metadata[checksumKey], of: bytes, isNeeded: needsChecksum)
      return Safetensors(tensors: entries.map { tensor($0, in: bytes, from: start) }, metadata: header.metadata)
    } catch {
      throw error.inside(file)
    }
  }

  private static func headerBytes(_ bytes: [UInt8]) throws(Failure) -> [UInt8] {
    guard bytes.count >= lengthByteCount else {
      throw Failure(.badData, at: "byte \(bytes.count)", "the file ends inside the header's length; expected 8 bytes")
    }
    let length = bytes.prefix(lengthByteCount).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= largestHeader else {
      throw Failure(.badData, at: "byte 0", "the header's length is \(length); at most \(largestHeader) bytes are allowed")
    }
    let available = bytes.count - lengthByteCount
    guard Int(length) <= available else {
      throw Failure(.badData, at: "byte 0", "the header's length is \(length), but only \(available) bytes follow")
    }
    return Array(bytes[lengthByteCount..<lengthByteCount + Int(length)])
  }

  /// The entries by their place in the data, which they must fill without overlap or gap.
  private static func laidOut(_ entries: [SafetensorsHeader.Entry], over byteCount: Int) throws(Failure) -> [SafetensorsHeader.Entry] {
    for entry in entries { try check(entry, over: byteCount) }
    // The header's order decides between empty tensors at one place.
    let ordered = entries.enumerated().sorted { left, right in
      (left.element.begin, left.element.end, left.offset) < (right.element.begin, right.element.end, right.offset)
    }
    var filled = 0
    for (_, entry) in ordered {
      let place = "tensor '\(entry.name)'"
      guard entry.begin >= filled else { throw Failure(.badData, at: place, "data from \(entry.begin) on overlaps the tensor that ends at \(filled)") }
      guard entry.begin == filled else { throw Failure(.badData, at: place, "a gap before the data: bytes \(filled) to \(entry.begin) belong to no tensor") }
      filled = entry.end
    }
    guard filled == byteCount else {
      throw Failure(.badData, at: "data byte \(filled)", "the last tensor ends here, but the data end at byte \(byteCount)")
    }
    return ordered.map(\.element)
  }

  private static func check(_ entry: SafetensorsHeader.Entry, over byteCount: Int) throws(Failure) {
    let place = "tensor '\(entry.name)'"
    guard let width = width(ofType: entry.dtype) else {
      throw Failure(.badData, at: place, "the dtype is '\(entry.dtype)'; expected F32, F64, F16, BF16 or I64")
    }
    guard entry.begin <= entry.end else {
      throw Failure(.badData, at: place, "the data offsets are reversed: \(entry.begin) to \(entry.end)")
    }
    guard entry.end <= byteCount else {
      throw Failure(.badData, at: place, "the data end at byte \(entry.end), but the file has only \(byteCount) bytes of data")
    }
    guard let count = elementCount(entry.shape), count <= Int.max / width else {
      throw Failure(.badData, at: place, "the shape \(entry.shape) is more than any file can hold")
    }
    guard count * width == entry.end - entry.begin else {
      throw Failure(.badData, at: place, "the shape \(entry.shape) needs \(count * width) bytes, but the data have \(entry.end - entry.begin)")
    }
  }

  /// Bytes a number; nil for types that are not read. Whole numbers are counters of PyTorch's.
  private static func width(ofType dtype: String) -> Int? {
    switch dtype {
    case "F16", "BF16": 2
    case "F32": 4
    case "F64", "I64": 8
    default: nil
    }
  }

  /// The values of a checked entry whose offsets count from byte `start`.
  private static func tensor(_ entry: SafetensorsHeader.Entry, in bytes: [UInt8], from start: Int) -> NamedTensor {
    let values: [Float] = bytes.withUnsafeBytes { file in
      let data = UnsafeRawBufferPointer(rebasing: file[(start + entry.begin)..<(start + entry.end)])
      return switch entry.dtype {
      case "F16": numbers(data, UInt16.self).map { Float(Float16(bitPattern: $0)) }
      case "BF16": numbers(data, UInt16.self).map { Float(bitPattern: UInt32($0) << 16) }
      case "F32": numbers(data, UInt32.self).map { Float(bitPattern: $0) }
      case "I64": numbers(data, Int64.self).map { Float($0) }
      default: numbers(data, UInt64.self).map { Float(Double(bitPattern: $0)) }
      }
    }
    return NamedTensor(name: entry.name, shape: entry.shape, values: values)
  }

  private static func numbers<Number: FixedWidthInteger>(_ data: UnsafeRawBufferPointer, _: Number.Type) -> some Collection<Number> {
    let width = MemoryLayout<Number>.size
    return (0..<data.count / width).lazy.map { Number(littleEndian: data.loadUnaligned(fromByteOffset: width * $0, as: Number.self)) }
  }
}
