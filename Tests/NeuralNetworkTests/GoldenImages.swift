import Foundation
import RunConfig
import TestSupport

/// `Tests/Golden/augmentations.json`: what Keras's image layers make of one image.
struct GoldenImages: Decodable, Sendable {
  struct Case: Decodable, Sendable {
    let layer: Options
    /// One, or one for each sign.
    let pixels: [[Float]]
  }

  struct Options: Decodable, Sendable {
    let type: String
    let scale: [Double]?
    let fillMode: String?
    let fillValue: Float?
    let valueRange: [Float]?
  }

  let height, width: Int
  let image: [Float]
  let noiseX, noiseY: [Float]
  let elastic: [Case]

  static let table: GoldenImages? = {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try? decoder.decode(GoldenImages.self, from: Data(contentsOf: PackageFiles.root.appendingPathComponent("Tests/Golden/augmentations.json")))
  }()
}
