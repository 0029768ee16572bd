import Foundation
import Interchange
import TestSupport
import Testing

/// The promise: from the same weights and rows in the same order, Lockstep trains what Keras trains. `Tests/Golden` holds what Keras wrote.
@Suite struct GoldenTests {
  static let folder = PackageFiles.root.appendingPathComponent("Tests/Golden")

  /// Every folder in `Tests/Golden` with a `config.json`.
  static let cases: [String] = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted().filter { name in
    FileManager.default.fileExists(atPath: folder.appendingPathComponent("\(name)/config.json").path)
  }

  struct Expected: Decodable {
    let loss: [Double]
    let accuracy: [Double]
    let metrics: [String: [Double]]?
  }

  @Test func noCaseIsMissing() {
    #expect(Self.cases.count >= 31)
  }

  /// Loss of every epoch, to 1e-4 of itself: Keras in float32 and in float64 differ by 9.1e-6 at most (`loss_gap_relative`).
  /// Accuracy of every epoch: the same number of right answers. 149 is the rows of the largest case, so less than half a row in each. Other metrics: as the loss.
  @Test(arguments: cases)
  func everyEpochIsThatOfKeras(_ name: String) throws {
    try withTemporaryFolder { folder in
      let run = try train("Tests/Golden/\(name)/config.json", into: folder)
      let expected = try JSONDecoder().decode(Expected.self, from: Data(contentsOf: Self.folder.appendingPathComponent("\(name)/expected.json")))
      let history = try run.history
      try #require(history.count == expected.loss.count)
      for (epoch, record) in history.enumerated() {
        let loss = try #require(record["loss"])
        #expect(abs(loss - expected.loss[epoch]) <= 1e-4 * abs(expected.loss[epoch]), "epoch \(epoch + 1): \(loss), in Keras \(expected.loss[epoch])")
        let accuracy = try #require(record["accuracy"])
        #expect(abs(accuracy - expected.accuracy[epoch]) < 0.5 / 149, "epoch \(epoch + 1): \(accuracy), in Keras \(expected.accuracy[epoch])")
        for (name, values) in expected.metrics ?? [:] {
          let value = try #require(record[name], "\(name)")
          #expect(abs(value - values[epoch]) <= 1e-4 * max(1, abs(values[epoch])), "epoch \(epoch + 1): \(name) \(value), in Keras \(values[epoch])")
        }
      }
    }
  }

  /// Every element of every tensor, to 1e-5: six times the largest difference between Keras in float32 and in float64 (1.7e-6, `weight_gap`), and a
  /// sixteen-hundredth of the least that any case's tensor moved (0.0166, `weight_movement`); a wrong step or a permuted tensor is far outside.
  @Test(arguments: cases)
  func everyWeightIsThatOfKeras(_ name: String) throws {
    try withTemporaryFolder { folder in
      let found = try train("Tests/Golden/\(name)/config.json", into: folder).tensors
      let path = Self.folder.appendingPathComponent("\(name)/final.safetensors").path
      let expected = try Safetensors.decode(Array(Data(contentsOf: URL(fileURLWithPath: path))), file: path).tensors
      #expect(Set(found.map { $0.name }) == Set(expected.map { $0.name }))
      for tensor in expected {
        let twin = try #require(found.first { $0.name == tensor.name }, "\(tensor.name)")
        #expect(twin.shape == tensor.shape, "\(tensor.name)")
        expectClose(twin.values, tensor.values, within: 1e-5, tensor.name)
      }
    }
  }
}
