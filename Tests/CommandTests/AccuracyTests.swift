import Foundation
import TestSupport
import Testing

/// The promise: the configs that ship learn what their comments say.
@Suite struct AccuracyTests {
  @Test(.enabled(if: PackageFiles.mnist != nil, "no MNIST here: set LOCKSTEP_MNIST to the folder of its four files"))
  func allOfMNISTInTenEpochs() throws {
    let digits = try #require(PackageFiles.mnist).path
    try withTemporaryFolder { folder in
      let history = try train("configs/mnist.json", set("data.path=\(digits)"), into: folder).history
      #expect(history.count == 10)
      let accuracy = try #require(history.last?["val_accuracy"])
      #expect(accuracy >= 0.94)
    }
  }

  @Test(arguments: [("digits", 0.9), ("zeros-and-ones", 0.98), ("ten-sigmoids", 0.88), ("logistic-regression", 0.88)])
  func bundledDigits(_ name: String, _ least: Double) throws {
    try withTemporaryFolder { folder in
      let accuracy = try #require(try train("configs/\(name).json", into: folder).history.last?["val_accuracy"])
      #expect(accuracy >= least)
    }
  }
}
