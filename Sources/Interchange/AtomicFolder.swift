import Failures
import Glibc

/// Writes a folder of files so that there is the whole of it or nothing: for many files, of which each on its own would have to be brought to the disk.
public enum AtomicFolder {
  /// Makes a new folder at `path`: a temporary one beside it takes its name once all files are in it.
  ///
  /// - Parameters:
  ///   - files: names with at most one folder before them, `3/00017.png`, and what is in them.
  ///   - path: of the folder; an empty one there is replaced.
  /// - Throws: `.alreadyThere` where `path` is there and holds something; `.inputOutput` at `path` with the system's words. The temporary folder is then gone.
  public static func write(_ files: [(name: String, bytes: [UInt8])], to path: String) throws(Failure) {
    let path = path.hasSuffix("/") ? String(path.dropLast()) : path
    var status = stat()
    guard lstat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFDIR && isEmpty(path) else {
      throw Failure(.alreadyThere, at: path, "is there already and is not replaced; name another folder, or remove it first")
    }
    let temporary = AtomicFile.temporaryName(beside: path)
    guard mkdir(temporary, 0o777) == 0 else { throw failure(path, errno) }
    var folders: Set<String> = []
    do throws(Failure) {
      for (name, bytes) in files {
        if let slash = name.firstIndex(of: "/"), folders.insert(String(name[..<slash])).inserted {
          guard mkdir("\(temporary)/\(name[..<slash])", 0o777) == 0 else { throw failure(path, errno) }
        }
        try write(bytes, to: "\(temporary)/\(name)", path)
      }
      // One call for all of them; whatever else waits to be written goes with it.
      sync()
      guard rename(temporary, path) == 0 else { throw failure(path, errno) }
    } catch {
      for (name, _) in files { unlink("\(temporary)/\(name)") }
      for folder in folders { rmdir("\(temporary)/\(folder)") }
      rmdir(temporary)
      throw error
    }
  }

  private static func write(_ bytes: [UInt8], to file: String, _ path: String) throws(Failure) {
    let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw failure(path, errno) }
    var code = bytes.withUnsafeBytes { writeAll($0, to: descriptor) }
    if close(descriptor) != 0, code == 0 { code = errno }
    guard code == 0 else { throw failure(path, code) }
  }

  private static func isEmpty(_ path: String) -> Bool {
    guard let names = opendir(path) else { return false }
    defer { closedir(names) }
    var count = 0
    while count < 3, readdir(names) != nil { count += 1 }
    // "." and "..".
    return count == 2
  }

  private static func failure(_ path: String, _ code: Int32) -> Failure { Failure(.inputOutput, at: path, "cannot be written: \(systemErrorText(code))") }
}
