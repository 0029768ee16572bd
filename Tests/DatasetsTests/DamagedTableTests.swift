import Datasets
import Failures
import Foundation
import TestSupport
import Testing

/// The promise: whatever is wrong with a file of examples is one line that names the file and the place.
@Suite struct DamagedTableTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let bytes: [UInt8]
    let message: String
    init(_ text: String, _ message: String) { (bytes, self.message) = (Array(text.utf8), message) }
    init(_ bytes: [UInt8], _ message: String) { (self.bytes, self.message) = (bytes, message) }
    var testDescription: String { message }
  }

  /// Reads the bytes as `format`, and makes a dataset of them; the message is what follows the path.
  private func expect(_ example: Case, _ format: DataFormat, packed: Bool = false, label: LabelColumn? = .number(0), header: Bool? = nil) throws {
    try withTemporaryFolder { folder in
      let path = try put(packed ? gzip(example.bytes) : example.bytes, "data", in: folder)
      let failure = #expect(throws: Failure.self) {
        var request = TableRequest(path, format: format)
        (request.label, request.header) = (label, header)
        _ = try Dataset(try request.open().training)
      }
      #expect(failure?.description == path + example.message.replacingOccurrences(of: "PATH", with: path))
      #expect(failure?.kind == .badData)
    }
  }

  @Test(arguments: [
    Case("", ": the file is empty"),
    Case("a,b\n", ": holds a header and no rows"),
    Case("a,b,c\n1,2,3\n1,2\n", ": line 3: holds 2 fields; expected 3 as in line 1"),
    Case("1,2,3\n1,2,3,4,5\n", ": line 2: holds 5 fields; expected 3 as in line 1"),
    Case("1,2,3\n\n1,2,3\n", ": line 2: the line is empty; expected 3 fields"),
    Case("a,b,c\n1,2,x3\n", ": line 2, column 2 (c): 'x3' is no number"),
    Case("a,b,c\n1,,3\n", ": line 2, column 1 (b): the field is empty; expected a number"),
    Case("1,2,3\n1,2,\r\n", ": line 2, column 2: the field is empty; expected a number"),
    Case("1,2,3\n1,2 3,4\n", ": line 2, column 1: '2 3' is no number"),
    Case("1,2,3\n1,0x10,4\n", ": line 2, column 1: '0x10' is no number"),
    Case("1,2,3\n1,2,1e\n", ": line 2, column 2: '1e' is no number"),
    Case("1,2,3\n1,.,3\n", ": line 2, column 1: '.' is no number"),
    Case("1,2,3\n1,\"2,3\n", ": line 2, column 1: '\"2' is no number"),
    Case("a,\"b\n1,2\n", ": line 1, column 1: a quote is opened and never closed"),
    Case("a,\"b\"c\n1,2\n", ": line 1, column 1: something follows the closing quote"),
    Case("1,2,a\n1,2,3\n", ": line 1, column 2: 'a' is no number, and '1' is one; say by the header option (true or false) whether this line holds names"),
    Case("1\n2\n", ": line 1: holds 1 column; expected a label and at least 1 feature"),
    Case("l,a\n0,1\n0,nan\n", ": line 3, column 1 (a): the value is nan; expected a finite number"),
    Case("0,1\n0,1e39\n", ": line 2, column 1: the value is inf; expected a finite number"),
    Case("0,1\n-1,1\n", ": line 2, column 0: the label is -1; expected a whole number from 0 to 65535"),
    Case("l,a\n0.5,1\n", ": line 2, column 0 (l): the label is 0.5; expected a whole number from 0 to 65535"),
    Case("0,1\nnan,1\n", ": line 2, column 0: the label is nan; expected a whole number from 0 to 65535"),
    Case("65536,1\n", ": line 1, column 0: the label is 65536; expected a whole number from 0 to 65535"),
    Case("1,2\n1,\u{7}b\u{1B}[2J\n", ": line 2, column 1: '·b·[2J' is no number"),
  ])
  func text(_ example: Case) throws {
    try expect(example, .csv)
    try expect(example, .csv, packed: example.bytes.count > 0)
  }

  @Test func columns() throws {
    let (file, names) = ("a,b,c\n1,2,3\n", "a, b, c")
    try expect(Case(file, ": line 1: there is no column 3; the columns are 0 to 2"), .csv, label: .number(3))
    try expect(Case(file, ": line 1: there is no column -4; the columns are 0 to 2"), .csv, label: .number(-4))
    try expect(Case(file, ": line 1: no column is called 'd'; there are \(names)"), .csv, label: .name("d"))
    try expect(Case("1,2\n", ": line 1: no header says which column is 'd'; give its number"), .csv, label: .name("d"))
    try expect(Case(file, ": line 1, column 0: 'a' is no number"), .csv, header: false)
    try expect(Case(file, ": has no labels to learn"), .csv, label: nil, header: true)
  }

  @Test(arguments: [
    Case("", ": the file is empty"),
    Case("# nothing\n\n", ": holds no rows"),
    Case("1\n2\n", ": no row has a feature"),
    Case("cat 1:2\n", ": line 1: 'cat' is no label; expected a number"),
    Case("1,2 1:2\n", ": line 1: '1,2' is no label; expected a number"),
    Case("1 1:2\n1 qid:3 1:2\n", ": line 2: 'qid:3' is no feature; expected index:value"),
    Case("1 1:2 3\n", ": line 1: '3' is no feature; expected index:value"),
    Case("1 1:x\n", ": line 1: '1:x' is no feature; expected index:value"),
    Case("1 1:2,2:3\n", ": line 1: '1:2,2:3' is no feature; expected index:value"),
    Case("1 0:2\n", ": line 1: the index is 0; they begin at 1"),
    Case("1 2:2 2:3\n", ": line 1: index 2 follows 2; expected them to rise"),
    Case("1 5000000000:1\n", ": line 1: the index is 5000000000; expected at most 4294967295"),
    Case("1 99999999999999999999:1\n", ": line 1: '99999999999999999999:1' is no feature; expected index:value"),
    Case(
      "1 4000000000:1\n", ": 1 rows of 4000000000 features, most of them 0, are more than a thousand times as large as the file; Lockstep keeps every 0"),
    Case("1 2:nan\n", ": line 1, index 2: the value is nan; expected a finite number"),
    Case("\n-1 2:1\n", ": line 2: the label is -1; expected a whole number from 0 to 65535"),
  ])
  func sparseText(_ example: Case) throws { try expect(example, .libsvm) }

  private static let array = npy("|u1", [2, 2], [1, 2, 3, 4])
  private static func header(_ text: String) -> [UInt8] { npy(text, [1, 2, 3, 4]) }

  static let arrays = [
    Case([1, 2, 3], "byte 0: not a NumPy array: it starts with 01 02 03; expected 93 4e 55 4d 50 59, a version and a header"),
    Case([0x93] + Array("NUMPY".utf8) + [9, 0, 0, 0], "byte 6: version 9.0; expected 1.0, 2.0 or 3.0"),
    Case([0x93] + Array("NUMPY".utf8) + [1, 0, 255, 255], "byte 8: a header of 65535 bytes; expected at most 10000"),
    Case(Array(array.prefix(20)), "byte 20: the file ends inside the NumPy header; expected 72 bytes of header"),
    Case(array.dropLast(), "byte 75: the header promises 2 × 2 of |u1, 76 bytes in all; found 75"),
    Case(array + [0], "byte 76: the header promises 2 × 2 of |u1, 76 bytes in all; found 77"),
    Case(npy("<f4", [0, 2], []), "byte 10: 0 rows; expected at least 1"),
    Case(npy("<f4", [2, 0], []), "byte 10: dimension 1 is 0; expected at least 1"),
    Case(npy("<f4", [], [0, 0, 0, 0]), "byte 10: 0 dimensions; expected 1 to 5, the rows first"),
    Case(npy("<f8", [1 << 40, 1 << 40], []), "byte 10: 1099511627776 × 1099511627776 numbers are more than any file can hold"),
    Case(npy(">f4", [1], [0, 0, 0, 0]), "byte 10: the type is '>f4'; it is big-endian; save it as .astype('<f4')"),
    Case(npy("|O", [1], [0]), "byte 10: the type is '|O'; it holds Python objects, not numbers"),
    Case(npy("<c8", [1], [0]), "byte 10: the type is '<c8'; expected one of |u1, |b1, |i1, <u2, <i2, <u4, <i4, <u8, <i8, <f4, <f8"),
    Case(
      header("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 2), }"), "byte 10: the array is in Fortran order; save numpy.ascontiguousarray of it"),
    Case(header("{'descr': '|u1', 'shape': (2, 2), }"), "byte 45: the NumPy header cannot be read: no key 'fortran_order'"),
    Case(header("{'descr': '|u1', 'descr': '|u1'}"), "byte 41: the NumPy header cannot be read: the key 'descr' twice"),
    Case(header("{'evil': 1}"), "byte 18: the NumPy header cannot be read: an unknown key 'evil'; expected descr, fortran_order and shape"),
    Case(header("{'shape': (99999999999999999999,)}"), "byte 39: the NumPy header cannot be read: a dimension larger than any file"),
    Case(header("{'shape': (-1,)}"), "byte 21: the NumPy header cannot be read: no dimension"),
    Case(header("{'descr': '|u1"), "byte 20: the NumPy header cannot be read: a string without its closing quote"),
    Case(header("import os"), "byte 10: the NumPy header cannot be read: no '{'"),
  ]

  @Test(arguments: arrays)
  func damagedArrays(_ example: Case) throws {
    try expect(Case(example.bytes, ": " + example.message), .npy)
    try expect(Case(example.bytes, ": inflated " + example.message), .npy, packed: true)
    try expect(Case(zipArchive([("x_train.npy", example.bytes)]), ": x_train: " + example.message), .npz)
  }

  @Test func damagedArchives() throws {
    let good = zipArchive([("x_train.npy", Self.array), ("y_train.npy", npy("|u1", [2], [0, 1]))])
    try expect(Case(good.prefix(60) + [], ": not a zip archive: Not a zip archive"), .npz)
    try expect(Case(Array("PK, or so".utf8), ": not a zip archive: Not a zip archive"), .npz)
    var flipped = good
    flipped[30 + 11 + Self.array.count - 1] ^= 1
    try expect(Case(flipped, ": x_train: is damaged in the archive: CRC error"), .npz)
    try expect(
      Case(zipArchive([("x_train.npy", Self.array), ("y_train.npy", npy("|u1", [3], [0, 1, 2]))]), ": x_train: holds 2 rows, but PATH: y_train holds 3"), .npz)
    try expect(
      Case(zipArchive([("x_train.npy", Self.array), ("y_train.npy", npy("|u1", [2, 1, 1], [0, 1]))]), ": y_train: labels of 3 dimensions; expected 1 or 2"),
      .npz)
    try expect(Case(zipArchive([("x_train.npy", Self.array)]), ": has no labels to learn"), .npz)
    try expect(
      Case(
        zipArchive([("x_train.npy", npy("<f4", [1, 2], littleEndian([1, .nan] as [Float]))), ("y_train.npy", npy("|u1", [1], [0]))]),
        ": x_train: row 0, column 1: the value is nan; expected a finite number"), .npz)
    try expect(
      Case(
        zipArchive([("x_train.npy", Self.array), ("y_train.npy", npy("<i8", [2], littleEndian([0, 70_000])))]),
        ": y_train: row 1: the label is 70000; expected a whole number from 0 to 65535"), .npz)
    try withTemporaryFolder { folder in
      let path = try put(good, "a.npz", in: folder)
      let failure = #expect(throws: Failure.self) { try ExampleTable(npz: path, features: "images") }
      #expect(failure?.description == "\(path): no array is called 'images'; there are x_train, y_train")
    }
  }

  /// Not one cut of a good archive or image passes, and a size that is only claimed costs no memory.
  @Test func everyCutIsRefused() throws {
    try withTemporaryFolder { folder in
      let archive = zipArchive([("x_train.npy", Self.array)])
      for length in 1..<archive.count {
        let path = try put(Array(archive[..<length]), "cut.npz", in: folder)
        #expect(throws: Failure.self, "\(length) of \(archive.count)") { try ExampleTable(npz: path, features: "x_train") }
      }
      let claims = try put(zipArchive([("x_train.npy", Self.array)], claimed: 4_000_000_000), "claims.npz", in: folder)
      #expect(throws: Failure.self) { try ExampleTable(npz: claims, features: "x_train") }
      let image = png(width: 3, height: 2, [1, 2, 3, 4, 5, 6])
      // What follows the last pixel's block is a checksum and an empty chunk.
      for length in 1..<image.count - 16 {
        let path = try put(Array(image[..<length]), "cut.png", in: folder)
        #expect(throws: Failure.self, "\(length) of \(image.count)") { try PNGImage(path) }
      }
    }
  }

  @Test func pictures() throws {
    func refused(_ files: [String: [UInt8]], _ message: String, kind: Failure.Kind = .badData) throws {
      try withTemporaryFolder { folder in
        for (name, bytes) in files {
          try FileManager.default.createDirectory(at: folder.appendingPathComponent(name).deletingLastPathComponent(), withIntermediateDirectories: true)
          try put(bytes, name, in: folder)
        }
        let failure = #expect(throws: Failure.self) { try ExampleTable(pngFolder: folder.path) }
        #expect(failure?.description == folder.path + message.replacingOccurrences(of: "FOLDER", with: folder.path))
        #expect(failure?.kind == kind)
      }
    }
    let good = png(width: 2, height: 2, [1, 2, 3, 4])
    try refused([:], ": holds no images; expected folders of .png files, one a class")
    try refused(["a.png": good], "/a.png: not a folder; expected a folder of .png files for each class")
    try refused(["0/a.png": good, "0/notes.txt": [1]], "/0/notes.txt: not a .png file; a class's folder may hold nothing else")
    try refused(["0/a.png": good, "1/b.png": Array("GIF89a, or so".utf8)], "/1/b.png: cannot be read as a PNG: Not a PNG file")
    try refused(["0/a.png": good, "00/b.png": good], "/00: is class 0, as FOLDER/0 is")
    try refused(["70000/a.png": good], "/70000: the class is 70000; expected 0 to 65535")
    try refused(["0/a.png": png(width: 100_000, height: 100_000, [])], "/0/a.png: an image of 100000 × 100000; expected at most 16777216 pixels")
    try withTemporaryFolder { folder in
      try FileManager.default.createDirectory(at: folder.appendingPathComponent("3"), withIntermediateDirectories: true)
      try put(good, "3/a.png", in: folder)
      try put(png(width: 2, height: 1, [1, 2]), "3/b.png", in: folder)
      let failure = #expect(throws: Failure.self) { try ExampleTable(pngFolder: folder.path) }
      #expect(failure?.description == "\(folder.path)/3/b.png: is 2 × 1, but \(folder.path)/3/a.png is 2 × 2; all images must be of one size")
      #expect(throws: Failure(.missingInput, at: folder.path + "/none", "no such folder")) { try ExampleTable(pngFolder: folder.path + "/none") }
    }
  }

  @Test func partsThatDoNotFit() throws {
    try withTemporaryFolder { folder in
      let (wide, narrow) = (try put(Array("1,2,3\n".utf8), "wide.csv", in: folder), try put(Array("1,2\n".utf8), "narrow.csv", in: folder))
      let failure = #expect(throws: Failure.self) {
        try Dataset.load(try ExampleTable(csv: wide, label: .number(0)), test: try ExampleTable(csv: narrow, label: .number(0)))
      }
      #expect(failure?.description == "\(narrow): the images' width is 1, but that of \(wide) is 2")
    }
  }
}
