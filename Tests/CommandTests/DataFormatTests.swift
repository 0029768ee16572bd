import Datasets
import Foundation
import TestSupport
import Testing

/// The promise: a config reads every format, the same rows train to the same bits whatever format they are in, `data info` tells what is in them and `data convert` makes
/// one of the other.
@Suite struct DataFormatTests {
  static let digits = PackageFiles.root.appendingPathComponent("Sources/Datasets/Resources/mnist5k").path
  static let config = """
    {
      data: { source: "idx", path: "digits" },
      model: { layers: [{ type: "dense", units: 15, activation: "sigmoid" }, { type: "dense", units: 10 }] },
      compile: { optimizer: "adam", loss: { type: "sparse_categorical_crossentropy", from_logits: true }, metrics: ["accuracy"] },
    }
    """

  /// A folder with the bundled digits as IDX files, each as training and as test part, and the config above.
  private func withDigits(_ body: (URL) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let digits = folder.appendingPathComponent("digits")
      try FileManager.default.createDirectory(at: digits, withIntermediateDirectories: false)
      for (file, part) in [("images-idx3-ubyte", "train"), ("labels-idx1-ubyte", "train"), ("images-idx3-ubyte", "t10k"), ("labels-idx1-ubyte", "t10k")] {
        try FileManager.default.copyItem(atPath: "\(Self.digits)/train-\(file).gz", toPath: "\(digits.path)/\(part)-\(file).gz")
      }
      try put(Array(Self.config.utf8), "tiny.json", in: folder)
      try body(folder)
    }
  }

  @Test func everyFormatTrainsToTheSameBits() throws {
    try withDigits { folder in
      func bits(_ settings: String...) throws -> Data {
        let out = UUID().uuidString
        try succeed(["train", "tiny.json", "--quiet", "--output", out] + (settings + ["data.validation=test"]).flatMap { ["--set", $0] }, in: folder)
        return try Data(contentsOf: folder.appendingPathComponent("\(out)/model.safetensors"))
      }
      func convert(_ output: String, _ options: String...) throws { try succeed(["data", "convert", "digits", output] + options, in: folder) }
      let expected = try bits()
      for (source, file) in [("csv", "d.csv"), ("tsv", "d.tsv.gz"), ("libsvm", "d.svm")] {
        try convert(file, "--part", "training")
        #expect(try bits("data={source:'\(source)',path:'\(file)',test_path:'\(file)'}") == expected, "\(source)")
      }
      try put(bzip2(Array(try Data(contentsOf: folder.appendingPathComponent("d.csv"))), blockSize: 9), "d.packed", in: folder)
      #expect(try bits("data={source:'csv',path:'d.packed',test_path:'d.csv'}") == expected)
      try convert("d.npz")
      #expect(try bits("data={source:'npz',path:'d.npz'}") == expected)
      try convert("arrays", "--to", "npy")
      #expect(try bits("data={source:'npy',path:'arrays'}") == expected)
      // The test part is the file that is named for it.
      let lines = try String(contentsOf: folder.appendingPathComponent("d.csv"), encoding: .utf8).split(separator: "\n").prefix(101)
      try put(Array(lines.joined(separator: "\n").utf8), "few.csv", in: folder)
      // It warns of the classes that are not in it.
      let ending = try lockstep(["train", "tiny.json"] + set("data={source:'csv',path:'d.csv',test_path:'few.csv',validation:'test'}"), in: folder)
      #expect(ending.status == 0 && ending.output.contains("validation data (100 rows)"))
      // And back again, the same files to the byte.
      try succeed(["data", "convert", "d.csv", "again", "--to", "idx", "--shape", "28x28"], in: folder)
      try succeed(["data", "convert", "d.npz", "other", "--to", "idx"], in: folder)
      try convert("same", "--to", "idx")
      for name in ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte"] {
        let file = try Data(contentsOf: folder.appendingPathComponent("same/\(name)"))
        if name.hasPrefix("train") { #expect(try Data(contentsOf: folder.appendingPathComponent("again/\(name)")) == file) }
        #expect(try Data(contentsOf: folder.appendingPathComponent("other/\(name)")) == file)
      }
    }
  }

  @Test func aFolderOfPictures() throws {
    try withTemporaryFolder { folder in
      for (label, ink) in [(0, UInt8(0)), (1, 200)] {
        let path = folder.appendingPathComponent("images/\(label)")
        try FileManager.default.createDirectory(at: path, withIntermediateDirectories: true)
        for number in 0..<8 { try put(png(width: 5, height: 5, [UInt8](repeating: ink + UInt8(number), count: 25)), "\(number).png", in: path) }
      }
      try put(Array(Self.config.utf8), "tiny.json", in: folder)
      let settings = [
        "data={source:'png',path:'images'}", "model.layers[1].units=2", "fit.batch_size=4", "fit.epochs=60", "compile.optimizer.learning_rate=0.05",
      ]
      let text = try succeed(["train", "tiny.json"] + settings.flatMap { ["--set", $0] }, in: folder)
      #expect(text.contains("accuracy 1.0000"))
      #expect(try succeed(["data", "info", "images"], in: folder).hasPrefix("images: 16 rows of 5×5 bytes (png)\n"))
    }
  }

  /// Pictures hold the same rows, class by class; and what is there is not mixed with others.
  @Test func picturesAndBack() throws {
    try withDigits { folder in
      try succeed(["data", "convert", "digits", "pictures", "--to", "png", "--part", "training"], in: folder)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/pictures").sorted() == (0...9).map(String.init))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/pictures/3").count == 500)
      try succeed(["data", "convert", "pictures", "sorted.npz"], in: folder)
      try succeed(["data", "convert", "digits", "whole.npz", "--part", "training"], in: folder)
      // A stable sort by class is all the difference.
      let sorted = try Self.rows(folder.appendingPathComponent("sorted.npz").path)
      let whole = try Self.rows(folder.appendingPathComponent("whole.npz").path)
      #expect(sorted.count == 5000 && sorted.map(\.label) == whole.map(\.label).sorted())
      let expected = (0...9).flatMap { label in whole.filter { $0.label == label } }
      #expect(sorted.map(\.pixels) == expected.map(\.pixels))
      let refused = try lockstep(["data", "convert", "digits", "pictures/", "--to", "png", "--part", "test"], in: folder)
      #expect(refused.status == 73 && refused.errors == "lockstep: pictures: is there already and is not replaced; name another folder, or remove it first\n")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["digits", "pictures", "sorted.npz", "tiny.json", "whole.npz"])
    }
  }

  /// The images and labels of an archive's training part.
  private static func rows(_ path: String) throws -> [(pixels: [UInt8], label: Int)] {
    let table = try TableRequest(path).open().training
    guard case .bytes(let bytes) = table.features, let labels = table.labels else { return [] }
    return labels.values.enumerated().map { row, label in
      (Array(UnsafeBufferPointer(start: bytes.base + row * table.width, count: table.width)), Int(label))
    }
  }

  /// QMNIST's form of labels, and its key in a config.
  @Test func aColumnOfTheLabels() throws {
    try withDigits { folder in
      let labels = try ExampleTable(idx: "\(Self.digits)/train-labels-idx1-ubyte.gz")
      guard case .bytes(let bytes) = labels.features else { return }
      let rows = (0..<bytes.byteCount).flatMap { row in (0..<8).flatMap { bigEndian(UInt32($0 == 2 ? bytes.base[row] : 7)) } }
      for part in ["train", "t10k"] {
        try FileManager.default.removeItem(at: folder.appendingPathComponent("digits/\(part)-labels-idx1-ubyte.gz"))
        try put(gzip(idx(type: 0x0C, [bytes.byteCount, 8], rows)), "digits/\(part)-labels-idx2-int.gz", in: folder)
      }
      for column in ["2", "-6"] {
        let info = try object(try succeed(["data", "info", "digits", "--label-column", column, "--json"], in: folder))
        #expect((info["test"] as? [String: Any])?["rows_per_class"] as? [String: Int] == Dictionary(uniqueKeysWithValues: (0...9).map { ("\($0)", 500) }))
        let text = try succeed(["train", "tiny.json", "--output", "run\(column)"] + set("data.label_column=\(column)", "fit.epochs=3"), in: folder)
        #expect(text.contains("Epoch 3/3"))
      }
      let refused = try lockstep(["check", "tiny.json"] + set("data.label_column=8"), in: folder)
      #expect(refused.status == 65 && refused.errors == "lockstep: digits/train-labels-idx2-int.gz: has 8 numbers a row; column 8 is none of them\n")
    }
  }

  @Test func info() throws {
    try withDigits { folder in
      let text = try succeed(["data", "info", "digits"], in: folder, environment: ["LC_ALL": "C.UTF-8", "TERM": "xterm"])
      #expect(text.hasPrefix("digits/train-images-idx3-ubyte.gz: the training part: 5000 rows of 28×28 bytes (idx)\nvalues      0 to 255, 80."))
      #expect(text.contains("\nlabels      10 classes, 500 rows each\n  class  rows  share\n      0   500  10.0%\n"))
      #expect(text.contains("\nduplicates  none\n") && text.contains("the test part: 5000 rows") && text.contains("█"))
      #expect(!text.split(separator: "\n").contains { $0.count > 100 })
      try put(Array("a,b,l\n1,nan,3\n0.5,2,-1\n0.5,2,4\n".utf8), "odd.csv", in: folder)
      let record = try object(try succeed(["data", "info", "odd.csv", "--label-column", "l", "--json"], in: folder))
      let training = try #require(record["training"] as? [String: Any])
      for (name, number) in ["rows": 3, "nan": 1, "infinite": 0, "duplicates": 1, "contradictions": 1, "zeros": 0] {
        #expect(training[name] as? Int == number, "\(name)")
      }
      #expect(training["range"] as? [Double] == [0.5, 2] && training["shape"] as? [Int] == [2] && training["type"] as? String == "floats")
      #expect(training["rows_per_class"] as? [String: Int] == ["-1": 1, "3": 1, "4": 1])
    }
  }

  /// `check`, `train` and `data info` say what is wrong with a file, and where.
  @Test(arguments: [
    Refusal("check tiny.json --set data={source:'csv',path:'digits.csv'}", 65, "digits.csv: line 2, column 1 (a): 'x' is no number"),
    Refusal("train tiny.json --set data={source:'csv',path:'digits.csv'}", 65, "digits.csv: line 2, column 1 (a): 'x' is no number"),
    Refusal("data info digits.csv", 65, "digits.csv: line 2, column 1 (a): 'x' is no number"),
    Refusal("data info none.csv", 66, "none.csv: no such file"),
    Refusal("data info tiny.json", 64, "tiny.json: its name does not say which format it has; known are idx, csv, tsv, npy, npz, libsvm, png"),
    Refusal("data info none", 66, "none: no such file"),
    Refusal("data info digits.csv --from cvs", 64, "--from cvs: unknown format; did you mean 'csv'?"),
    Refusal("data info digits.csv --header no", 64, "--header no: unknown word; known are true, false, auto"),
    Refusal("data info", 64, "expected a file or folder of examples"),
    Refusal("data convert digits.csv", 64, "expected IN and OUT"),
    Refusal("data convert digits.csv a b", 64, "b: unexpected; IN and OUT are given already"),
    Refusal("data convert good.csv out", 64, "out: its name does not say which format to write; give --to"),
    Refusal("data convert good.csv out.png", 64, "out.png: a data set is a folder of PNG files; --to png makes one of this name"),
    Refusal(
      "data convert good.csv out --to png", 65, "good.csv: holds numbers that are no bytes, and the pixels of PNG files are bytes; write npy, npz or csv"),
    Refusal(
      "data convert whole.csv out --to png", 65,
      "whole.csv: rows of the shape 2 are no pictures of one channel; --shape says how many rows and columns they have"),
    Refusal(
      "data convert bytes.csv out --to png --shape 1x2 --label-column 2", 65,
      "bytes.csv: line 1, column 2: the label is 70000; expected a whole number from 0 to 65535"),
    Refusal(
      "data convert bytes.csv out --to png --shape 1x3 --label-column none", 65,
      "bytes.csv: holds numbers that are no bytes, and the pixels of PNG files are bytes; write npy, npz or csv"),
    Refusal("data convert good.csv out --to idx", 65, "good.csv: holds numbers that are no bytes, and IDX images are bytes; write npy, npz or csv"),
    Refusal("data convert good.csv out.npz --shape 2x2", 65, "good.csv: rows of 2 numbers cannot have the shape 2x2"),
    Refusal("data convert good.csv out.npz --shape 2by2", 64, "--shape 2by2: expected dimensions with an x between them, such as 28x28"),
    Refusal("data convert good.csv out.npz --part test", 65, "good.csv: has no test part"),
    Refusal("data convert good.csv out.npz --part all", 64, "--part all: unknown part; known are training, test"),
    Refusal("data convert good.csv none/out.npz", 74, "none/out.npz: cannot be written: No such file or directory"),
  ])
  func refused(_ refusal: Refusal) throws {
    try withTemporaryFolder { folder in
      try put(Array(Self.config.utf8), "tiny.json", in: folder)
      try put(Array("l,a,b\n1,x,3\n".utf8), "digits.csv", in: folder)
      try put(Array("1,0.5,3\n".utf8), "good.csv", in: folder)
      try put(Array("1,4,70000\n".utf8), "bytes.csv", in: folder)
      try put(Array("1,4,7\n".utf8), "whole.csv", in: folder)
      try refusal.expect(in: folder)
    }
  }

  /// What is there stays as it is, but for those who ask for it; and what is read stays whatever they ask for.
  @Test func nothingIsReplacedUnasked() throws {
    try withTemporaryFolder { folder in
      try put(Array("1,4,7\n2,5,8\n".utf8), "in.csv", in: folder)
      try put(Array("mine\n".utf8), "there.csv", in: folder)
      try FileManager.default.createSymbolicLink(atPath: folder.path + "/link.csv", withDestinationPath: "in.csv")
      try FileManager.default.createDirectory(atPath: folder.path + "/arrays", withIntermediateDirectories: false)
      try put(Array("mine\n".utf8), "arrays/y_train.npy", in: folder)
      let advice = "is there already; name another OUT, or add --overwrite to replace it"
      for refusal in [
        Refusal("data convert in.csv there.csv", 73, "there.csv: \(advice)"),
        Refusal("data convert in.csv arrays --to npy", 73, "arrays/y_train.npy: \(advice)"),
        Refusal("data convert in.csv in.csv --overwrite", 73, "in.csv: is what is read; name another OUT"),
        Refusal("data convert in.csv link.csv --overwrite", 73, "link.csv: is what is read; name another OUT"),
        Refusal("data convert link.csv in.csv", 73, "in.csv: is what is read; name another OUT"),
      ] { try refusal.expect(in: folder) }
      try succeed(["data", "convert", "in.csv", "there.csv", "--overwrite", "--to", "tsv"], in: folder)
      #expect(try String(contentsOfFile: folder.path + "/there.csv", encoding: .utf8).hasSuffix("1\t4\t7\n2\t5\t8\n"))
      // A folder that is read is not written to where that would take a file's place.
      try succeed(["data", "convert", "in.csv", "set", "--to", "npy"], in: folder)
      try Refusal("data convert set set --to npy --overwrite", 73, "set/x_train.npy: is what is read; name another OUT").expect(in: folder)
    }
  }

  /// The bytes of a file of that name, and no word more.
  @Test func ontoStandardOutput() throws {
    try withTemporaryFolder { folder in
      try put(Array("1,4,7\n2,5,8\n".utf8), "in.csv", in: folder)
      for format in ["csv", "tsv", "libsvm", "npz"] {
        try succeed(["data", "convert", "in.csv", "file", "--to", format, "--overwrite"], in: folder)
        try succeed(["data", "convert", "in.csv", "-", "--to", format], in: folder, launcher: shell("\"$@\" > piped"))
        let (file, piped) = (try Data(contentsOf: folder.appendingPathComponent("file")), try Data(contentsOf: folder.appendingPathComponent("piped")))
        #expect(piped == file && !file.isEmpty, "\(format)")
      }
      let choice = "makes a folder of files, and standard output takes one; choose csv, tsv, npz or libsvm"
      for refusal in [
        Refusal("data convert in.csv - --to npy", 64, "--to npy: \(choice)"), Refusal("data convert in.csv - --to idx", 64, "--to idx: \(choice)"),
        Refusal("data convert in.csv -", 64, "-: standard output has no name that says which format to write; give --to"),
        Refusal(
          "data convert in.csv - --to csv --json", 64, "--json: standard output, which - stands for, takes one of the two; leave this out, or name a file"),
      ] { try refusal.expect(in: folder) }
    }
  }

  /// As the file itself, whose format its first bytes tell, or the user.
  @Test func fromStandardInput() throws {
    try withTemporaryFolder { folder in
      try succeed(["data", "synth", "--output", "digits", "--count", "50", "--test", "20"], in: folder)
      for output in ["d.csv", "d.tsv.gz", "d.svm"] { try succeed(["data", "convert", "digits", output, "--part", "training"], in: folder) }
      try succeed(["data", "convert", "digits", "d.npz"], in: folder)
      try succeed(["data", "convert", "digits", "arrays", "--to", "npy"], in: folder)
      try put(gzip([UInt8](try Data(contentsOf: folder.appendingPathComponent("d.csv")))), "packed", in: folder)
      for (file, options) in [
        ("d.csv", []), ("packed", []), ("d.tsv.gz", []), ("d.tsv.gz", ["--from", "tsv"]), ("d.svm", ["--from", "libsvm"]), ("d.npz", []),
        ("arrays/x_train.npy", []), ("digits/train-images-idx3-ubyte", []),
      ] as [(String, [String])] {
        let named = try succeed(["data", "info", file] + (file == "packed" ? ["--from", "csv"] : []), in: folder)
        let piped = try succeed(["data", "info", "-"] + options, in: folder, launcher: shell("cat \(file) | \"$@\""))
        #expect(piped == named.replacing("\(file): ", with: "standard input: "), "\(file)")
      }
      let json = try object(try succeed(["data", "info", "-", "--json"], in: folder, launcher: shell("\"$@\" <d.csv")))
      #expect((json["training"] as? [String: Any])?["path"] as? String == "standard input")
      try succeed(["data", "convert", "d.csv", "named.npz", "--shape", "28x28"], in: folder)
      try succeed(["data", "convert", "-", "piped.npz", "--shape", "28x28"], in: folder, launcher: shell("cat d.csv | \"$@\""))
      let files = try ["named", "piped"].map { try Data(contentsOf: folder.appendingPathComponent("\($0).npz")) }
      #expect(files[0] == files[1])
      let both = try succeed(["data", "convert", "-", "-", "--to", "csv", "--part", "training"], in: folder, launcher: shell("cat d.npz | \"$@\""))
      #expect(try both == String(contentsOf: folder.appendingPathComponent("d.csv"), encoding: .utf8))
      for refusal in [
        Refusal("data info -", 65, "standard input: the file is empty"),
        Refusal(
          "data convert - a.csv", 65, "standard input: line 1: holds 1 column; expected a label and at least 1 feature", launcher: shell("echo 7 | \"$@\"")),
        Refusal("data convert - d.csv --overwrite", 73, "d.csv: is what is read; name another OUT", launcher: shell("\"$@\" <d.csv")),
      ] { try refusal.expect(in: folder) }
    }
  }

  @Test func theTestPartIsLeftOutAloud() throws {
    try withDigits { folder in
      let ending = try lockstep(["data", "convert", "digits", "d.csv"], in: folder)
      #expect(ending.status == 0 && ending.errors == "lockstep: digits: the test part is left out; --part test writes it\n")
      #expect(ending.output.hasPrefix("d.csv: 5000 rows as csv, "))
    }
  }
}
