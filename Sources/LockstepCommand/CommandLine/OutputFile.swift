import Failures
import Glibc
import Interchange

/// Where the one file goes that a verb makes: a path, or `-` for standard output, which then holds nothing else.
struct OutputFile {
  let path: String
  var isStandardOutput: Bool { path == "-" }

  /// - Throws: `Failure` (usage) when `--json` wants standard output, too.
  init(_ path: String, _ arguments: Arguments) throws(Failure) {
    self.path = path
    guard !isStandardOutput || !arguments.has(.json) else {
      throw Failure(.usage, at: "--json", "standard output, which - stands for, takes one of the two; leave this out, or name a file")
    }
  }

  /// Whether there is a file of that name.
  var isThere: Bool { !isStandardOutput && access(path, F_OK) == 0 }

  /// Writes `bytes`, and then, where they went into a file, `report` to standard output.
  func write(_ bytes: [UInt8], report: () -> String) throws(Failure) {
    guard !isStandardOutput else { return try Console.output(bytes) }
    try AtomicFile.write(bytes, to: path)
    try Console.output(report())
  }

  /// Whether a file, or a link, has this name. Folders, devices and pipes are refused when they are written.
  static func isFile(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && [S_IFREG, S_IFLNK].contains(status.st_mode & S_IFMT)
  }

  /// Whether two paths lead to one file or folder.
  static func areOne(_ path: String, _ other: String) -> Bool {
    var (first, second) = (stat(), stat())
    return stat(path, &first) == 0 && stat(other, &second) == 0 && first.st_dev == second.st_dev && first.st_ino == second.st_ino
  }
}
