import Datasets
import Failures
import RunConfig

/// The data that a config names, read and cut as it says.
public struct RunData: Sendable {
  public let training: Dataset
  public let validation: Dataset?

  /// - Throws: `Failure` naming the file and place, or the key.
  public init(_ section: DataSection, seed: UInt64) throws(Failure) {
    var (training, validation) = try Self.load(section)
    if let path = section.sampleWeight { training = try training.withSampleWeights(idxFile: path) }
    if let path = section.validationSampleWeight { validation = try validation?.withSampleWeights(idxFile: path) }
    if let classes = section.classes {
      training = try training.selecting(classes: classes)
      validation = if let test = validation { try test.selecting(classes: classes) } else { nil }
    }
    training.scale = section.scale
    validation?.scale = section.scale
    if case .fraction(let fraction, let stratified) = section.validation {
      (training, validation) = try training.split(validationFraction: fraction, stratified: stratified, seed: seed)
    }
    self.training = training
    self.validation = validation
  }

  /// The first `count` rows of the first epoch, as far as there are so many.
  public func firstRows(_ count: Int, _ configuration: RunConfiguration) -> [UInt32] {
    Array(epochOrder(training.rows, epoch: 0, seed: configuration.seed, shuffle: configuration.fit.shuffle).prefix(count))
  }

  /// Training rows, and the folder's test files where the config asks for them.
  private static func load(_ section: DataSection) throws(Failure) -> (Dataset, Dataset?) {
    switch section.source {
    case .bundled: return (try Dataset.bundledDigits(), nil)
    case .idx(let path):
      guard section.validation == .test else { return (try Dataset.load(idxFolder: path), nil) }
      let both = try Dataset.loadBoth(idxFolder: path)
      return (both.training, both.test)
    }
  }
}
