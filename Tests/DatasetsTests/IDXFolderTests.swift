import Datasets
import Failures
import Foundation
import TestSupport
import Testing

@Suite struct IDXFolderTests {
  /// A folder with a small training part (three images of 2×2), and a test part of two.
  private func withFolder(_ body: (URL) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try put(idx([3, 2, 2], Array(1...12) as [UInt8]), "train-images-idx3-ubyte", in: folder)
      try put(idx([3], [0, 2, 1] as [UInt8]), "train-labels-idx1-ubyte", in: folder)
      try put(gzip(idx([2, 2, 2], Array(21...28) as [UInt8])), "t10k-images-idx3-ubyte.gz", in: folder)
      try put(gzip(idx([2], [4, 0] as [UInt8])), "t10k-labels-idx1-ubyte.gz", in: folder)
      try body(folder)
    }
  }

  @Test func bothParts() throws {
    try withFolder { folder in
      let alone = try Dataset.load(idxFolder: folder.path)
      #expect(alone.classCount == 3)
      let (training, test) = try Dataset.loadBoth(idxFolder: folder.path + "/")
      #expect(training.store.allBytes == Array(1...12))
      #expect(training.labels == [0, 2, 1])
      #expect(training.width == 4)
      #expect(test.store.allBytes == Array(21...28))
      #expect(test.labels == [4, 0])
      #expect(training.classCount == 5)
      #expect(test.classCount == 5)
    }
  }

  @Test func thePlainFileIsTakenWhenBothAreThere() throws {
    try withFolder { folder in
      try put(gzip(idx([3], [9, 9, 9] as [UInt8])), "train-labels-idx1-ubyte.gz", in: folder)
      #expect(try Dataset.load(idxFolder: folder.path).labels == [0, 2, 1])
    }
  }

  static let labelFiles: [([UInt8], Targets)] = [
    (idx([3, 2], [1, 0, 0, 1, 1, 1] as [UInt8]), .vectors([1, 0, 0, 1, 1, 1], width: 2)),
    (idx([3], [0.5, -1, 7] as [Float]), .vectors([0.5, -1, 7], width: 1)),
    (idx([3, 2], [0.5, -1, 7, 1, 2, 3] as [Float]), .vectors([0.5, -1, 7, 1, 2, 3], width: 2)),
  ]

  @Test(arguments: labelFiles)
  func labelsOfOtherKinds(file: [UInt8], targets: Targets) throws {
    try withFolder { folder in
      try put(file, "train-labels-idx1-ubyte", in: folder)
      let data = try Dataset.load(idxFolder: folder.path)
      #expect(data.targets == targets)
      #expect(data.classCount == 0)
    }
  }

  /// A file put over one of the good ones, and the words that follow the folder's path.
  static let defects: [(name: String, bytes: [UInt8], message: String)] = [
    (
      "train-labels-idx1-ubyte", idx([2], [0, 1] as [UInt8]),
      "train-images-idx3-ubyte: holds 3 images, but FOLDER/train-labels-idx1-ubyte holds 2 labels"
    ),
    ("train-labels-idx1-ubyte", idx([3, 1, 1], [0, 1, 1] as [UInt8]), "train-labels-idx1-ubyte: labels of 3 dimensions; expected 1 or 2"),
    ("train-labels-idx1-ubyte", idx([3, 2], [0, 1, 1, 0, 2, 0] as [UInt8]), "train-labels-idx1-ubyte: row 2, column 0: the label is 2; expected 0 or 1"),
    (
      "train-labels-idx1-ubyte", idx([3, 2], [0, 1, 1, .nan, 2, 0] as [Float]),
      "train-labels-idx1-ubyte: row 1, column 1: the value is nan; expected a finite number"
    ),
    (
      "train-labels-idx1-ubyte", idx([3], [0, 1, 1] as [Float]),
      "t10k-labels-idx1-ubyte.gz: holds class labels, but FOLDER/train-labels-idx1-ubyte holds target vectors of 1"
    ),
    (
      "train-images-idx3-ubyte", idx([3, 2], [0, 1, 1, 0, 2, 0] as [Float]), "train-images-idx3-ubyte: holds 32-bit floats; expected images of unsigned bytes"
    ),
    (
      "train-images-idx3-ubyte", idx([3], [0, 1, 1] as [UInt8]),
      "train-images-idx3-ubyte: has 1 dimension, as labels have; expected images: rows, and then 1 to 3 more"
    ),
    (
      "t10k-images-idx3-ubyte", idx([2, 3], [1, 2, 3, 4, 5, 6] as [UInt8]),
      "t10k-images-idx3-ubyte: the images' width is 3, but that of FOLDER/train-images-idx3-ubyte is 4"
    ),
    ("t10k-images-idx3-ubyte", [], "t10k-images-idx3-ubyte: byte 0: the file ends inside the IDX header; expected at least 8 bytes of header"),
  ]

  @Test func eachDefectHasItsWords() throws {
    for defect in Self.defects {
      try withFolder { folder in
        try put(defect.bytes, defect.name, in: folder)
        let failure = #expect(throws: Failure.self, "\(defect.message)") { try Dataset.loadBoth(idxFolder: folder.path) }
        let message = defect.message.replacingOccurrences(of: "FOLDER", with: folder.path)
        #expect(failure?.description == "\(folder.path)/\(message)")
        #expect(failure?.kind == .badData)
      }
    }
  }

  @Test(arguments: ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"])
  func aMissingFileIsNamed(name: String) throws {
    try withFolder { folder in
      for path in [name, name + ".gz"] { try? FileManager.default.removeItem(at: folder.appendingPathComponent(path)) }
      let failure = #expect(throws: Failure.self) { try Dataset.loadBoth(idxFolder: folder.path) }
      #expect(failure == Failure(.missingInput, at: folder.path, "neither \(name) nor \(name).gz is there"))
    }
  }

  @Test func aTrainingPartNeedsNoTestPart() throws {
    try withFolder { folder in
      try FileManager.default.removeItem(at: folder.appendingPathComponent("t10k-images-idx3-ubyte.gz"))
      #expect(try Dataset.load(idxFolder: folder.path).count == 3)
    }
  }
}
