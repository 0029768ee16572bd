import Failures
import Glibc

/// A file that is known before it comes: its SHA-256, mostly its length, and where it can be had.
public struct FileDownload: Sendable {
  /// Its name in the folder it is saved in.
  public let name: String
  /// Bytes, at least 1; nil where only the checksum is published.
  public let byteCount: Int?
  /// 64 lowercase hexadecimal digits.
  public let sha256: String
  /// Addresses of the file itself, the first to be tried first.
  public let mirrors: [String]

  /// - Parameters:
  ///   - name: in the folder; the mirrors may call the file otherwise.
  ///   - byteCount: nil where nobody says; a server is then cut off after `mostBytes`.
  ///   - sha256: of the whole file.
  ///   - mirrors: at least one.
  public init(name: String, byteCount: Int?, sha256: String, mirrors: [String]) {
    precondition(
      byteCount ?? 1 > 0 && sha256.utf8.count == 64 && !mirrors.isEmpty, "\(name): \(byteCount ?? 0) bytes, SHA-256 \(sha256), \(mirrors.count) mirrors")
    (self.name, self.byteCount, self.sha256, self.mirrors) = (name, byteCount, sha256, mirrors)
  }

  /// How often each mirror is asked. A connection that breaks off has often brought something, and the next one goes on from there.
  static let rounds = 3
  /// Of a file whose length nobody publishes; those that `KnownDataset` names have a sixth of it at most.
  static let mostBytes = 1 << 26

  /// Whether the file is in `folder`, with the right bytes.
  ///
  /// - Throws: `.inputOutput` when it cannot be read.
  public func isPresent(in folder: String) throws(Failure) -> Bool {
    let path = "\(folder)/\(name)"
    guard let (count, sum) = try SHA256.ofFile(path) else { return false }
    return count == byteCount ?? count && sum == sha256
  }

  /// Brings the file into `folder`, unless it is there. What has come is in `NAME.part` until all of it is right; a later call goes on with that.
  ///
  /// - Parameters:
  ///   - patience: seconds after which a server that sends nothing is given up.
  ///   - progress: is told how many bytes of the file there are; what it throws ends the download, and is thrown.
  /// - Throws: `.inputOutput` with what went wrong at each mirror, or with the system's words.
  public func fetch(into folder: String, patience: Int = 30, progress: (Int) throws(Failure) -> Void = { _ in }) throws(Failure) {
    if try isPresent(in: folder) { return try progress(byteCount ?? 0) }
    var part = try PartFile("\(folder)/\(name).part")
    var reasons: [String] = []
    for _ in 0..<Self.rounds {
      reasons = []
      for mirror in mirrors {
        if part.count > byteCount ?? Self.mostBytes { try part.truncate() }
        let isWhole: Bool
        if let byteCount { isWhole = part.count == byteCount } else { isWhole = try SHA256.ofFile(part.path)?.sum == sha256 }
        if !isWhole, let reason = try Transfer.run(mirror, into: &part, byteCount: byteCount, patience: patience, progress: progress) {
          reasons.append("\(mirror): \(reason)")
          continue
        }
        let sum = try SHA256.ofFile(part.path)?.sum
        if sum == sha256 { return try part.publish(as: "\(folder)/\(name)") }
        reasons.append("\(mirror): sent other bytes: their SHA-256 is \(sum ?? "unknown"); expected \(sha256)")
        try part.truncate()
      }
    }
    throw Failure(.inputOutput, at: name, "cannot be fetched; \(reasons.joined(separator: "; "))")
  }
}
