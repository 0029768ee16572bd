import Datasets
import Foundation
import TestSupport

/// The bytes of an IDX file of `shape` with `payload` behind the header, whatever its size.
func idx(type: UInt8 = 0x08, _ shape: [Int], _ payload: [UInt8]) -> [UInt8] {
  [0, 0, type, UInt8(shape.count)] + shape.flatMap { bigEndian(UInt32($0)) } + payload
}

/// The bytes of an IDX file of floats.
func idx(_ shape: [Int], _ values: [Float]) -> [UInt8] {
  idx(type: 0x0D, shape, values.flatMap { bigEndian($0.bitPattern) })
}

func bigEndian(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }

/// One gzip member with `bytes` in stored blocks (RFC 1951 and 1952), made without the code under test.
func gzip(_ bytes: [UInt8]) -> [UInt8] {
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

/// The CRC of gzip, bit by bit.
private func crc32(_ bytes: [UInt8]) -> UInt32 {
  ~bytes.reduce(~UInt32(0)) { sum, byte in
    (0..<8).reduce(sum ^ UInt32(byte)) { rest, _ in rest >> 1 ^ (rest & 1 == 1 ? 0xEDB8_8320 : 0) }
  }
}

/// Writes `bytes` as `name` into `folder`; returns the path.
@discardableResult
func put(_ bytes: [UInt8], _ name: String, in folder: URL) throws -> String {
  let file = folder.appendingPathComponent(name)
  try Data(bytes).write(to: file)
  return file.path
}

/// The sum of `bytes` as `tool` (md5sum, sha256sum) prints it.
func checksum(_ tool: String, of bytes: [UInt8]) throws -> String {
  try withTemporaryFolder { folder in
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [tool, try put(bytes, "bytes", in: folder)]
    process.standardOutput = output
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: text.prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self)
  }
}

extension ExampleStore {
  /// All byte features; empty when they are floats.
  var allBytes: [UInt8] {
    guard case .bytes(let rows) = features else { return [] }
    return Array(UnsafeBufferPointer(start: rows.base, count: rows.byteCount))
  }
}

extension IDXFile {
  /// The elements, when they are bytes.
  var bytes: [UInt8]? {
    guard case .bytes(let rows) = elements else { return nil }
    return Array(UnsafeBufferPointer(start: rows.base, count: rows.byteCount))
  }

  /// The elements, when they are floats.
  var floats: [Float]? {
    if case .floats(let values) = elements { values } else { nil }
  }
}

extension Dataset {
  /// The class of each of the dataset's rows, in order; empty when the targets are vectors.
  var labels: [Int] {
    guard case .classes(let all) = targets else { return [] }
    return rows.map { Int(all[Int($0)]) }
  }
}
