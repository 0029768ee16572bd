import Failures
import Glibc

/// A data set that can be fetched.
public struct KnownDataset: Sendable {
  /// What is to be made of the files before a config can read them, where they have not MNIST's form.
  public enum Preparation: Sendable {
    /// The digits are in an archive of several sets, with rows and columns exchanged.
    case emnistDigits
    /// Two files of LIBSVM's format.
    case usps
  }

  /// As `data fetch` calls it, and its folder in the cache.
  public let name: String
  /// What is downloaded.
  public let files: [FileDownload]
  /// Nil for files that are read as they come: IDX files, gzipped.
  public let preparation: Preparation?
  /// Folders in which an operating system's package puts the same files, plain or gzipped.
  public let systemFolders: [String]

  package init(name: String, files: [FileDownload], preparation: Preparation? = nil, systemFolders: [String] = []) {
    (self.name, self.files, self.preparation, self.systemFolders) = (name, files, preparation, systemFolders)
  }

  /// - Throws: `.usage` when there is no set of that name.
  public static func named(_ name: String) throws(Failure) -> KnownDataset {
    guard let known = all.first(where: { $0.name == name }) else {
      throw Failure(.usage, at: name, "unknown data set; known are \(all.map(\.name).joined(separator: ", "))")
    }
    return known
  }

  /// The same set, to be had from the folders at the addresses `mirrors`, where each file has the name that its own mirrors give it.
  public func from(_ mirrors: [String]) -> KnownDataset {
    let files = files.map { file in
      let remote = file.mirrors[0].split(separator: "/").last ?? ""
      return FileDownload(
        name: file.name, byteCount: file.byteCount, sha256: file.sha256, mirrors: mirrors.map { $0.hasSuffix("/") ? "\($0)\(remote)" : "\($0)/\(remote)" })
    }
    return KnownDataset(name: name, files: files, preparation: preparation, systemFolders: systemFolders)
  }

  /// Bytes of all files; nil where one's length is not known.
  public var byteCount: Int? {
    var sum = 0
    for file in files {
      guard let count = file.byteCount else { return nil }
      sum += count
    }
    return sum
  }

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
    if try isComplete(cache) { return cache }
    return systemFolders.first { folder in
      files.allSatisfy { file in access("\(folder)/\(file.name)", R_OK) == 0 || access("\(folder)/\(file.name.dropLast(3))", R_OK) == 0 }
    }
  }

  private func isComplete(_ cache: String) throws(Failure) -> Bool {
    if preparation != nil { return try ChecksumFile(in: cache).isRight() }
    for file in files {
      if try !file.isPresent(in: cache) { return false }
    }
    return true
  }

  /// Brings what is missing into `cache`, a folder that is made if need be. Where something else is made of the files, they are removed afterwards, and the
  /// checksums of what was made are kept beside it.
  ///
  /// - Parameters:
  ///   - patience: as for `FileDownload.fetch`.
  ///   - prepare: does what `preparation` says in the folder, where the files are; returns the names of the files that it made.
  ///   - progress: is told how many bytes of all files there are; what it throws ends the download, and is thrown.
  /// - Throws: what `FileDownload.fetch`, `prepare` and `progress` throw; `.inputOutput` when the checksums cannot be written.
  public func fetch(
    into cache: String, patience: Int, prepare: (Preparation, _ folder: String) throws(Failure) -> [String],
    progress: (Int) throws(Failure) -> Void = { _ in }
  ) throws(Failure) {
    try makeFolders(cache)
    var done = 0
    for file in files {
      let before = done
      try file.fetch(into: cache, patience: patience) { bytes throws(Failure) in
        done = before + bytes
        try progress(done)
      }
    }
    guard let preparation else { return }
    try ChecksumFile(in: cache).write(of: try prepare(preparation, cache))
    for file in files { unlink("\(cache)/\(file.name)") }
  }
}
