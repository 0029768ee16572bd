import Datasets
import Foundation
import TestSupport

/// The sum of `bytes` as `tool` (md5sum, sha256sum) prints it.
func checksum(_ tool: String, of bytes: [UInt8]) throws -> String {
  try withTemporaryFolder { folder in
    let process = Process()
    let output = folder.appendingPathComponent("output")
    try Data().write(to: output)
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [tool, try put(bytes, "bytes", in: folder)]
    // A file, not a pipe: Foundation's reading of a pipe traps when the end of another test's child interrupts it.
    process.standardOutput = try FileHandle(forWritingTo: output)
    try process.run()
    process.waitUntilExit()
    return String(decoding: try Data(contentsOf: output).prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self)
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
