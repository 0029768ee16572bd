import Dispatch
import Failures
import Foundation
import Synchronization

/// The training or the test part of a folder of synthetic digits: a file of images and one of labels.
struct SyntheticPart: Sendable {
  let digits: SyntheticDigits
  /// What the files' names begin with.
  let prefix: String
  /// The number of the first digit.
  let first: UInt64
  let count: Int

  var imageName: String { "\(prefix)-images-idx3-ubyte" }
  var labelName: String { "\(prefix)-labels-idx1-ubyte" }
  var imageHeader: [UInt8] { IDXHeader.encode([count, digits.size, digits.size]) }
  var labelHeader: [UInt8] { IDXHeader.encode([count]) }
  /// Bytes of the file of images.
  var imageByteCount: Int { imageHeader.count + count * digits.imageByteCount }
  /// Bytes of the file of labels.
  var labelByteCount: Int { labelHeader.count + count }

  /// - Throws: `.badData` when one of the files is in `folder`, plain or as `.gz`: a plain file would hide that.
  func refuseExisting(in folder: String) throws(Failure) {
    for name in [imageName, labelName] {
      for path in ["\(folder)/\(name)", "\(folder)/\(name).gz"] where access(path, F_OK) == 0 {
        throw Failure(.alreadyThere, at: path, "is there already and is not replaced; name another folder, or remove it first")
      }
    }
  }

  /// Makes the digits, a megabyte at a time on each of up to `threads` threads, and writes them where they belong.
  func fill(_ files: borrowing PartFiles, threads: Int, progress: @Sendable (Int) throws(Failure) -> Void) throws(Failure) {
    let rows = min(count, max(1, (1 << 20) / digits.imageByteCount))
    let chunks = (count + rows - 1) / rows
    let next = Atomic(0)
    let outcome = SharedOutcome()
    DispatchQueue.concurrentPerform(iterations: min(threads, chunks)) { _ in
      let images = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: rows * digits.imageByteCount)
      let labels = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: rows)
      defer {
        images.deallocate()
        labels.deallocate()
      }
      do throws(Failure) {
        while true {
          let chunk = next.wrappingAdd(1, ordering: .relaxed).oldValue
          guard chunk < chunks else { return }
          let range = chunk * rows..<min(count, (chunk + 1) * rows)
          try write(range, to: files, images: images, labels: labels)
          try outcome.add(range.count, progress)
        }
      } catch {
        // No thread takes another chunk.
        next.store(chunks, ordering: .relaxed)
        outcome.fail(error)
      }
    }
    if let failure = outcome.failure { throw failure }
  }

  /// Makes and writes the rows `range`; the buffers hold at least as many.
  private func write(
    _ range: Range<Int>, to files: borrowing PartFiles, images: UnsafeMutableBufferPointer<UInt8>, labels: UnsafeMutableBufferPointer<UInt8>
  ) throws(Failure) {
    let images = UnsafeMutableBufferPointer(rebasing: images[..<(range.count * digits.imageByteCount)])
    let labels = UnsafeMutableBufferPointer(rebasing: labels[..<range.count])
    digits.render(first + UInt64(range.lowerBound)..<first + UInt64(range.upperBound), images: images, labels: labels)
    try files.images.write(UnsafeRawBufferPointer(images), at: imageHeader.count + range.lowerBound * digits.imageByteCount)
    try files.labels.write(UnsafeRawBufferPointer(labels), at: labelHeader.count + range.lowerBound)
  }
}

/// The two files of a part, in the making; their headers are written at once.
struct PartFiles: ~Copyable {
  fileprivate var images: NewFile
  fileprivate var labels: NewFile

  init(_ part: SyntheticPart, in folder: String, calls: FileCalls) throws(Failure) {
    let images = try NewFile("\(folder)/\(part.imageName)", in: folder, byteCount: part.imageByteCount, calls: calls)
    let labels = try NewFile("\(folder)/\(part.labelName)", in: folder, byteCount: part.labelByteCount, calls: calls)
    try Self.write(part.imageHeader, to: images)
    try Self.write(part.labelHeader, to: labels)
    self.images = images
    self.labels = labels
  }

  mutating func finish() throws(Failure) {
    try images.finish()
    try labels.finish()
  }

  mutating func publish() throws(Failure) {
    try images.publish()
    try labels.publish()
  }

  private static func write(_ header: [UInt8], to file: borrowing NewFile) throws(Failure) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: header.count, alignment: 1)
    defer { buffer.deallocate() }
    buffer.copyBytes(from: header)
    try file.write(UnsafeRawBufferPointer(buffer), at: 0)
  }
}

/// How far the threads that fill a part have come together.
///
/// `@unchecked Sendable`: all is done under the lock. (The standard library's `Mutex` would do, but ThreadSanitizer does not know it.)
private final class SharedOutcome: @unchecked Sendable {
  private let lock = NSLock()
  private var written = 0
  private var firstFailure: Failure?

  var failure: Failure? {
    lock.lock()
    defer { lock.unlock() }
    return firstFailure
  }

  func fail(_ failure: Failure) {
    lock.lock()
    defer { lock.unlock() }
    firstFailure = firstFailure ?? failure
  }

  /// One call of `progress` at a time.
  func add(_ rows: Int, _ progress: (Int) throws(Failure) -> Void) throws(Failure) {
    lock.lock()
    defer { lock.unlock() }
    written += rows
    try progress(written)
  }
}
