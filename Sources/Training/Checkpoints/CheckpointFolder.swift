import Failures
import Foundation
import Interchange
import NeuralNetwork

/// The `checkpoints` folder of a run: `step-000000001234.safetensors` for the newest few, by the steps taken, and `best.safetensors`.
struct CheckpointFolder {
  let path: String
  private static let prefix = "step-"
  private static let suffix = ".safetensors"
  private static let digits = 12

  var bestPath: String { "\(path)/best\(Self.suffix)" }

  /// Writes a checkpoint, then removes all but the newest `keep`.
  ///
  /// - Returns: its path.
  /// - Throws: `Failure` (input and output) with the system's words; all earlier ones are then as they were.
  @discardableResult
  func write(_ checkpoint: Checkpoint, _ network: Network, keep: Int) throws(Failure) -> String {
    let number = String(checkpoint.state.step)
    let file = "\(path)/\(Self.prefix)\(String(repeating: "0", count: max(0, Self.digits - number.count)))\(number)\(Self.suffix)"
    try write(checkpoint, network, to: file)
    for old in files.dropFirst(keep) where old != file { unlink(old) }
    return file
  }

  /// Writes the best one so far.
  ///
  /// - Throws: as `write(_:_:keep:)`.
  func writeBest(_ checkpoint: Checkpoint, _ network: Network) throws(Failure) { try write(checkpoint, network, to: bestPath) }

  private func write(_ checkpoint: Checkpoint, _ network: Network, to file: String) throws(Failure) {
    try make()
    try AtomicFile.write(try checkpoint.encoded(network), to: file)
  }

  /// Makes the folder. A symbolic link in its place could lead anywhere, so it is refused.
  private func make() throws(Failure) {
    guard mkdir(path, 0o777) != 0 else { return }
    guard errno == EEXIST else { throw Failure(.inputOutput, at: path, "cannot be made: \(systemErrorText(errno))") }
    guard isFolder else { throw Failure(.inputOutput, at: path, "is no folder; expected one of Lockstep's own, not a file or a link") }
  }

  private var isFolder: Bool {
    var found = stat()
    return lstat(path, &found) == 0 && found.st_mode & S_IFMT == S_IFDIR
  }

  /// The newest checkpoint that is whole, and its file; nil when there is none.
  ///
  /// - Parameters:
  ///   - movesDamaged: whether one that is not is renamed, so that it is neither taken for a good one nor lost.
  ///   - warn: hears of each newer one that is not.
  /// - Throws: `Failure` when a file cannot be read: that does not make it a bad one.
  func newest(movesDamaged: Bool, warn: (String) -> Void) throws(Failure) -> (checkpoint: Checkpoint, file: String)? {
    let files = files
    for file in files {
      let bytes = try wholeFile(file)
      do throws(Failure) {
        return (try Checkpoint(bytes, file: file), file)
      } catch {
        if movesDamaged { rename(file, file + ".damaged") }
        warn("\(error); \(file == files.last ? "there is none before it" : "the checkpoint before it is used")")
      }
    }
    return nil
  }

  /// The newest checkpoint's file, whole or not.
  var newestFile: String? { files.first }

  /// The newest first.
  private var files: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    let numbered = names.compactMap { name -> (step: Int, name: String)? in
      guard name.hasPrefix(Self.prefix), name.hasSuffix(Self.suffix) else { return nil }
      return Int(name.dropFirst(Self.prefix.count).dropLast(Self.suffix.count)).map { ($0, name) }
    }
    return numbered.sorted { $0.step > $1.step }.map { "\(path)/\($0.name)" }
  }

  /// Removes the run's checkpoints and then the folder, unless it holds something else. What a link leads to is left alone.
  func remove() {
    guard isFolder else { return }
    for file in files + [bestPath] { unlink(file) }
    rmdir(path)
  }

  /// Removes the run's checkpoints, and moves what else is in the folder aside: afterwards there is none.
  ///
  /// - Throws: `Failure` (input and output) with the system's words.
  func clear() throws(Failure) {
    remove()
    guard rename(path, path + ".earlier") == 0 || errno == ENOENT else {
      throw Failure(.inputOutput, at: path, "cannot be moved aside: \(systemErrorText(errno))")
    }
  }

  /// Moves the folder to where `other` is, which goes aside if it still holds something.
  ///
  /// - Throws: `Failure` (input and output) with the system's words.
  func takePlace(of other: CheckpointFolder) throws(Failure) {
    other.remove()
    guard rename(path, other.path) != 0, errno != ENOENT else { return }
    guard rename(other.path, other.path + ".earlier") == 0, rename(path, other.path) == 0 else {
      throw Failure(.inputOutput, at: other.path, "cannot be replaced by \(path): \(systemErrorText(errno))")
    }
  }
}
