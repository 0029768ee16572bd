import Datasets
import Downloads
import Failures
import Foundation
import TestSupport
import Testing

/// The promise: a set is fetched once, made ready, and looked at each time it is asked for. The servers have small sets of the published forms.
@Suite struct KnownDatasetTests {
  @Test func knownSets() throws {
    #expect(KnownDataset.all.map(\.name) == ["mnist", "fashion-mnist", "kmnist", "emnist-digits", "qmnist", "usps"])
    for known in KnownDataset.all {
      let names = known.files.map(\.name).sorted()
      switch known.name {
      case "emnist-digits": #expect(names == ["gzip.zip"])
      case "usps": #expect(names == ["usps.bz2", "usps.t.bz2"])
      case "qmnist":
        #expect(names == ["t10k-images-idx3-ubyte.gz", "t10k-labels-idx2-int.gz", "train-images-idx3-ubyte.gz", "train-labels-idx2-int.gz"])
      default: #expect(names == ["t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz", "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"])
      }
      #expect(Set(known.files.map(\.sha256)).count == known.files.count && known.files.allSatisfy { $0.mirrors.allSatisfy { $0.hasPrefix("http") } })
      #expect(try known.cacheFolder(["XDG_CACHE_HOME": "/c", "HOME": "/h"]) == "/c/lockstep/\(known.name)")
      #expect(try known.cacheFolder(["XDG_CACHE_HOME": "c", "HOME": "/h"]) == "/h/.cache/lockstep/\(known.name)")
    }
    #expect(try KnownDataset.named("mnist").byteCount == 11_594_722)
    #expect(try KnownDataset.named("usps").byteCount == nil)
    #expect(
      try KnownDataset.named("qmnist").from(["http://x/", "http://y"]).files[0].mirrors == ["x", "y"].map { "http://\($0)/qmnist-train-images-idx3-ubyte.gz" })
    #expect(throws: Failure(.missingInput, "neither XDG_CACHE_HOME nor HOME says where the cache is")) { try KnownDataset.all[0].cacheFolder([:]) }
  }

  private func file(_ name: String, _ server: BadServer, _ bytes: [UInt8]) -> FileDownload {
    FileDownload(name: name, byteCount: nil, sha256: sha256(bytes), mirrors: [server.address])
  }

  /// What `data fetch` does with USPS, and what it keeps.
  @Test func preparedOnceAndCheckedEachTime() throws {
    let row = { (label: Int) in "\(label)" + (1...256).map { " \($0):-1" }.joined() + "\n" }
    let (training, test) = (bzip2(Array((row(10) + row(1)).utf8)), bzip2(Array(row(5).utf8)))
    let servers = [BadServer(training, .breaksOff(after: 20), .good), BadServer(test, .good)]
    defer { servers.forEach { $0.stop() } }
    let known = KnownDataset(name: "usps", files: [file("usps.bz2", servers[0], training), file("usps.t.bz2", servers[1], test)], preparation: .usps)
    try withTemporaryFolder { folder in
      let cache = folder.appendingPathComponent("cache/usps").path
      #expect(try known.present(in: cache) == nil)
      func fetch() throws {
        try known.fetch(into: cache, patience: 1) { _, folder throws(Failure) in
          var names: [String] = []
          try FetchedDigits.usps(training: "\(folder)/usps.bz2", test: "\(folder)/usps.t.bz2") { name, bytes in
            names.append(name)
            #expect(FileManager.default.createFile(atPath: "\(folder)/\(name)", contents: Data(bytes)))
          }
          return names
        }
      }
      try fetch()
      #expect(servers.map(\.offsets) == [["all", "20"], ["all"]])
      #expect(try known.present(in: cache) == cache)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: cache).sorted() == [
          "SHA256SUMS", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte", "train-images-idx3-ubyte", "train-labels-idx1-ubyte",
        ])
      #expect(try Dataset.load(idxFolder: cache).targets == .classes([9, 0]))
      // One bit of what was made is enough to make it anew.
      let labels = URL(fileURLWithPath: cache)
      try put(idx(type: 8, [2], [9, 1]), "train-labels-idx1-ubyte", in: labels)
      #expect(try known.present(in: cache) == nil)
      try fetch()
      #expect(try known.present(in: cache) == cache)
      #expect(try Dataset.load(idxFolder: cache).targets == .classes([9, 0]))
      try FileManager.default.removeItem(atPath: "\(cache)/t10k-images-idx3-ubyte")
      #expect(try known.present(in: cache) == nil)
    }
  }

  /// What cannot be made ready leaves the download, and nothing that passes for the set.
  @Test func interruptedBeforeItIsReady() throws {
    let bytes = seededBytes(1000, seed: 5)
    let server = BadServer(bytes, .good)
    defer { server.stop() }
    let known = KnownDataset(name: "emnist-digits", files: [file("gzip.zip", server, bytes)], preparation: .emnistDigits)
    try withTemporaryFolder { folder throws in
      for _ in 0..<2 {
        #expect(throws: Failure(.badData, "no zip")) {
          try known.fetch(into: folder.path, patience: 1) { _, _ throws(Failure) in throw Failure(.badData, "no zip") }
        }
        #expect(try known.present(in: folder.path) == nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["gzip.zip"])
      }
      #expect(server.offsets == ["all"])
    }
  }
}

/// The promise for files of which only the checksum is known, as `FileDownloadTests` has it for the others.
@Suite struct UnknownLengthTests {
  private func fetch(_ bytes: [UInt8], part: [UInt8]? = nil, _ manners: BadServer.Manner...) throws -> (failure: Failure?, offsets: [String]) {
    let servers = manners.map { BadServer(bytes, $0) }
    defer { servers.forEach { $0.stop() } }
    return try withTemporaryFolder { folder in
      if let part { try put(part, "file.part", in: folder) }
      let download = FileDownload(name: "file", byteCount: nil, sha256: sha256(bytes), mirrors: servers.map(\.address))
      do throws(Failure) {
        try download.fetch(into: folder.path, patience: 1)
      } catch { return (error, servers.flatMap(\.offsets)) }
      #expect(try Data(contentsOf: folder.appendingPathComponent("file")) == Data(bytes))
      #expect(try download.isPresent(in: folder.path))
      return (nil, servers.flatMap(\.offsets))
    }
  }

  @Test func theChecksumDecides() throws {
    let bytes = seededBytes(50_000, seed: 9)
    func succeeds(_ result: (failure: Failure?, offsets: [String]), _ offsets: [String]) { #expect(result.failure == nil && result.offsets == offsets) }
    succeeds(try fetch(bytes, .good), ["all"])
    succeeds(try fetch(bytes, part: Array(bytes.prefix(10)), .good), ["10"])
    succeeds(try fetch(bytes, part: bytes, .good), [])
    succeeds(try fetch(bytes, .breaksOff(after: 9000), .good), ["all", "9000"])
    succeeds(try fetch(bytes, .stalls(after: 9000), .good), ["all", "9000"])
    // Without a length nothing tells the end but the sum.
    succeeds(try fetch(bytes, .sendsMore(0)), ["all"])
    succeeds(try fetch(bytes, .sendsMore(10), .good), ["all", "all"])
    succeeds(try fetch(bytes, .claims(1000), .good), ["all", "all"])
    succeeds(try fetch(bytes, .lies, .good), ["all", "all"])
    let refused = try fetch(bytes, .lies)
    #expect(refused.failure?.description.contains(": sent other bytes: their SHA-256 is ") == true && refused.offsets.count == 3)
  }
}
