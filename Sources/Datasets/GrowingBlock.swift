import Failures
import Glibc

/// Memory that is filled from a stream of unknown length and at most twice as large as what has come.
struct GrowingBlock: ~Copyable {
  private let path: String
  // Allocated here; freed in `deinit` unless `finished` has handed it to a region.
  private var start: UnsafeMutableRawPointer?
  private var capacity: Int
  /// Bytes that have come.
  private(set) var count = 0

  /// - Parameter path: the file that fills it, for messages.
  init(path: String, capacity: Int) throws(Failure) {
    self.path = path
    self.capacity = capacity
    start = malloc(capacity)
    guard start != nil else { throw Self.outOfMemory(path, capacity) }
  }

  deinit { free(start) }

  /// The bytes that have come; valid until the next call of `fill` or `finished`.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

  /// Takes bytes from `reader` until there are `target` of them or the stream ends.
  mutating func fill<Reader: UnpackingReader & ~Copyable>(to target: Int, from reader: inout Reader) throws(Failure) {
    try fill(to: target) { room throws(Failure) in try reader.read(into: room) }
  }

  /// Takes bytes from `read`, which fills the room it is given, and less of it only at the end, until there are `target` of them or no more come.
  mutating func fill(to target: Int, _ read: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int) throws(Failure) {
    while count < target {
      if count == capacity { try resize(to: min(2 * capacity, target)) }
      let room = min(capacity, target) - count
      let got = try read(UnsafeMutableRawBufferPointer(start: start! + count, count: room))
      count += got
      if got < room { return }
    }
  }

  /// The bytes, in a block of just their size (at least 1); this one is empty afterwards.
  mutating func finished() throws(Failure) -> ByteRegion {
    try resize(to: max(count, 1))
    let region = ByteRegion(adopting: start!, count: count)
    start = nil
    return region
  }

  private mutating func resize(to size: Int) throws(Failure) {
    guard let moved = realloc(start, size) else { throw Self.outOfMemory(path, size) }
    start = moved
    capacity = size
  }

  private static func outOfMemory(_ path: String, _ size: Int) -> Failure {
    Failure(.inputOutput, at: path, "no memory for \(size) bytes of inflated data")
  }
}
