import Datasets
import TestSupport
import Testing

/// Facts of the original MNIST files, on machines that have them.
@Suite(.enabled(if: PackageFiles.mnist != nil, "no MNIST here: set LOCKSTEP_MNIST to the folder of its four files"))
struct MNISTTests {
  @Test func bothPartsAreTheOriginals() throws {
    let folder = try #require(PackageFiles.mnist).path
    let (training, test) = try Dataset.loadBoth(idxFolder: folder)
    #expect(training.rowsPerClass == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949])
    #expect(test.rowsPerClass == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009])
    #expect(training.width == 784)
    #expect(try checksum("md5sum", of: idx([60_000, 28, 28], training.store.allBytes)) == "6bbc9ace898e44ae57da46a324031adb")
    #expect(try checksum("md5sum", of: idx([60_000], training.labels.map(UInt8.init))) == "a25bea736e30d166cdddb491f175f624")
    #expect(try checksum("md5sum", of: idx([10_000, 28, 28], test.store.allBytes)) == "2646ac647ad5339dbf082846283269ea")
    #expect(try checksum("md5sum", of: idx([10_000], test.labels.map(UInt8.init))) == "27ae3e4e09519cfbb04c329615203637")
  }

  @Test func zerosAndOnes() throws {
    let folder = try #require(PackageFiles.mnist).path
    let pair = try Dataset.load(idxFolder: folder).selecting(classes: [0, 1])
    #expect(pair.rowsPerClass == [5923, 6742])
    let (training, validation) = try pair.split(validationFraction: 0.2, stratified: true, seed: 1)
    #expect(validation.rowsPerClass == [1185, 1348])
    #expect(training.rowsPerClass == [4738, 5394])
  }
}
