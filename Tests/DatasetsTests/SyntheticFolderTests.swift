import Datasets
import Failures
import Foundation
import Synchronization
import TestSupport
import Testing

/// The promise: a folder of synthetic digits holds the same bytes however many threads made it, and is there whole or not at all.
@Suite struct SyntheticFolderTests {
  static let names = ["t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte", "train-images-idx3-ubyte", "train-labels-idx1-ubyte"]

  /// More rows than a thread makes at a time (a megabyte, 1,337 images).
  static let synthetic = SyntheticFolder(digits: SyntheticDigits(seed: 3), training: 3000, test: 1400)

  private func files(in folder: URL) throws -> [String: Data] {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    return try Dictionary(uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: folder.appendingPathComponent($0))) })
  }

  @Test func theNumberOfThreadsDoesNotShow() throws {
    try withTemporaryFolder { folder in
      let folders = [1, 2, 3, 8].map { (threads: $0, url: folder.appendingPathComponent("by-\($0)")) }
      for (threads, url) in folders { try Self.synthetic.write(to: url.path, threads: threads) }
      let alone = try files(in: folders[0].url)
      #expect(alone.keys.sorted() == Self.names, "and no temporary file")
      #expect(alone.values.reduce(0) { $0 + $1.count } == Self.synthetic.byteCount)
      for (threads, url) in folders { #expect(try files(in: url) == alone, "\(threads) threads") }
    }
  }

  @Test func readBackThroughTheReader() throws {
    try withTemporaryFolder { folder in
      let small = SyntheticFolder(digits: SyntheticDigits(seed: 3, size: 20), training: 30, test: 20)
      // Into a folder that is there already.
      try small.write(to: folder.path, threads: 2)
      #expect(try IDXFile(folder.path + "/train-images-idx3-ubyte").shape == [30, 20, 20])
      let (training, test) = try Dataset.loadBoth(idxFolder: folder.path)
      for (part, first) in [(training, 0), (test, SyntheticFolder.firstTestIndex)] {
        let (images, labels) = SyntheticDigitsTests.made(small.digits, first..<first + UInt64(part.count))
        #expect(part.store.allBytes == images)
        #expect(part.labels == labels.map(Int.init))
        #expect(part.rowsPerClass == [Int](repeating: part.count / 10, count: 10))
      }
      #expect(training.count == 30 && test.count == 20)
    }
  }

  @Test func aFileOfTwiceAsManyBeginsTheSame() throws {
    try withTemporaryFolder { folder in
      for rows in [1500, 3000] {
        try SyntheticFolder(digits: SyntheticDigits(seed: 9), training: rows, test: rows).write(to: folder.path + "/\(rows)", threads: 2)
      }
      for name in Self.names {
        let (short, long) = (try IDXFile(folder.path + "/1500/" + name), try IDXFile(folder.path + "/3000/" + name))
        let shortBytes = try #require(short.bytes)
        #expect(short.count == 1500 && long.count == 3000)
        #expect(try #require(long.bytes).prefix(shortBytes.count) == shortBytes[...], "\(name)")
      }
    }
  }

  @Test func withoutATestPart() throws {
    try withTemporaryFolder { folder in
      let synthetic = SyntheticFolder(digits: SyntheticDigits(seed: 1), training: 1, test: 0)
      try synthetic.write(to: folder.path, threads: 4)
      #expect(try files(in: folder).keys.sorted() == Self.names.filter { $0.hasPrefix("train") })
      #expect(try Dataset.load(idxFolder: folder.path).count == 1)
    }
  }

  @Test(arguments: names, ["", ".gz"])
  func nothingIsReplaced(name: String, suffix: String) throws {
    try withTemporaryFolder { folder in
      let path = try put([1, 2, 3], name + suffix, in: folder)
      let failure = #expect(throws: Failure.self) { try Self.synthetic.write(to: folder.path, threads: 2) }
      #expect(failure == Failure(.alreadyThere, at: path, "is there already and is not replaced; name another folder, or remove it first"))
      #expect(try files(in: folder) == [name + suffix: Data([1, 2, 3])])
    }
  }

  /// A system call that fails, and the words that follow the name of the file.
  struct Fault: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let words: String
    let calls: FileCalls
  }

  static let faults = [
    Fault(testDescription: "no room to reserve", words: "No space left on device", calls: FileCalls(reserve: { _, _ in ENOSPC })),
    Fault(
      testDescription: "no room to write", words: "No space left on device",
      calls: FileCalls(write: { descriptor, bytes, count, offset in
        guard offset + count > 1_500_000 else { return pwrite(descriptor, bytes, count, off_t(offset)) }
        errno = ENOSPC
        return -1
      })),
    Fault(testDescription: "a write of nothing", words: "Input/output error", calls: FileCalls(write: { _, _, _, _ in 0 })),
    Fault(
      testDescription: "a sync that fails", words: "Input/output error",
      calls: FileCalls(sync: { _ in
        errno = EIO
        return -1
      })),
    Fault(
      testDescription: "a name that cannot be given", words: "Permission denied",
      calls: FileCalls(rename: { _, _ in
        errno = EACCES
        return -1
      })),
  ]

  @Test(arguments: faults)
  func aFailureLeavesNothing(_ fault: Fault) throws {
    try withTemporaryFolder { folder in
      let place = folder.path + "/new"
      let failure = #expect(throws: Failure.self) { try Self.synthetic.write(to: place, threads: 2, calls: fault.calls) }
      #expect(failure == Failure(.inputOutput, at: place + "/train-images-idx3-ubyte", "cannot be written: " + fault.words))
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(left == [])
    }
  }

  /// Reservations and writes that a signal cuts short are taken up again.
  @Test func interruptedCallsGoOn() throws {
    try withTemporaryFolder { folder in
      let (reservations, writes) = (Counter(), Counter())
      let calls = FileCalls(
        reserve: { _, _ in reservations.next() % 2 == 0 ? EINTR : 0 },
        write: { descriptor, bytes, count, offset in
          guard writes.next() % 2 == 0 else { return pwrite(descriptor, bytes, min(count, 100_000), off_t(offset)) }
          errno = EINTR
          return -1
        })
      try Self.synthetic.write(to: folder.path + "/interrupted", threads: 2, calls: calls)
      try Self.synthetic.write(to: folder.path + "/plain", threads: 1)
      #expect(try files(in: folder.appendingPathComponent("interrupted")) == files(in: folder.appendingPathComponent("plain")))
      #expect(reservations.next() == 8)
    }
  }

  @Test func progressRisesToTheWhole() throws {
    try withTemporaryFolder { folder in
      let seen = Mutex<[Int]>([])
      try Self.synthetic.write(to: folder.path, threads: 3) { done in seen.withLock { $0.append(done) } }
      let steps = seen.withLock { $0 }
      #expect(steps == steps.sorted())
      // Three pieces to train on, two to test on, and the last look.
      #expect(steps.count == 6)
      #expect(Array(steps.suffix(2)) == [4400, 4400])
    }
  }

  /// Called off at the first piece, in the test part, and after the last byte.
  @Test(arguments: [1, 3100, 4400])
  func whatIsCalledOffLeavesNothing(least: Int) throws {
    try withTemporaryFolder { folder in
      let stop = Failure(.inputOutput, "called off")
      let failure = #expect(throws: Failure.self) {
        try Self.synthetic.write(to: folder.path + "/new", threads: 2) { done throws(Failure) in if done >= least { throw stop } }
      }
      #expect(failure == stop)
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(left == [])
    }
  }
}

/// Numbers in turn, from any thread.
private final class Counter: Sendable {
  private let number = Atomic(0)

  func next() -> Int { number.wrappingAdd(1, ordering: .relaxed).oldValue }
}
