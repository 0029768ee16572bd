import Failures
import Glibc

extension ExampleTable {
  /// A folder with a folder of PNG files for each class: `root/0/….png`, `root/1/….png`. If all names are whole numbers they are the class numbers; else the classes are
  /// 0, 1, … in the order of the names' bytes. Rows come class by class, in the order of the files' names. What begins with a dot is left out.
  ///
  /// - Throws: `.missingInput`, `.inputOutput`; `.badData` naming the file that is no PNG, or not of the size of the first.
  public init(pngFolder root: String) throws(Failure) {
    let classes = try ClassFolder.all(in: root)
    var (pixels, labels, files) = ([UInt8](), [Float](), [String]())
    var size: (width: Int, height: Int)? = nil
    for each in classes {
      for path in try each.files() {
        let image = try PNGImage(path)
        if let size, size != (image.width, image.height) {
          throw Failure(
            .badData, at: path, "is \(image.width) × \(image.height), but \(files[0]) is \(size.width) × \(size.height); all images must be of one size")
        }
        size = (image.width, image.height)
        pixels += image.pixels
        labels.append(Float(each.number))
        files.append(path)
      }
    }
    guard let size else { throw Failure(.badData, at: root, "holds no images; expected folders of .png files, one a class") }
    let names = files
    try self.init(
      path: root, format: .png, count: labels.count, shape: [size.height, size.width],
      features: .bytes(ByteRows(ByteRegion(copying: pixels), byteCount: pixels.count)), labels: Labels(values: labels, width: nil),
      places: Places(feature: { row, column in "\(names[row]): pixel \(column)" }, label: { row, _ in names[row] }))
  }
}

extension PNGImage {
  /// The image of a file, or those of all the PNG files in a folder in the order of their names, each with its path.
  ///
  /// - Throws: as `init(_:)`; `.badData` for a folder that holds none, or something else.
  public static func all(at path: String) throws(Failure) -> [(path: String, image: PNGImage)] {
    guard ClassFolder.isFolder(path) else { return [(path, try PNGImage(path))] }
    try ClassFolder.refuseDataSet(path)
    var images: [(path: String, image: PNGImage)] = []
    for file in try ClassFolder(path: path, number: 0).files() { images.append((file, try PNGImage(file))) }
    guard !images.isEmpty else { throw Failure(.badData, at: path, "holds no .png files") }
    return images
  }
}

/// The folder of a class.
private struct ClassFolder {
  let path: String
  let number: Int

  static func all(in root: String) throws(Failure) -> [ClassFolder] {
    let names = try entries(of: root)
    let numbers = names.map { name in name.allSatisfy { $0.isASCII && $0.isNumber } ? Int(name) : nil }
    let areNumbers = numbers.allSatisfy { $0 != nil }
    var folders: [ClassFolder] = []
    for (order, name) in names.enumerated() {
      let path = root.hasSuffix("/") ? root + name : "\(root)/\(name)"
      let number = areNumbers ? numbers[order]! : order
      guard number <= Dataset.highestLabel else { throw Failure(.badData, at: path, "the class is \(number); expected 0 to \(Dataset.highestLabel)") }
      if let twin = folders.first(where: { $0.number == number }) { throw Failure(.badData, at: path, "is class \(number), as \(twin.path) is") }
      folders.append(ClassFolder(path: path, number: number))
    }
    return folders.sorted { $0.number < $1.number }
  }

  /// - Throws: `.badData` for a folder that holds folders, or files of another format: a data set, of which one part is wanted.
  static func refuseDataSet(_ root: String) throws(Failure) {
    let names = try entries(of: root)
    func full(_ name: String) -> String { root.hasSuffix("/") ? root + name : "\(root)/\(name)" }
    if let folder = names.first(where: { isFolder(full($0)) }) {
      throw Failure(.badData, at: root, "holds folders, as a data set of PNG files does; give one of them, such as \(full(folder))")
    }
    let others = names.filter { DataFormat(name: $0).map { $0 != .png } ?? false }
    if let file = others.first(where: { $0.contains("images") || $0.hasPrefix("x_") }) ?? others.first {
      throw Failure(.badData, at: root, "a folder of other files than PNG; name the one that holds the images, such as \(full(file))")
    }
  }

  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Its images, in the order of their names.
  func files() throws(Failure) -> [String] {
    var files: [String] = []
    for name in try Self.entries(of: path) {
      guard name.lowercased().hasSuffix(".png") else {
        throw Failure(.badData, at: "\(path)/\(name)", "not a .png file; a class's folder may hold nothing else")
      }
      files.append("\(path)/\(name)")
    }
    return files
  }

  /// The names in a folder, in the order of their bytes, without those that begin with a dot.
  private static func entries(of folder: String) throws(Failure) -> [String] {
    guard let stream = opendir(folder) else {
      if errno == ENOENT { throw Failure(.missingInput, at: folder, "no such folder") }
      if errno == ENOTDIR { throw Failure(.badData, at: folder, "not a folder; expected a folder of .png files for each class") }
      throw Failure(.inputOutput, at: folder, "cannot be opened: \(systemErrorText(errno))")
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
