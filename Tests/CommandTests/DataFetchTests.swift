import Foundation
import TestSupport
import Testing

/// The promise: `data fetch` prints a folder that holds the data set, or one line that says why there is none. What servers do to it is told in `DownloadsTests`.
@Suite struct DataFetchTests {
  @Test(arguments: [
    Refusal("data fetch", 64, "expected the name of a data set"),
    Refusal("data fetch minst", 64, "minst: unknown data set; did you mean 'mnist'?"),
    Refusal("data fetch cifar", 64, "cifar: unknown data set; known are mnist, fashion-mnist, kmnist, emnist-digits, qmnist, usps"),
    Refusal("data fetch emnist", 64, "emnist: unknown data set; did you mean 'emnist-digits'?"),
    Refusal("data fetch usps --offline", 66, "/none/lockstep/usps: usps is not there; fetch it without --offline", environment: ["XDG_CACHE_HOME": "/none"]),
    Refusal("data fetch mnist kmnist", 64, "kmnist: unexpected; the name of a data set is given already"),
    Refusal("data fetch mnist --timeout 0", 64, "--timeout 0: expected at least 1, found 0"),
    Refusal(
      "data fetch kmnist --offline", 66, "/none/lockstep/kmnist: kmnist is not there; fetch it without --offline", environment: ["XDG_CACHE_HOME": "/none"]),
    Refusal(
      "data fetch kmnist", 74, "kmnist: /proc/lockstep/kmnist: cannot make the folder: No such file or directory", environment: ["XDG_CACHE_HOME": "/proc"]),
  ])
  func refused(_ refusal: Refusal) throws { try withTemporaryFolder { try refusal.expect(in: $0) } }

  @Test func noServer() throws {
    try withTemporaryFolder { folder in
      let ending = try lockstep(
        ["data", "fetch", "mnist", "--mirror", "http://127.0.0.1:1", "--mirror", "http://127.0.0.1:2/x/", "--timeout", "1"], in: folder,
        environment: ["XDG_CACHE_HOME": folder.path])
      #expect(ending.status == 74 && ending.output == "")
      let start = "lockstep: mnist: train-images-idx3-ubyte.gz: cannot be fetched; http://127.0.0.1:1/train-images-idx3-ubyte.gz: "
      #expect(ending.errors.hasPrefix(start) && ending.errors.contains("; http://127.0.0.1:2/x/train-images-idx3-ubyte.gz: "))
      #expect(ending.errors.filter(\.isNewline).count == 1)
    }
  }

  /// Debian's package `dataset-fashion-mnist` is as good as the cache.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/usr/share/datasets/fashion-mnist"), "needs Debian's dataset-fashion-mnist"))
  func theSystemsPackage() throws {
    try withTemporaryFolder { folder in
      let path = try succeed(["data", "fetch", "fashion-mnist", "--offline"], in: folder, environment: ["XDG_CACHE_HOME": folder.path])
      #expect(path == "/usr/share/datasets/fashion-mnist\n")
      let info = try object(try succeed(["data", "info", "/usr/share/datasets/fashion-mnist", "--json"], in: folder))
      #expect((info["training"] as? [String: Any])?["rows"] as? Int == 60_000)
      let record = try object(try succeed(["data", "fetch", "fashion-mnist", "--json"], in: folder, environment: ["XDG_CACHE_HOME": folder.path]))
      #expect(record["folder"] as? String == "/usr/share/datasets/fashion-mnist" && (record["files"] as? [String])?.count == 4)
    }
  }
}
