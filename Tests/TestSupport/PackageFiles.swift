import Foundation

/// Files of this package and of the development machine that tests read.
public enum PackageFiles {
  /// The package's top folder.
  public static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The folder of the original MNIST files, `$LOCKSTEP_MNIST` or `../shared/data/mnist`; nil when this machine has none.
  public static var mnist: URL? {
    let named = ProcessInfo.processInfo.environment["LOCKSTEP_MNIST"].map { URL(fileURLWithPath: $0, isDirectory: true) }
    let folder = named ?? root.appendingPathComponent("../shared/data/mnist", isDirectory: true).standardizedFileURL
    return FileManager.default.fileExists(atPath: folder.appendingPathComponent("train-images-idx3-ubyte.gz").path) ? folder : nil
  }
}
