import Failures
import Foundation
import TestSupport
import Testing

import Datasets

@Suite struct BundledDigitsTests {
  @Test func facts() throws {
    let digits = try Dataset.bundledDigits()
    #expect(digits.count == 5000)
    #expect(digits.width == 784)
    #expect(digits.classCount == 10)
    #expect(digits.rowsPerClass == [Int](repeating: 500, count: 10))
    #expect(digits.labels == digits.labels.sorted(), "sorted by class, as the README beside the files says")
    let pixels = digits.store.allBytes
    #expect(pixels.min() == 0)
    #expect(pixels.max() == 255)
    // About a fifth of MNIST's pixels are ink, and none in the corners.
    let inked = Double(pixels.count { $0 != 0 }) / Double(pixels.count)
    #expect(abs(inked - 0.1926) < 0.0001)
    #expect(stride(from: 0, to: pixels.count, by: 784).allSatisfy { pixels[$0] == 0 && pixels[$0 + 783] == 0 })
  }

  /// The sums recorded in the README beside the files.
  @Test func checksumsOfTheInflatedFiles() throws {
    let digits = try Dataset.bundledDigits()
    let images = idx([5000, 28, 28], digits.store.allBytes)
    let labels = idx([5000], digits.labels.map(UInt8.init))
    #expect(try checksum("sha256sum", of: images) == "a4a9358b9ba319305e7cd69b2c7410e463401e152d7e9e60189b94a3f159d012")
    #expect(try checksum("sha256sum", of: labels) == "704256e87519240fd1d7ecdf681fe209864691e252c6642aeadc21f3c4d44b41")
  }

  @Test func mappedAndInflatedFilesAreTheSameBytes() throws {
    let digits = try Dataset.bundledDigits()
    try withTemporaryFolder { folder in
      let path = try put(idx([5000, 28, 28], digits.store.allBytes), "plain", in: folder)
      #expect(try ExampleStore(images: path).allBytes == digits.store.allBytes)
    }
  }

  @Test func placesAreTriedInOrder() throws {
    try withTemporaryFolder { folder in
      let search = BundledFolder(executable: folder.path + "/bin/lockstep", resources: folder.path + "/else")
      let places = ["/bin/lockstep_Datasets.resources/mnist5k", "/share/lockstep/mnist5k", "/else/mnist5k"].map { folder.path + $0 }
      #expect(search.candidates == places)
      let failure = #expect(throws: Failure.self) { try search.find() }
      #expect(failure?.kind == .missingInput)
      #expect(
        failure?.description
          == "bundled digits: not found in \(places.joined(separator: ", ")); set LOCKSTEP_RESOURCES to the folder that holds mnist5k")
      for place in places.reversed() {
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        #expect(try search.find() == place)
      }
    }
  }

  @Test func programsInTheRootFolderAndUnknownOnes() {
    #expect(
      BundledFolder(executable: "/lockstep", resources: nil).candidates == ["/lockstep_Datasets.resources/mnist5k", "/share/lockstep/mnist5k"])
    #expect(BundledFolder(executable: nil, resources: "").candidates.isEmpty)
  }
}
