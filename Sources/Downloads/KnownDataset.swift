import Failures
import Glibc

/// A data set of MNIST's form that can be fetched: four IDX files, gzipped.
public struct KnownDataset: Sendable {
  public let name: String
  public let files: [FileDownload]
  /// Folders in which an operating system's package puts the same files, plain or gzipped.
  public let systemFolders: [String]

  /// Every set whose checksums somebody publishes: they are those of TensorFlow Datasets (`url_checksums/*.txt`).
  public static let all = [mnist, fashionMNIST, kmnist]

  /// - Throws: `.usage` when there is no set of that name.
  public static func named(_ name: String) throws(Failure) -> KnownDataset {
    guard let known = all.first(where: { $0.name == name }) else {
      throw Failure(.usage, at: name, "unknown data set; known are \(all.map(\.name).joined(separator: ", "))")
    }
    return known
  }

  /// The same set, to be had from the folders at the addresses `mirrors`.
  public func from(_ mirrors: [String]) -> KnownDataset {
    let files = files.map { file in
      FileDownload(
        name: file.name, byteCount: file.byteCount, sha256: file.sha256, mirrors: mirrors.map { $0.hasSuffix("/") ? $0 + file.name : "\($0)/\(file.name)" })
    }
    return KnownDataset(name: name, files: files, systemFolders: systemFolders)
  }

  /// Bytes of all files.
  public var byteCount: Int { files.reduce(0) { $0 + $1.byteCount } }

  /// The folder in the cache: `$XDG_CACHE_HOME/lockstep/NAME`, or `~/.cache/lockstep/NAME`.
  ///
  /// - Throws: `.missingInput` when neither variable is set.
  public func cacheFolder(_ environment: [String: String]) throws(Failure) -> String {
    // The XDG specification has relative paths ignored.
    if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") { return "\(cache)/lockstep/\(name)" }
    guard let home = environment["HOME"], !home.isEmpty else { throw Failure(.missingInput, "neither XDG_CACHE_HOME nor HOME says where the cache is") }
    return "\(home)/.cache/lockstep/\(name)"
  }

  /// The folder that has all the files already: the cache, if every checksum is right, or an operating system's package; nil where there is none.
  ///
  /// - Throws: `.inputOutput` when a file cannot be read.
  public func present(in cache: String) throws(Failure) -> String? {
    var missing = 0
    for file in files {
      if try !file.isPresent(in: cache) { missing += 1 }
    }
    if missing == 0 { return cache }
    return systemFolders.first { folder in
      files.allSatisfy { file in access("\(folder)/\(file.name)", R_OK) == 0 || access("\(folder)/\(file.name.dropLast(3))", R_OK) == 0 }
    }
  }

  /// Brings what is missing into `cache`, a folder that is made if need be.
  ///
  /// - Parameters:
  ///   - patience: as for `FileDownload.fetch`.
  ///   - progress: is told how many bytes of all files there are; what it throws ends the download, and is thrown.
  /// - Throws: what `FileDownload.fetch` throws.
  public func fetch(into cache: String, patience: Int, progress: (Int) throws(Failure) -> Void) throws(Failure) {
    try makeFolders(cache)
    var done = 0
    for file in files {
      let before = done
      try file.fetch(into: cache, patience: patience) { bytes throws(Failure) in try progress(before + bytes) }
      done += file.byteCount
    }
  }
}

extension KnownDataset {
  private init(_ name: String, mirrors: [String], systemFolders: [String] = [], _ files: [(name: String, byteCount: Int, sha256: String)]) {
    self.name = name
    self.systemFolders = systemFolders
    self.files = files.map { file in
      FileDownload(name: file.name + "-ubyte.gz", byteCount: file.byteCount, sha256: file.sha256, mirrors: mirrors.map { "\($0)/\(file.name)-ubyte.gz" })
    }
  }

  private static let mnist = KnownDataset(
    "mnist", mirrors: ["https://storage.googleapis.com/cvdf-datasets/mnist", "https://ossci-datasets.s3.amazonaws.com/mnist"],
    [
      ("train-images-idx3", 9_912_422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
      ("train-labels-idx1", 28_881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
      ("t10k-images-idx3", 1_648_877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
      ("t10k-labels-idx1", 4_542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
    ])

  /// Debian packs the files anew, in `dataset-fashion-mnist`.
  private static let fashionMNIST = KnownDataset(
    "fashion-mnist",
    mirrors: [
      "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com", "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion",
    ], systemFolders: ["/usr/share/datasets/fashion-mnist"],
    [
      ("train-images-idx3", 26_421_880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
      ("train-labels-idx1", 29_515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
      ("t10k-images-idx3", 4_422_102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
      ("t10k-labels-idx1", 5_148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
    ])

  private static let kmnist = KnownDataset(
    "kmnist", mirrors: ["http://codh.rois.ac.jp/kmnist/dataset/kmnist"],
    [
      ("train-images-idx3", 18_165_135, "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4"),
      ("train-labels-idx1", 29_497, "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17"),
      ("t10k-images-idx3", 3_041_136, "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5"),
      ("t10k-labels-idx1", 5_120, "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c"),
    ])
}
