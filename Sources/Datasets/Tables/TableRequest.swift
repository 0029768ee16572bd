import Failures
import Glibc

/// A file or folder of examples of any format, and what must be said about it.
public struct TableRequest: Sendable {
  /// A file, or a folder.
  public var path: String
  /// Nil for what the name says, or the names in a folder.
  public var format: DataFormat?
  /// For CSV and TSV, nil for a file without labels; for IDX files of labels with several integers a row, such as QMNIST's, a number.
  public var label: LabelColumn? = .number(0)
  /// For CSV and TSV: whether the column of the labels is left out, whatever stands in it, text or nothing. The table has no labels then.
  public var skipsLabel = false
  /// For CSV and TSV; nil for "where no field of the first line is a number".
  public var header: Bool?
  /// For NPZ and folders of NPY: the array of the features; nil for Keras's `x_train`, with `y_train`, and with `x_test` and `y_test` to test with where they are there.
  public var images: String?
  /// The array of the labels; for single files of IDX and NPY the other file's path.
  public var labels: String?

  /// - Parameters:
  ///   - path: a file, or a folder.
  ///   - format: nil for what the name says.
  public init(_ path: String, format: DataFormat? = nil) { (self.path, self.format) = (path, format) }

  /// Reads what is there.
  ///
  /// - Returns: the rows to train on, and those to test with where the format has a place for them.
  /// - Throws: what the format's reader throws; `.usage` when nothing says which format it is.
  public func open() throws(Failure) -> (training: ExampleTable, test: ExampleTable?) {
    switch try knownFormat() {
    case .csv: return (try ExampleTable(csv: path, label: label, skipsLabel: skipsLabel, header: header), nil)
    case .tsv: return (try ExampleTable(tsv: path, label: label, skipsLabel: skipsLabel, header: header), nil)
    case .libsvm: return (try ExampleTable(libsvm: path), nil)
    case .png: return (try ExampleTable(pngFolder: path), nil)
    case .idx where isFolder:
      let training = try ExampleTable(idxFolder: path, prefix: "train", labelColumn: try labelNumber)
      guard names.contains(where: { $0.hasPrefix("t10k-images-idx") }) else { return (training, nil) }
      return (training, try ExampleTable(idxFolder: path, prefix: "t10k", labelColumn: try labelNumber))
    case .idx: return (try ExampleTable(idx: path, labels: labels, labelColumn: try labelNumber), nil)
    case .npy where isFolder:
      let arrays = names.compactMap { name in [".npy", ".npy.gz", ".npy.bz2"].first { name.hasSuffix($0) }.map { String(name.dropLast($0.count)) } }
      return try parts(arrays) { (images, labels) throws(Failure) in try ExampleTable(npyFolder: path, features: images, labels: labels) }
    case .npy: return (try ExampleTable(npy: path, labels: labels), nil)
    case .npz:
      let arrays = try ZipArchive(try FileContents(path)).names
      return try parts(arrays) { (images, labels) throws(Failure) in try ExampleTable(npz: path, features: images, labels: labels) }
    }
  }

  /// The arrays that were named, or else those that Keras names so, or the only one.
  private func parts(
    _ arrays: [String], _ read: (_ images: String, _ labels: String?) throws(Failure) -> ExampleTable
  ) throws(Failure) -> (training: ExampleTable, test: ExampleTable?) {
    if let images { return (try read(images, labels), nil) }
    guard arrays.contains("x_train") else {
      guard arrays.count == 1 else {
        throw Failure(
          .usage, at: path, "which array holds the images? there are \(arrays.isEmpty ? "none" : arrays.prefix(8).map(printed).joined(separator: ", "))")
      }
      return (try read(arrays[0], nil), nil)
    }
    let training = try read("x_train", arrays.first { $0 == "y_train" })
    guard arrays.contains("x_test") else { return (training, nil) }
    return (training, try read("x_test", arrays.first { $0 == "y_test" }))
  }

  /// The number of the label's column, where a format knows no names.
  ///
  /// - Throws: `.usage` for a name.
  public var labelNumber: Int {
    get throws(Failure) {
      switch label {
      case nil: 0
      case .number(let number)?: number
      case .name(let name)?: throw Failure(.usage, at: path, "the columns of IDX labels have no names, such as '\(printed(name))'; expected a number")
      }
    }
  }

  private var isFolder: Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// The names in the folder.
  private var names: [String] {
    guard let stream = opendir(path) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) { names.append(withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }) }
    return names
  }

  /// The format that was named, or that the name says, of the folder or of the files in it.
  ///
  /// - Throws: `.usage` when nothing says which it is; `.missingInput` for a file that is not there.
  public func knownFormat() throws(Failure) -> DataFormat {
    if let format { return format }
    if isFolder {
      let names = names
      return names.contains { $0.contains("-idx") } ? .idx : names.contains { DataFormat(name: $0) == .npy } ? .npy : .png
    }
    if let format = DataFormat(name: path) { return format }
    // A file that is missing is the better thing to say.
    _ = try InputFile(path)
    throw Failure(.usage, at: path, "its name does not say which format it has; known are \(DataFormat.allCases.map(\.rawValue).joined(separator: ", "))")
  }
}
