/// Files of other formats, made without the code under test.

/// A NumPy array: version 1.0, and a header of whatever text.
public func npy(_ header: String, _ payload: [UInt8]) -> [UInt8] {
  [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count & 255), UInt8(header.utf8.count >> 8)] + header.utf8 + payload
}

/// A NumPy array as `numpy.save` has it, less the blanks.
public func npy(_ type: String, _ shape: [Int], _ payload: [UInt8]) -> [UInt8] {
  npy("{'descr': '\(type)', 'fortran_order': False, 'shape': (\(shape.map { "\($0), " }.joined())), }\n", payload)
}

/// The bytes of `numbers` in the order of this machine, which is that of x86.
public func littleEndian<Number: BitwiseCopyable>(_ numbers: [Number]) -> [UInt8] { numbers.withUnsafeBytes { Array($0) } }

/// A zip archive of stored files (APPNOTE.TXT 4.3).
///
/// - Parameter claimed: what the archive says a file's size is; nil for the truth.
public func zipArchive(_ files: [(name: String, bytes: [UInt8])], claimed: UInt32? = nil) -> [UInt8] {
  func word(_ value: UInt32) -> [UInt8] { bigEndian(value).reversed() }
  func half(_ value: Int) -> [UInt8] { [UInt8(value & 255), UInt8(value >> 8)] }
  var (bytes, directory) = ([UInt8](), [UInt8]())
  for file in files {
    let size = claimed ?? UInt32(file.bytes.count)
    let common = half(20) + half(0) + half(0) + half(0) + half(0x21) + word(crc32(file.bytes)) + word(size) + word(size) + half(file.name.utf8.count) + half(0)
    directory += word(0x0201_4B50) + half(20) + common + half(0) + half(0) + half(0) + word(0) + word(UInt32(bytes.count)) + file.name.utf8
    bytes += word(0x0403_4B50) + common + file.name.utf8 + file.bytes
  }
  let end = word(0x0605_4B50) + half(0) + half(0) + half(files.count) + half(files.count) + word(UInt32(directory.count)) + word(UInt32(bytes.count)) + half(0)
  return bytes + directory + end
}

/// A PNG of stored blocks.
///
/// - Parameters:
///   - colour: 0 grey, 2 red, green and blue, 4 grey and alpha, 6 all four.
///   - samples: row-major, as many bytes a row as width, depth and colour ask for.
public func png(width: Int, height: Int, depth: UInt8 = 8, colour: UInt8 = 0, chunks: [(name: String, data: [UInt8])] = [], _ samples: [UInt8]) -> [UInt8] {
  func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] { bigEndian(UInt32(data.count)) + name.utf8 + data + bigEndian(crc32(Array(name.utf8) + data)) }
  let rowBytes = height == 0 ? 0 : samples.count / height
  let raw = (0..<height).flatMap { row in [0] + samples[row * rowBytes..<(row + 1) * rowBytes] }
  var (low, high) = (1, 0)
  for byte in raw {
    low = (low + Int(byte)) % 65_521
    high = (high + low) % 65_521
  }
  let length = raw.count
  let stored: [UInt8] = [0x78, 1, 1, UInt8(length & 255), UInt8(length >> 8 & 255), UInt8(~length & 255), UInt8(~length >> 8 & 255)] + raw
  return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", bigEndian(UInt32(width)) + bigEndian(UInt32(height)) + [depth, colour, 0, 0, 0])
    + chunks.flatMap { chunk($0.name, $0.data) } + chunk("IDAT", stored + bigEndian(UInt32(high << 16 | low))) + chunk("IEND", [])
}
