import Failures

/// What is made of sets that are published in another form than MNIST's: IDX files under MNIST's names.
public enum FetchedDigits {
  /// Takes a file under its name, byte for byte.
  public typealias Write = (_ name: String, _ bytes: [UInt8]) throws(Failure) -> Void

  /// The digits of EMNIST out of the archive of all its sets (`gzip.zip`): 240,000 to train on and 40,000 to test with. There rows and columns of each image
  /// are exchanged, by MNIST's measure; here they are put right.
  ///
  /// - Parameters:
  ///   - archive: the zip file.
  ///   - write: gets one file after the other; images of 188 MB are in memory twice while it has them.
  /// - Throws: `.missingInput`, `.inputOutput`; `.badData` for what is no such archive, or damaged; what `write` throws.
  public static func emnist(_ archive: String, write: Write) throws(Failure) {
    let zip = try ZipArchive(try FileContents(archive))
    for (part, prefix) in [("train", "train"), ("test", "t10k")] {
      let member = "gzip/emnist-digits-\(part)"
      let images = try Member(zip, "\(member)-images-idx3-ubyte.gz", rank: 3)
      try write("\(prefix)-images-idx3-ubyte", images.turned)
      let labels = try Member(zip, "\(member)-labels-idx1-ubyte.gz", rank: 1)
      guard labels.header.shape[0] == images.header.shape[0] else {
        throw Failure(.badData, at: labels.place, "holds \(labels.header.shape[0]) labels for \(images.header.shape[0]) images")
      }
      try write("\(prefix)-labels-idx1-ubyte", Array(labels.region.bytes))
    }
  }

  /// The digits of USPS out of the two files of LIBSVM's page, packed or not: 16 × 16 pixels, as bytes. A value x from -1 (paper) to 1 (ink) becomes
  /// (x + 1) / 2 · 255, cut off to a whole number, and the label l, 1 to 10, the digit l - 1: as in torchvision's USPS.
  ///
  /// - Throws: as `ExampleTable(libsvm:)`; `.badData` at the line of a value or label that is out of these ranges; what `write` throws.
  public static func usps(training: String, test: String, write: Write) throws(Failure) {
    let side = 16
    for (path, prefix) in [(training, "train"), (test, "t10k")] {
      let table = try ExampleTable(libsvm: path, features: side * side)
      let values = table.numbers
      if let index = values.firstIndex(where: { !(-1...1 ~= $0) }) {
        throw Failure(.badData, at: table.places.feature(index / table.width, index % table.width), "the value is \(values[index]); expected one from -1 to 1")
      }
      let labels = table.labels?.values ?? []
      if let row = labels.firstIndex(where: { !(1...10 ~= $0 && $0 == $0.rounded()) }) {
        throw Failure(.badData, at: table.places.label(row, 0), "the label is \(plain(labels[row])); expected a whole number from 1 to 10")
      }
      try write("\(prefix)-images-idx3-ubyte", IDXHeader.encode([table.count, side, side]) + values.map { UInt8(($0 + 1) / 2 * 255) })
      try write("\(prefix)-labels-idx1-ubyte", IDXHeader.encode([table.count]) + labels.map { UInt8($0) - 1 })
    }
  }
}

/// A gzipped IDX file of bytes inside an archive.
private struct Member {
  let place: String
  let header: IDXHeader
  /// Header and payload.
  let region: ByteRegion

  init(_ zip: borrowing ZipArchive, _ name: String, rank: Int) throws(Failure) {
    place = "\(zip.path): \(name)"
    let packed = try zip.file(name)
    guard packed.count > 18 else { throw Failure(.badData, at: place, "is no gzip file") }
    // The last member's trailer tells the size.
    let size = Int(UInt32(littleEndian: packed.bytes.loadUnaligned(fromByteOffset: packed.count - 4, as: UInt32.self)))
    guard size > 0, let region = WholeGzip.inflate(packed.bytes, byteCount: size) else { throw Failure(.badData, at: place, "is no gzip file, or damaged") }
    do {
      header = try IDXHeader(Array(region.bytes.prefix(IDXHeader.largestByteCount)))
    } catch {
      throw Failure(.badData, at: "\(place): inflated \(error.place)", error.message)
    }
    guard header.type == .unsignedByte, header.shape.count == rank, header.totalByteCount == size else {
      throw Failure(.badData, at: place, "holds \(header.summary) in \(size) bytes; expected bytes of \(rank) dimension\(rank == 1 ? "" : "s")")
    }
    self.region = region
  }

  /// The file with the rows and columns of each image exchanged.
  var turned: [UInt8] {
    let (count, rows, columns) = (header.shape[0], header.shape[1], header.shape[2])
    let head = IDXHeader.encode([count, columns, rows])
    let source = region.bytes
    return [UInt8](unsafeUninitializedCapacity: region.count) { file, filled in
      for (index, byte) in head.enumerated() { file.initializeElement(at: index, to: byte) }
      for image in 0..<count {
        let start = head.count + image * rows * columns
        for row in 0..<rows {
          for column in 0..<columns { file.initializeElement(at: start + column * rows + row, to: source[start + row * columns + column]) }
        }
      }
      filled = region.count
    }
  }
}

extension ExampleTable {
  /// Every feature, row-major.
  fileprivate var numbers: [Float] {
    switch features {
    case .bytes(let rows): (0..<rows.byteCount).map { Float(rows[$0]) }
    case .floats(let values): values
    }
  }
}
