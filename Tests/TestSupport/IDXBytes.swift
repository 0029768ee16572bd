import Foundation

/// The bytes of an IDX file of `shape` with `payload` behind the header, whatever its size.
public func idx(type: UInt8 = 0x08, _ shape: [Int], _ payload: [UInt8]) -> [UInt8] {
  [0, 0, type, UInt8(shape.count)] + shape.flatMap { bigEndian(UInt32($0)) } + payload
}

/// The bytes of an IDX file of floats.
public func idx(_ shape: [Int], _ values: [Float]) -> [UInt8] {
  idx(type: 0x0D, shape, values.flatMap { bigEndian($0.bitPattern) })
}

public func bigEndian(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }

/// One gzip member with `bytes` in stored blocks (RFC 1951 and 1952), made without the code under test.
public func gzip(_ bytes: [UInt8]) -> [UInt8] {
  var member: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
  var rest = bytes[...]
  repeat {
    let block = rest.prefix(65_535)
    rest = rest.dropFirst(block.count)
    let length = UInt16(block.count)
    member += [rest.isEmpty ? 1 : 0, UInt8(length & 255), UInt8(length >> 8), UInt8(~length & 255), UInt8(~length >> 8)] + block
  } while !rest.isEmpty
  return member + bigEndian(crc32(bytes)).reversed() + bigEndian(UInt32(bytes.count)).reversed()
}

/// The CRC of gzip, zip and PNG, bit by bit.
public func crc32(_ bytes: [UInt8]) -> UInt32 {
  ~bytes.reduce(~UInt32(0)) { sum, byte in
    (0..<8).reduce(sum ^ UInt32(byte)) { rest, _ in rest >> 1 ^ (rest & 1 == 1 ? 0xEDB8_8320 : 0) }
  }
}

/// Writes `bytes` as `name` into `folder`; returns the path.
@discardableResult
public func put(_ bytes: [UInt8], _ name: String, in folder: URL) throws -> String {
  let file = folder.appendingPathComponent(name)
  try Data(bytes).write(to: file)
  return file.path
}
