import Datasets
import Failures
import Foundation
import RandomStreams
import TestSupport
import Testing

/// The promise: each format gives the numbers that are in the file, to the bit, with bytes as bytes.
@Suite struct TableTests {
  private func table(_ text: String, _ name: String = "data.csv", label: LabelColumn? = .number(0), header: Bool? = nil) throws -> ExampleTable {
    try withTemporaryFolder { folder in
      let path = try put(Array(text.utf8), name, in: folder)
      if name.hasPrefix("data.tsv") { return try ExampleTable(tsv: path, label: label, header: header) }
      if name.hasPrefix("data.svm") { return try ExampleTable(libsvm: path) }
      return try ExampleTable(csv: path, label: label, header: header)
    }
  }

  @Test(arguments: [
    "label,a,b\n3,0,255\n0,7,8\n", "label,a,b\r\n3,0,255\r\n0,7,8\r\n", "3,0,255\n0,7,8", "\u{FEFF}3,0,255\n0,7,8\n\n\n",
    "\"label\",\"a\"\"\n,\",b\n3,0,255\n0,7,8\n",
    " 3 , 0,255\n\"0\",+7,8.0\n", "3,0,255\n0,70e-1,.8e1\r\n", "3,0.0,0255\n0,7.,8\n",
  ])
  func textOfBytes(_ text: String) throws {
    let table = try table(text)
    #expect(table.bytes == [0, 255, 7, 8])
    #expect(table.labels?.values == [3, 0])
    #expect(table.count == 2 && table.shape == [2])
  }

  @Test func tabsAndColumns() throws {
    #expect(try table("3\t0\t255\n0\t7\t8\n", "data.tsv").bytes == [0, 255, 7, 8])
    for (label, labels, bytes) in [
      (LabelColumn.number(1), [Float(0), 7], [UInt8]([3, 255, 0, 8])), (.number(-1), [255, 8], [3, 0, 0, 7]), (.name("b"), [255, 8], [3, 0, 0, 7]),
      (.number(-3), [3, 0], [0, 255, 7, 8]),
    ] {
      let table = try table("x,a,b\n3,0,255\n0,7,8\n", label: label)
      #expect(table.labels?.values == labels)
      #expect(table.bytes == bytes)
    }
    let without = try table("3,0,255\n0,7,8\n", label: nil)
    #expect(without.labels == nil && without.bytes == [3, 0, 255, 0, 7, 8])
    // Names that are numbers are a header only where somebody says so.
    #expect(try table("0,1,2\n3,0,255\n", header: true).bytes == [0, 255])
    #expect(try table("0,1,2\n3,0,255\n").bytes == [1, 2, 0, 255])
  }

  /// Whatever stands in it, and with the others' places as they are.
  @Test func aColumnLeftOut() throws {
    try withTemporaryFolder { folder in
      func table(_ text: String) throws -> ExampleTable {
        var request = TableRequest(try put(Array(text.utf8), "data.csv", in: folder))
        (request.label, request.skipsLabel) = (.name("l"), true)
        return try request.open().training
      }
      let rows = "a,l,b\n1,,2\n3,\"x,\n\",4\n5,6,255\n"
      let left = try table(rows)
      #expect(left.labels == nil && left.bytes == [1, 2, 3, 4, 5, 255] && left.shape == [2])
      let failure = try #require(throws: Failure.self) { try table(rows + "7,8,y\n") }
      #expect("\(failure)".hasSuffix("data.csv: line 6, column 2 (b): 'y' is no number"))
      let many = try #require(throws: Failure.self) { try table(rows + "7,8,9,10\n") }
      #expect("\(many)".hasSuffix("data.csv: line 6: holds 4 fields; expected 3 as in line 1"))
    }
  }

  /// What is no byte makes all of them floats, those before it too.
  @Test(arguments: [("256", Float(256)), ("-1", -1), ("0.5", 0.5), ("-0", -0.0), ("1e-3", 0.001), ("NaN", .nan), ("-inf", -.infinity), ("Infinity", .infinity)])
  func textOfFloats(_ text: String, _ value: Float) throws {
    let floats = try table("1,2\n1,\(text)\n1,3\n").floats
    #expect(floats?.map(\.bitPattern) == [2, value, 3].map { Float($0).bitPattern })
  }

  /// Decimals of every length and size, with the bits that the C library gives them.
  @Test func numbersAreThoseOfStrtof() throws {
    var generator = CounterGenerator(seed: 1, stream: 0)
    var texts = [
      "0.1", "16777216", "16777217", "16777219", "1e10", "1e-10", "1e11", "3.4028235e38", "1e39", "1e-46", "1.17549435e-38", "0.000000000000000000000000001e27",
    ]
    for _ in 0..<20_000 {
      let value = Float(bitPattern: UInt32.random(in: 0...UInt32.max, using: &generator))
      guard value.isFinite else { continue }
      texts.append("\(value)")
      texts.append("\(Double(value) * 1.000000001)")
      texts.append(String(Int.random(in: 0...(1 << 26), using: &generator)) + "." + String(Int.random(in: 0...99_999, using: &generator)))
      texts.append("\(Int.random(in: -(1 << 25)...(1 << 25), using: &generator))e\(Int.random(in: -12...12, using: &generator))")
    }
    let floats = try table(texts.map { "-0.5,\($0)\n" }.joined(), label: .number(0)).floats
    #expect(floats?.map(\.bitPattern) == texts.map { strtof($0, nil).bitPattern })
  }

  @Test func sparseText() throws {
    let table = try table("# two rows\n3 1:7 3:255\n\n0 2:0.5   # a comment\r\n", "data.svm")
    #expect(table.floats == [7, 0, 255, 0, 0.5, 0] && table.labels?.values == [3, 0] && table.shape == [3])
    #expect(try self.table("+1 2:9\n-1\n", "data.svm").bytes == [0, 9, 0, 0])
  }

  @Test(arguments: [
    ("|u1", [UInt8]([1, 2, 3, 4]), [Float(1), 2, 3, 4]), ("|b1", [1, 0, 0, 1], [1, 0, 0, 1]), ("|i1", [1, 2, 3, 4], [1, 2, 3, 4]),
    ("|i1", [255, 2, 3, 4], [-1, 2, 3, 4]),
    ("<u2", littleEndian([1, 2, 3, 300] as [UInt16]), [1, 2, 3, 300]), ("<i2", littleEndian([1, 2, 3, -4] as [Int16]), [1, 2, 3, -4]),
    ("<i4", littleEndian([1, 2, 3, 255] as [Int32]), [1, 2, 3, 255]), ("<u4", littleEndian([1, 2, 3, 4] as [UInt32]), [1, 2, 3, 4]),
    ("<i8", littleEndian([1, 2, 3, -1] as [Int64]), [1, 2, 3, -1]), ("<u8", littleEndian([1, 2, 3, 4] as [UInt64]), [1, 2, 3, 4]),
    ("<f4", littleEndian([1, 2, 3, 0.1] as [Float]), [1, 2, 3, 0.1]), ("<f8", littleEndian([1, 2, 3, 0.1] as [Double]), [1, 2, 3, 0.1]),
  ])
  func arrays(_ type: String, _ payload: [UInt8], _ numbers: [Float]) throws {
    try withTemporaryFolder { folder in
      let array = npy(type, [2, 2, 1], payload)
      for (name, bytes) in [("plain", array), ("gzipped", gzip(array))] {
        let table = try ExampleTable(npy: try put(bytes, name, in: folder))
        #expect(table.numbers == numbers && table.shape == [2, 1] && table.count == 2)
        #expect((table.bytes != nil) == (!type.contains("f") && numbers.allSatisfy { 0...255 ~= $0 }))
      }
      let archive = try put(zipArchive([("y_train.npy", npy("<i8", [2], littleEndian([5, 6]))), ("x_train.npy", array)]), "arrays.npz", in: folder)
      let table = try ExampleTable(npz: archive, features: "x_train", labels: "y_train")
      #expect(table.numbers == numbers && table.labels?.values == [5, 6])
    }
  }

  /// Grey, colours, alpha and 16 bits are all grey bytes; the folders' names are the classes.
  @Test func pictures() throws {
    try withTemporaryFolder { folder in
      let pictures: [(String, [UInt8], [UInt8])] = [
        ("7/a.png", png(width: 2, height: 1, [9, 250]), [9, 250]), ("7/b.PNG", png(width: 2, height: 1, depth: 16, [9, 200, 250, 1]), [10, 250]),
        ("7/c.png", png(width: 2, height: 1, colour: 2, [8, 8, 8, 255, 255, 255]), [8, 255]),
        ("7/d.png", png(width: 2, height: 1, colour: 4, [100, 255, 100, 0]), [100, 255]), ("10/a.png", png(width: 2, height: 1, depth: 1, [0x40]), [0, 255]),
        ("10/b.png", gzip(png(width: 2, height: 1, colour: 6, [8, 8, 8, 255, 255, 255, 255, 0])), [8, 255]),
      ]
      for (name, bytes, _) in pictures {
        try FileManager.default.createDirectory(at: folder.appendingPathComponent(name).deletingLastPathComponent(), withIntermediateDirectories: true)
        try put(bytes, name, in: folder)
      }
      try put([1, 2, 3], ".DS_Store", in: folder)
      try put([1, 2, 3], "7/.hidden", in: folder)
      let table = try ExampleTable(pngFolder: folder.path)
      #expect(table.labels?.values == [7, 7, 7, 7, 10, 10] && table.shape == [1, 2])
      // 16 bits are rounded one way or the other.
      #expect(zip(table.bytes ?? [], pictures.flatMap(\.2)).allSatisfy { abs(Int($0) - Int($1)) <= 1 } && table.bytes?.count == 12)
      // Where one name is no number, all are names.
      try FileManager.default.moveItem(at: folder.appendingPathComponent("7"), to: folder.appendingPathComponent("ten"))
      #expect(try ExampleTable(pngFolder: folder.path).labels?.values == [0, 0, 1, 1, 1, 1])
    }
  }

  /// The real digits by way of every format that is written.
  @Test(arguments: DataFormat.allCases.filter { $0 != .png })
  func roundTrip(_ format: DataFormat) throws {
    try withTemporaryFolder { folder in
      let digits = try ExampleTable(
        idx: PackageFiles.root.appendingPathComponent("Sources/Datasets/Resources/mnist5k/train-images-idx3-ubyte.gz").path,
        labels: PackageFiles.root.appendingPathComponent("Sources/Datasets/Resources/mnist5k/train-labels-idx1-ubyte.gz").path)
      let floats = try ExampleTable(
        npy: try put(
          npy("<f4", [4, 3], littleEndian([0.1, -0.0, 3, Float(bitPattern: 71_362), .greatestFiniteMagnitude, 1 / 3, -7, 300, 0, 1e-9, 5e6, 255] as [Float])),
          "f.npy", in: folder),
        labels: try put(npy("<f8", [4], littleEndian([0.5, -2, 1e20, 7] as [Double])), "l.npy", in: folder))
      for table in [digits, floats] where format != .idx || table.bytes != nil {
        for packs in [false, true] {
          let encoder = TableEncoder(format)
          let out = folder.appendingPathComponent("out-\(packs)-\(table.count)." + format.rawValue)
          for file in try encoder.files(training: table, test: nil) {
            if encoder.makesFolder { try FileManager.default.createDirectory(at: out, withIntermediateDirectories: true) }
            try Data(packs ? gzipped(file.bytes) : file.bytes).write(to: encoder.makesFolder ? out.appendingPathComponent(file.name) : out)
          }
          let again = try TableRequest(out.path, format: format).open().training
          #expect(again.bytes == table.bytes)
          #expect(again.floats?.map(\.bitPattern) == table.floats?.map(\.bitPattern))
          #expect(again.labels?.values == table.labels?.values)
          if encoder.makesFolder || format == .npz { #expect(again.shape == table.shape) }
        }
      }
    }
  }

  @Test func summary() throws {
    let summary = TableSummary(try table("1,0,5\n2,nan,5\n1,0,5\n2,0,5\n9,inf,5\n1,-0,5\n"))
    #expect(summary.range == 0...5 && summary.zeros == 4 && summary.nans == 1 && summary.infinities == 1 && summary.constantColumns == 1)
    #expect(summary.duplicates == 2 && summary.contradictions == 1)
    #expect(summary.classes?.map { "\($0.label):\($0.rows)" } == ["1:3", "2:2", "9:1"])
    let real = TableSummary(try table("1.5,1\n-2,2\n"))
    #expect(real.classes == nil && real.labelRange == -2...1.5 && real.duplicates == 0)
  }
}

extension ExampleTable {
  var bytes: [UInt8]? {
    guard case .bytes(let rows) = features else { return nil }
    return Array(UnsafeBufferPointer(start: rows.base, count: rows.byteCount))
  }

  var floats: [Float]? { if case .floats(let values) = features { values } else { nil } }

  var numbers: [Float] { floats ?? bytes!.map(Float.init) }
}
