extension DataSection {
  /// Where the examples come from. Files may be gzipped, or packed by bzip2.
  public enum Source: Equatable, Sendable {
    /// The 5,000 real digits that ship with the package.
    case bundled
    /// A folder of IDX files: `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, and `t10k-…` for the test part.
    /// Of labels with several integers a row, as QMNIST has them, the column `labelColumn` counts: from 0, below 0 from the last one backwards.
    case idx(path: String, labelColumn: Int = 0)
    /// Comma-separated values, a row a line.
    case csv(TextSource)
    /// The same with tabs.
    case tsv(TextSource)
    /// A folder of NumPy arrays, each a file named after it.
    case npy(ArraySource)
    /// NumPy arrays in an archive.
    case npz(ArraySource)
    /// LIBSVM's format, `label index:value …`.
    case libsvm(SparseSource)
    /// A folder of PNG files for each class.
    case png(path: String, testPath: String? = nil)
  }

  /// A file of text with a column of labels.
  public struct TextSource: Equatable, Sendable {
    /// Which column holds the labels.
    public enum LabelColumn: Equatable, Sendable {
      /// From 0; below 0 from the last one backwards, which is -1.
      case number(Int)
      /// As the header calls it.
      case name(String)
    }

    /// The file that is trained on.
    public var path: String
    /// The file that `validation` `.test` is measured on.
    public var testPath: String?
    /// The column that is the target.
    public var labelColumn: LabelColumn
    /// Whether the first line holds the columns' names; nil for "where none of its fields is a number".
    public var header: Bool?

    /// - Parameters:
    ///   - path: the file that is trained on.
    ///   - testPath: the file that `validation` `.test` is measured on; nil for none.
    ///   - labelColumn: the column that is the target.
    ///   - header: nil for "where none of the first line's fields is a number".
    public init(path: String, testPath: String? = nil, labelColumn: LabelColumn = .number(0), header: Bool? = nil) {
      (self.path, self.testPath, self.labelColumn, self.header) = (path, testPath, labelColumn, header)
    }
  }

  /// Arrays by name; the names that Keras's `mnist.npz` has unless others are given.
  public struct ArraySource: Equatable, Sendable {
    /// The archive, or the folder of `NAME.npy` files.
    public var path: String
    /// The array of the training images, `[rows, …]`.
    public var images: String
    /// The array of the training labels, `[rows]` or `[rows, outputs]`.
    public var labels: String
    /// The array of the test images.
    public var testImages: String
    /// The array of the test labels.
    public var testLabels: String

    /// - Parameters:
    ///   - path: the archive, or the folder.
    ///   - images: the array of the training images.
    ///   - labels: the array of the training labels.
    ///   - testImages: the array of the test images.
    ///   - testLabels: the array of the test labels.
    public init(path: String, images: String = "x_train", labels: String = "y_train", testImages: String = "x_test", testLabels: String = "y_test") {
      (self.path, self.images, self.labels, self.testImages, self.testLabels) = (path, images, labels, testImages, testLabels)
    }
  }

  /// A file that names only what is not 0.
  public struct SparseSource: Equatable, Sendable {
    /// The file that is trained on.
    public var path: String
    /// The file that `validation` `.test` is measured on.
    public var testPath: String?
    /// Features a row; nil for the highest index in `path`.
    public var features: Int?

    /// - Parameters:
    ///   - path: the file that is trained on.
    ///   - testPath: the file that `validation` `.test` is measured on; nil for none.
    ///   - features: a row; nil for the highest index in `path`.
    public init(path: String, testPath: String? = nil, features: Int? = nil) {
      (self.path, self.testPath, self.features) = (path, testPath, features)
    }
  }
}

extension DataSection.Source {
  /// Whether `validation` `.test` has something to read.
  var hasTestPart: Bool {
    switch self {
    case .bundled: false
    case .idx, .npy, .npz: true
    case .csv(let text), .tsv(let text): text.testPath != nil
    case .libsvm(let text): text.testPath != nil
    case .png(_, let testPath): testPath != nil
    }
  }

  /// The same, read from where `other` lies, if that is of the same kind.
  func moved(to other: DataSection.Source) -> DataSection.Source {
    switch (self, other) {
    case (.idx(_, let column), .idx(let path, _)): return .idx(path: path, labelColumn: column)
    case (.csv(var text), .csv(let old)):
      (text.path, text.testPath) = (old.path, old.testPath)
      return .csv(text)
    case (.tsv(var text), .tsv(let old)):
      (text.path, text.testPath) = (old.path, old.testPath)
      return .tsv(text)
    case (.libsvm(var text), .libsvm(let old)):
      (text.path, text.testPath) = (old.path, old.testPath)
      return .libsvm(text)
    case (.npy, .npy), (.npz, .npz), (.png, .png): return other
    default: return self
    }
  }
}
