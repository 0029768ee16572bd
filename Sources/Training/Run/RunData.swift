import Datasets
import Failures
import RunConfig

/// The data that a config names, read and cut as it says.
public struct RunData: Sendable {
  /// The rows to train on.
  public let training: Dataset
  /// The rows to validate; nil for none.
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

  /// Training rows, and the source's test part where the config asks for it.
  private static func load(_ section: DataSection) throws(Failure) -> (Dataset, Dataset?) {
    switch section.source {
    case .bundled: return (try Dataset.bundledDigits(), nil)
    case .idx(let path, let column):
      guard section.validation == .test else { return (try Dataset.load(idxFolder: path, labelColumn: column), nil) }
      let both = try Dataset.loadBoth(idxFolder: path, labelColumn: column)
      return (both.training, both.test)
    default:
      let training = try table(section.source)
      let kind = section.labelKind
      guard section.validation == .test else { return (try Dataset(training, labels: kind), nil) }
      let both = try Dataset.load(training, test: try table(section.source, testOf: training), labels: kind)
      return (both.training, both.test)
    }
  }

  /// The training part of a source of one table a file; or its test part, for which `training` says what that leaves open.
  private static func table(_ source: DataSection.Source, testOf training: ExampleTable? = nil) throws(Failure) -> ExampleTable {
    /// The config's own rules see to it that there is a test path.
    func path(_ path: String, _ testPath: String?) -> String { training == nil ? path : testPath ?? path }
    switch source {
    case .bundled, .idx: preconditionFailure("\(source) is no table")
    case .csv(let text): return try ExampleTable(csv: path(text.path, text.testPath), label: text.label, header: text.header)
    case .tsv(let text): return try ExampleTable(tsv: path(text.path, text.testPath), label: text.label, header: text.header)
    case .libsvm(let text): return try ExampleTable(libsvm: path(text.path, text.testPath), features: text.features ?? training?.width)
    case .png(let folder, let testPath): return try ExampleTable(pngFolder: path(folder, testPath))
    case .npz(let arrays):
      let (images, labels) = training == nil ? (arrays.images, arrays.labels) : (arrays.testImages, arrays.testLabels)
      return try ExampleTable(npz: arrays.path, features: images, labels: labels)
    case .npy(let arrays):
      let (images, labels) = training == nil ? (arrays.images, arrays.labels) : (arrays.testImages, arrays.testLabels)
      return try ExampleTable(npyFolder: arrays.path, features: images, labels: labels)
    }
  }
}

extension DataSection {
  /// Labels are class numbers but where they are wanted as they are, and nothing asks for classes.
  fileprivate var labelKind: LabelKind {
    let asksForClasses = if case .fraction(_, stratified: true) = validation { true } else { classes != nil }
    return targets == .value && !asksForClasses ? .numbers : .classes
  }
}

extension DataSection.TextSource {
  fileprivate var label: Datasets.LabelColumn {
    switch labelColumn {
    case .number(let number): .number(number)
    case .name(let name): .name(name)
    }
  }
}
