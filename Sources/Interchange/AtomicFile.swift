import Failures
import Glibc

/// Writes files so that a reader, or the next run after a power cut, finds the earlier content or the new one, never a part.
public enum AtomicFile {
  /// Replaces the file at `path` by `bytes`: a temporary file in the same folder, synced to the disk, takes its name.
  ///
  /// A symbolic link at `path` is replaced, not followed; a device or pipe is refused. New files get mode 0666 less the process's umask.
  ///
  /// - Throws: `.inputOutput` at `path` with the system's words. The temporary file is then gone, and the earlier file as it was, unless it was the
  ///   last step that failed, syncing the folder: then the new file is in place but may not outlive a power cut.
  public static func write(_ bytes: [UInt8], to path: String) throws(Failure) {
    try write(bytes, to: path, calls: Calls())
  }

  /// Replaces several files: every byte of all of them is on the disk before the first temporary file takes its name. So whatever can be foreseen to go
  /// wrong, a full disk above all, leaves every earlier file as it was.
  ///
  /// - Throws: as `write(_:to:)`, at the path of the file it was about. When it was a later file's last step that failed, the files before it are replaced.
  public static func write(_ files: [(path: String, bytes: [UInt8])]) throws(Failure) {
    try write(files, calls: Calls())
  }

  /// Removes the temporary files in `folder` that processes left which were killed on the way. Only for who knows that nobody is writing there.
  public static func removeLeftovers(in folder: String) {
    guard let names = opendir(folder) else { return }
    defer { closedir(names) }
    while let entry = readdir(names) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if isTemporary(name) { unlink("\(folder)/\(name)") }
    }
  }

  private static let temporaryPrefix = ".lockstep-"

  /// Whether a file of this name is one that was to take another's place: the prefix, the process's number, and some digits and letters.
  public static func isTemporary(_ name: String) -> Bool {
    let parts = name.dropFirst(temporaryPrefix.count).split(separator: "-", omittingEmptySubsequences: false)
    return name.hasPrefix(temporaryPrefix) && parts.count == 2 && Int32(parts[0]) != nil && UInt64(parts[1], radix: 36) != nil
  }

  /// A name of that kind in the folder of `path`.
  static func temporaryName(beside path: String) -> String {
    "\(folder(of: path))/\(temporaryPrefix)\(getpid())-\(String(UInt64.random(in: .min ... .max), radix: 36))"
  }

  /// The system calls that a full or broken disk makes fail; tests put failing ones here.
  package struct Calls: Sendable {
    let write: @Sendable (Int32, UnsafeRawPointer, Int) -> Int
    let sync: @Sendable (Int32) -> Int32
    let rename: @Sendable (String, String) -> Int32

    package init(
      write: @escaping @Sendable (Int32, UnsafeRawPointer, Int) -> Int = { Glibc.write($0, $1, $2) },
      sync: @escaping @Sendable (Int32) -> Int32 = { fsync($0) },
      rename: @escaping @Sendable (String, String) -> Int32 = { Glibc.rename($0, $1) }
    ) {
      self.write = write
      self.sync = sync
      self.rename = rename
    }
  }

  package static func write(_ bytes: [UInt8], to path: String, calls: Calls) throws(Failure) {
    try write([(path, bytes)], calls: calls)
  }

  package static func write(_ files: [(path: String, bytes: [UInt8])], calls: Calls) throws(Failure) {
    for (path, _) in files { try checkReplaceable(path) }
    var temporaries: [String] = []
    do throws(Failure) {
      for (path, bytes) in files {
        let temporary = temporaryName(beside: path)
        // O_EXCL: never through somebody else's file or link of that name.
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw failure(path, errno) }
        temporaries.append(temporary)
        try fill(descriptor, with: bytes, path: path, calls: calls)
      }
      for ((path, _), temporary) in zip(files, temporaries) {
        guard calls.rename(temporary, path) == 0 else { throw failure(path, errno) }
      }
    } catch {
      // Those that have their names by now are not found.
      for temporary in temporaries { unlink(temporary) }
      throw error
    }
    for (path, _) in files { try sync(folder: folder(of: path), path: path, calls: calls) }
  }

  /// Who may do everything would else put a file where a device or a pipe was, `/dev/null` for example.
  private static func checkReplaceable(_ path: String) throws(Failure) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard [S_IFREG, S_IFLNK, S_IFDIR].contains(status.st_mode & S_IFMT) else {
      throw Failure(.inputOutput, at: path, "cannot be written: it is a device or a pipe; expected the name of a file")
    }
  }

  /// Writes, syncs and closes, whatever happens.
  private static func fill(_ descriptor: Int32, with bytes: [UInt8], path: String, calls: Calls) throws(Failure) {
    var code = bytes.withUnsafeBytes { writeAll($0, to: descriptor, call: calls.write) }
    if code == 0, calls.sync(descriptor) != 0 { code = errno }
    // Some file systems report a failed write only here.
    if close(descriptor) != 0, code == 0 { code = errno }
    guard code == 0 else { throw failure(path, code) }
  }

  /// A rename is on the disk only when its folder is.
  private static func sync(folder: String, path: String, calls: Calls) throws(Failure) {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path, errno) }
    let code = calls.sync(descriptor) == 0 ? 0 : errno
    close(descriptor)
    guard code == 0 else { throw failure(path, code) }
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static func failure(_ path: String, _ code: Int32) -> Failure {
    Failure(.inputOutput, at: path, "cannot be written: \(systemErrorText(code))")
  }
}
