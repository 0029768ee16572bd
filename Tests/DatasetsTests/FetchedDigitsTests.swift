import Datasets
import Failures
import Foundation
import TestSupport
import Testing

/// The promise: sets that are published in another form become IDX files of the right digits. The files here are small ones of just those forms.
@Suite struct FetchedDigitsTests {
  /// The archive of EMNIST, with two images of 2 × 3 pixels to train on and one to test with.
  static func emnist(images: [UInt8] = Array(0..<12), labels: [UInt8] = [7, 3]) -> [UInt8] {
    zipArchive([
      ("gzip/emnist-letters-train-images-idx3-ubyte.gz", [1, 2, 3]),
      ("gzip/emnist-digits-train-images-idx3-ubyte.gz", gzip(idx(type: 8, [2, 2, 3], images))),
      ("gzip/emnist-digits-train-labels-idx1-ubyte.gz", gzip(idx(type: 8, [labels.count], labels))),
      ("gzip/emnist-digits-test-images-idx3-ubyte.gz", gzip(idx(type: 8, [1, 2, 2], [1, 2, 3, 4]))),
      ("gzip/emnist-digits-test-labels-idx1-ubyte.gz", gzip(idx(type: 8, [1], [9]))),
    ])
  }

  private func files(_ make: (FetchedDigits.Write) throws -> Void) throws -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    try make { files[$0] = $1 }
    return files
  }

  /// By MNIST's measure each image of EMNIST lies on its side, and in a mirror.
  @Test func emnistIsTurned() throws {
    try withTemporaryFolder { folder in
      let archive = try put(Self.emnist(), "gzip.zip", in: folder)
      let files = try files { try FetchedDigits.emnist(archive, write: $0) }
      #expect(files["train-images-idx3-ubyte"] == idx(type: 8, [2, 3, 2], [0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11]))
      #expect(files["train-labels-idx1-ubyte"] == idx(type: 8, [2], [7, 3]))
      #expect(files["t10k-images-idx3-ubyte"] == idx(type: 8, [1, 2, 2], [1, 3, 2, 4]) && files["t10k-labels-idx1-ubyte"] == idx(type: 8, [1], [9]))
      #expect(files.count == 4)
    }
  }

  @Test func archivesThatAreNot() throws {
    try withTemporaryFolder { folder in
      func refused(_ bytes: [UInt8], _ message: String) throws {
        let archive = try put(bytes, "gzip.zip", in: folder)
        let failure = #expect(throws: Failure.self) { try FetchedDigits.emnist(archive) { _, _ in } }
        #expect(failure?.description == archive + message && failure?.kind == .badData)
      }
      let images = "gzip/emnist-digits-train-images-idx3-ubyte.gz"
      try refused(zipArchive([("a", [1])]), ": holds no \(images)")
      try refused(zipArchive([(images, [UInt8](repeating: 1, count: 40))]), ": \(images): is no gzip file, or damaged")
      try refused(
        zipArchive([(images, gzip(idx(type: 8, [6], [1, 2, 3, 4, 5, 6])))]), ": \(images): holds 6 unsigned bytes in 14 bytes; expected bytes of 3 dimensions")
      try refused(
        zipArchive([(images, gzip(idx(type: 8, [1, 2, 3], [1, 2, 3])))]),
        ": \(images): holds 1 × 2 × 3 unsigned bytes in 19 bytes; expected bytes of 3 dimensions")
      try refused(Self.emnist(labels: [7]), ": gzip/emnist-digits-train-labels-idx1-ubyte.gz: holds 1 labels for 2 images")
    }
  }

  /// A row of USPS: 256 values, all of them named.
  static func row(_ label: String, _ values: [Int: String] = [:]) -> String {
    label + (1...256).map { " \($0):\(values[$0] ?? "-1")" }.joined() + " \n"
  }

  /// Expected bytes are those of NumPy: `((np.float32([-1, -0.671, 0, 0.5, 0.999, 1]) + 1) / 2 * 255).astype(np.uint8)`.
  @Test func usps() throws {
    try withTemporaryFolder { folder in
      let training = try put(
        bzip2(Array((Self.row("10", [2: "-0.671", 3: "0", 4: "0.5", 5: "0.999", 256: "1"]) + Self.row("1")).utf8)), "usps.bz2", in: folder)
      let test = try put(bzip2(Array(Self.row("5").utf8)), "usps.t.bz2", in: folder)
      let files = try files { try FetchedDigits.usps(training: training, test: test, write: $0) }
      let blank = [UInt8](repeating: 0, count: 250)
      #expect(files["train-images-idx3-ubyte"] == idx(type: 8, [2, 16, 16], [0, 41, 127, 191, 254] + blank + [255] + [0, 0, 0, 0, 0] + blank + [0]))
      #expect(files["train-labels-idx1-ubyte"] == idx(type: 8, [2], [9, 0]) && files["t10k-labels-idx1-ubyte"] == idx(type: 8, [1], [4]))
      #expect(files["t10k-images-idx3-ubyte"]?.count == 16 + 256 && files.count == 4)
      for (line, message) in [
        (Self.row("11"), "line 1: the label is 11; expected a whole number from 1 to 10"),
        (Self.row("1") + Self.row("0"), "line 2: the label is 0; expected a whole number from 1 to 10"),
        (Self.row("1", [7: "1.5"]), "line 1, index 7: the value is 1.5; expected one from -1 to 1"),
        ("1 257:1\n", "line 1: the index is 257; expected at most 256"),
      ] {
        let path = try put(Array(line.utf8), "bad", in: folder)
        let failure = #expect(throws: Failure.self) { try FetchedDigits.usps(training: path, test: test) { _, _ in } }
        #expect(failure?.description == "\(path): \(message)")
      }
    }
  }

  /// QMNIST's labels: eight integers a row, of which the first is the class.
  @Test func labelsOfSeveralColumns() throws {
    try withTemporaryFolder { folder in
      let rows: [[Int32]] = [[5, 1, 2, 3, 35, 0, 0, 9], [0, 4, 2610, 140, 48, 1, 0, -7]]
      try put(gzip(idx(type: 8, [2, 1, 1], [1, 2])), "train-images-idx3-ubyte.gz", in: folder)
      let labels = try put(
        gzip(idx(type: 0x0C, [2, 8], rows.flatMap { $0.flatMap { bigEndian(UInt32(bitPattern: $0)) } })), "train-labels-idx2-int.gz", in: folder)
      #expect(try Dataset.load(idxFolder: folder.path).targets == .classes([5, 0]))
      #expect(try Dataset.load(idxFolder: folder.path, labelColumn: 4).targets == .classes([35, 48]))
      #expect(try ExampleTable(idxFolder: folder.path, prefix: "train", labelColumn: -1).labels?.values == [9, -7])
      #expect(try ExampleTable(idxFolder: folder.path, prefix: "train").labels?.values == [5, 0])
      #expect(throws: Failure(.badData, at: "\(labels): row 1", "the label is -7; expected a whole number from 0 to 65535")) {
        try Dataset.load(idxFolder: folder.path, labelColumn: -1)
      }
      for column in [8, -9] {
        #expect(throws: Failure(.badData, at: labels, "has 8 numbers a row; column \(column) is none of them")) {
          try Dataset.load(idxFolder: folder.path, labelColumn: column)
        }
      }
      var request = TableRequest(folder.path)
      request.label = .name("class")
      #expect(throws: Failure(.usage, at: folder.path, "the columns of IDX labels have no names, such as 'class'; expected a number")) { try request.open() }
      // A list of classes as integers, and images that are none.
      try put(idx(type: 0x0C, [2], bigEndian(3) + bigEndian(65_535)), "train-labels-idx2-int.gz", in: folder)
      #expect(try Dataset.load(idxFolder: folder.path).targets == .classes([3, 65_535]))
      let images = try put(idx(type: 0x0C, [2, 1], bigEndian(3) + bigEndian(4)), "images", in: folder)
      #expect(throws: Failure(.badData, at: images, "holds 32-bit integers; expected images of unsigned bytes")) { try ExampleStore(images: images) }
    }
  }
}
