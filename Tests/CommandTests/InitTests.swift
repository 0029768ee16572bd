import Foundation
import TestSupport
import Testing

/// The promise: whatever `data info` reads, `init` writes a config for that `check` has nothing to say against and `train` takes as it is, or says why there is none; it
/// replaces no file.
@Suite struct InitTests {
  /// Writes a config, and has it checked and trained.
  @discardableResult
  private static func checked(_ arguments: [String], _ file: String, in folder: URL) throws -> (report: [String: Any], text: String) {
    #expect(try succeed(["init"] + arguments, in: folder).hasPrefix("\(file)\n"))
    let report = try object(try succeed(["check", file, "--json"], in: folder))
    #expect((report["findings"] as? [Any])?.isEmpty == true, "\(arguments): \(report["findings"] ?? "")")
    try succeed(["train", file, "--quiet", "--set", "fit.epochs=1"], in: folder)
    return (report, try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8))
  }

  private static func outputs(_ report: [String: Any]) -> Int? { (report["layers"] as? [[String: Any]])?.last?["outputs"] as? Int }

  @Test func theBundledDigits() throws {
    try withTemporaryFolder { folder in
      let (report, _) = try Self.checked([], "digits.json", in: folder)
      #expect(report["loss"] as? String == "sparse_categorical_crossentropy" && report["validation_rows"] as? Int == 1000)
      try Refusal("init", 73, "digits.json: the file is there already; name another with --output").expect(in: folder)
    }
  }

  /// Labels of ten digits, or of two.
  @Test(arguments: [
    ([3], "sparse_categorical_crossentropy", 10), ([2], "binary_crossentropy", 1),
  ]) func aFolder(_ classes: [Int], _ loss: String, _ outputs: Int) throws {
    try withTemporaryFolder { folder in
      let data = folder.appendingPathComponent("my data")
      try succeed(["data", "synth", "--output", data.path, "--count", "300", "--test", "40"])
      if classes == [2] {
        // Every label becomes 0 or 1.
        for name in ["train", "t10k"] {
          let file = data.appendingPathComponent("\(name)-labels-idx1-ubyte")
          let bytes = try [UInt8](Data(contentsOf: file))
          try Data(bytes[..<8] + bytes[8...].map { $0 % 2 }).write(to: file)
        }
      }
      let (report, _) = try Self.checked(["my data"], "my-data.json", in: folder)
      #expect(report["loss"] as? String == loss && report["validation_rows"] as? Int == 40)
      #expect(Self.outputs(report) == outputs)
    }
  }

  @Test func ontoStandardOutput() throws {
    try withTemporaryFolder { folder in
      let text = try succeed(["init", "--output", "-"], in: folder)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
      try succeed(["init"], in: folder)
      #expect(try String(contentsOfFile: folder.path + "/digits.json", encoding: .utf8) == text)
      try Refusal(
        "init --output - --json", 64, "--json: standard output, which - stands for, takes one of the two; leave this out, or name a file"
      ).expect(in: folder)
    }
  }

  /// The same digits in every format, each with the keys that it needs.
  @Test func everyFormat() throws {
    try withTemporaryFolder { folder in
      try succeed(["data", "synth", "--output", "digits", "--count", "300", "--test", "60"], in: folder)
      for (output, options, key, validationRows) in [
        ("a.csv", ["--part", "training"], #"source: "csv", path: "a.csv""#, 60), ("b.tsv.gz", ["--part", "training"], #"source: "tsv", path: "b.tsv.gz""#, 60),
        ("c.npz", [], #"source: "npz", path: "c.npz""#, 60), ("d", ["--to", "npy"], #"source: "npy", path: "d""#, 60),
        ("e.svm", ["--part", "training"], #"source: "libsvm", path: "e.svm""#, 60),
        ("f", ["--to", "png", "--part", "training"], #"source: "png", path: "f""#, 60),
      ] as [(String, [String], String, Int)] {
        try succeed(["data", "convert", "digits", output] + options, in: folder)
        let name = "\(output.prefix { $0 != "." }).json"
        let (report, text) = try Self.checked([output], name, in: folder)
        #expect(text.contains(key), "\(output)")
        #expect(text.contains("// 300 rows of "), "\(text.prefix(80))")
        #expect(text.contains("validation: \"test\"") == ["c.npz", "d"].contains(output))
        #expect(Self.outputs(report) == 10 && report["validation_rows"] as? Int == validationRows, "\(output)")
      }
      // Arrays by other names, and in files of their own.
      try FileManager.default.moveItem(atPath: folder.path + "/d/x_train.npy", toPath: folder.path + "/d/pictures.npy")
      let (_, text) = try Self.checked(["d/pictures.npy", "--labels", "d/y_train.npy", "--output", "g.json"], "g.json", in: folder)
      #expect(text.contains(#"source: "npy", path: "d","#) && text.contains(#"images: "pictures", labels: "y_train","#))
      try Self.checked(["d", "--images", "pictures", "--labels", "y_train", "--output", "h.json"], "h.json", in: folder)
    }
  }

  /// Lines of text, options, the key that is found for them, outputs, and other words of the config.
  @Test(
    arguments: [
      // By name, wherever it stands.
      ("a,Label,b\n", ["0.5,0,*", "3,1,*", "7,2,*"], [], "label_column: \"Label\",", 3, "loss: { type: \"sparse_categorical_crossentropy\""),
      // The first column, or the last.
      ("", ["1,0.5,*", "0,4,*"], [], "label_column: 0,", 1, "binary_crossentropy"),
      ("", ["5.1,*,0", "4.9,*,1", "6.5,*,2"], [], "label_column: -1,", 3, "classes of 10 rows each"),
      ("", ["0,*,0", "0,-*,1", "0,#,2"], [], "label_column: -1,", 3, "sparse_categorical_crossentropy"),
      ("", ["1,*,0", "0,-*,1", "1,#,2"], ["--label-column", "-1"], "label_column: -1,", 3, "sparse_categorical_crossentropy"),
      ("u,v,w\n", ["1,*,0", "0,-*,1", "1,#,2"], ["--label-column", "w", "--header", "true"], "header: true,", 3, "label_column: \"w\","),
      // Labels with gaps, two of them far apart, and numbers.
      ("", ["3,0.5,*", "7,2,*", "8,1,*"], [], "classes: [3, 7, 8],", 3, "sparse_categorical_crossentropy"),
      ("", ["3,0.5,*", "9,2,*"], [], "classes: [3, 9],", 1, "binary_crossentropy"),
      ("", ["-1,0.5,*", "1,2,*"], [], "targets: \"value\",", 1, "labels are numbers from -1 to 1, no classes"),
      ("", ["0.25,0.5,*", "1.5,2,*"], [], "targets: \"value\",", 1, "mean_squared_error"),
      // Inputs of any size.
      ("", ["1,500.5,*", "0,40000,*"], [], "{ type: \"normalization\" },", 1, "scale: 1,"), ("", ["1,255,#", "0,0,#"], [], "scale: 255,", 1, "binary"),
    ] as [(String, [String], [String], String, Int, String)])
  func text(_ header: String, _ rows: [String], _ options: [String], _ key: String, _ outputs: Int, _ words: String) throws {
    try withTemporaryFolder { folder in
      // Ten times each, but for a fraction or a byte.
      let lines = (0..<10).flatMap { time in
        rows.map { $0.replacingOccurrences(of: "*", with: "\(time).5").replacingOccurrences(of: "#", with: "\(20 * time)") + "\n" }
      }
      try put(Array((header + lines.joined()).utf8), "some.csv", in: folder)
      let (report, text) = try Self.checked(["some.csv"] + options, "some.json", in: folder)
      #expect(text.contains(key) && text.contains(words), "\(text)")
      #expect(Self.outputs(report) == outputs)
    }
  }

  /// Few rows are all trained on.
  @Test func fewRows() throws {
    try withTemporaryFolder { folder in
      try put(Array("1,0.5\n0,3\n1,0.25\n".utf8), "few.csv", in: folder)
      #expect(try Self.checked(["few.csv"], "few.json", in: folder).text.contains("validation: \"none\","))
      // With a name that says nothing.
      try put(Array("1,0.5\n0,3\n1,0.25\n".utf8), "few", in: folder)
      #expect(try Self.checked(["few", "--from", "csv", "--output", "other.json"], "other.json", in: folder).text.contains("source: \"csv\", path: \"few\","))
    }
  }

  @Test(arguments: [
    Refusal("init nowhere", 66, "nowhere: no such file or folder"), Refusal("init none.csv", 66, "none.csv: no such file or folder"),
    Refusal("init empty", 65, "empty: holds no images; expected folders of .png files, one a class"),
    Refusal("init one.csv", 65, "one.csv: all 4 rows have the label 3; a network learns to tell labels apart, and needs two"),
    Refusal("init half.csv --label-column 0", 65, "half.csv: all 2 rows have the label 0.5; a network learns to tell labels apart, and needs two"),
    Refusal("init bad.csv", 65, "bad.csv: line 2, column 1 (a): 'x' is no number"),
    Refusal("init nan.csv", 65, "nan.csv: line 2, column 1: the value is nan; expected a finite number"),
    Refusal("init rows.npy", 65, "rows.npy: has no labels to learn; --labels names the file that has them"),
    Refusal("init rows.npy --labels empty/y.npy", 65, "empty/y.npy: is not in the folder of rows.npy; a config takes arrays from one folder"),
    Refusal("init one.npz", 65, "one.npz: has no labels to learn"),
    Refusal(
      "init train-images-idx3-ubyte", 65,
      "train-images-idx3-ubyte: is one IDX file, and a config takes a folder of them with MNIST's names; lockstep data convert makes one, with --to idx"),
    Refusal("init digits --label-column label", 64, "digits: the columns of IDX labels have no names, such as 'label'; expected a number"),
    Refusal("init one", 64, "one: its name does not say which format it has; known are idx, csv, tsv, npy, npz, libsvm, png"),
  ])
  func refused(_ refusal: Refusal) throws {
    try withTemporaryFolder { folder in
      try FileManager.default.createDirectory(at: folder.appendingPathComponent("empty"), withIntermediateDirectories: false)
      try put(Array("3,1.5\n3,2\n3,4\n3,9\n".utf8), "one.csv", in: folder)
      try put(Array("3,1.5\n3,2\n".utf8), "one", in: folder)
      try put(Array("0.5,1.5\n0.5,2\n".utf8), "half.csv", in: folder)
      try put(Array("l,a,b\n1,x,3\n".utf8), "bad.csv", in: folder)
      try put(Array("0,1,2\n1,nan,3\n".utf8), "nan.csv", in: folder)
      let array = npy("|u1", [2, 2], [1, 2, 3, 4])
      try put(array, "rows.npy", in: folder)
      try put(zipArchive([("x_train.npy", array)]), "one.npz", in: folder)
      try put(idx(type: 8, [2, 2], [1, 2, 3, 4]), "train-images-idx3-ubyte", in: folder)
      try FileManager.default.createDirectory(at: folder.appendingPathComponent("digits"), withIntermediateDirectories: false)
      try put(idx(type: 8, [2, 2], [1, 2, 3, 4]), "digits/train-images-idx3-ubyte", in: folder)
      try put(idx(type: 8, [2], [1, 2]), "digits/train-labels-idx1-ubyte", in: folder)
      let before = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      try refusal.expect(in: folder)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == before)
    }
  }
}
