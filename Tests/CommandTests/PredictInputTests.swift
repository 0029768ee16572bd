import Foundation
import TestSupport
import Testing

/// The promise: `predict` answers the same for the same images whatever they come in, a pipe too, and for pictures of any size as for the digits that they show.
@Suite struct PredictInputTests {
  /// Trains on the bundled digits; `body` gets the run, and a folder with ten of them, one of each class, as bytes.
  private func withRun(_ body: (_ run: String, _ folder: URL, _ digits: [UInt8]) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let run = try train("configs/digits.json", into: folder)
      let packed = PackageFiles.root.appendingPathComponent("Sources/Datasets/Resources/mnist5k").path
      try succeed(["data", "convert", packed, "all", "--to", "npy"], in: folder)
      let bytes = [UInt8](try Data(contentsOf: folder.appendingPathComponent("all/x_train.npy")))
      let start = bytes.count - 5000 * 784
      var digits: [UInt8] = []
      for label in 0..<10 {
        let digit = start + 500 * label * 784
        digits += bytes[digit..<digit + 784]
      }
      try put(idx([10, 28, 28], digits), "digits", in: folder)
      try body(run.folder.path, folder, digits)
    }
  }

  @Test func everyFormatAndAPipe() throws {
    try withRun { run, folder, digits in
      let expected = try succeed(["predict", run, "--input", "digits"], in: folder)
      try put(npy("|u1", [10, 28, 28], digits), "digits.npy", in: folder)
      let text = digits.chunks(of: 784).map { $0.map { "\($0)" }.joined(separator: ",") + "\n" }.joined()
      try put(Array(text.utf8), "digits.csv", in: folder)
      try put(gzip(Array(text.utf8)), "digits.csv.gz", in: folder)
      try FileManager.default.createDirectory(at: folder.appendingPathComponent("pictures"), withIntermediateDirectories: false)
      for (number, digit) in digits.chunks(of: 784).enumerated() { try put(png(width: 28, height: 28, digit), "pictures/\(number).png", in: folder) }
      for input in ["digits.npy", "digits.csv", "digits.csv.gz", "pictures"] {
        #expect(try succeed(["predict", run, "--input", input], in: folder) == expected, "\(input)")
        if input == "pictures" { continue }
        #expect(try succeed(["predict", run, "--input", "-"], in: folder, launcher: shell("cat \(input) | \"$@\"")) == expected, "a pipe of \(input)")
      }
      #expect(try succeed(["predict", run, "--input", "-"], in: folder, launcher: shell("cat digits | \"$@\"")) == expected)
      #expect(try succeed(["predict", run, "--input", "-"], in: folder, launcher: shell("\"$@\" <digits")) == expected)
    }
  }

  /// A column of labels beside the inputs is none of them where the header calls it as the config does, or where that says no name, `label`; it is guessed by nothing else.
  @Test func labelsAreLeftOut() throws {
    try withRun { run, folder, digits in
      func rows(_ labels: [String]) -> [String] {
        zip(labels, digits.chunks(of: 784)).map { label, digit in ([label] + digit.map { "\($0)" }).joined(separator: ",") + "\n" }
      }
      let numbers = (0..<10).map { "\(9 - $0)" }
      /// A file of the labels and all pixels, of which the first two are called `pixels`.
      func write(_ name: String, _ file: String, labels: [String]? = nil, pixels: [String] = ["p0", "p1"]) throws {
        let header = ([name] + pixels + (2..<784).map { "p\($0)" }).joined(separator: ",") + "\n"
        try put(Array((header + rows(labels ?? numbers).joined()).utf8), file, in: folder)
      }
      try write("Label", "label.csv")
      try write("digit", "digit.csv")
      try write("p1", "twice.csv")
      // What it says does not matter.
      try write("label", "words.csv", labels: (0..<10).map { ["", "seven", "\"a, \"\"b\"\"\nc\"", "7x"][$0 % 4] })
      // Two columns that could be it, of which the config names one; and one that it names twice.
      try write("digit", "both.csv", pixels: ["label", "p1"])
      try write("label", "other.csv", pixels: ["digit", "p1"])
      try write("digit", "digits.csv", pixels: ["digit", "p1"])
      let named = try train(
        "configs/digits.json", set("data={source:'csv',path:'\(folder.path)/both.csv',label_column:'digit'}", "fit.epochs=1"), into: folder)
      // Without their first pixel, and with the label in its place.
      try put(idx([10, 28, 28], zip(0..<10, digits.chunks(of: 784)).flatMap { [UInt8(9 - $0)] + $1.dropFirst() }), "others", in: folder)
      for (run, file, name, images) in [
        (run, "label.csv", "Label", "digits"), (run, "words.csv", "label", "digits"), (run, "both.csv", "label", "others"),
        (named.folder.path, "digit.csv", "digit", "digits"), (named.folder.path, "both.csv", "digit", "digits"),
        (named.folder.path, "other.csv", "digit", "others"),
      ] {
        let expected = try succeed(["predict", run, "--input", images], in: folder)
        for (input, launcher) in [(file, []), ("-", shell("\"$@\" <\(file)"))] {
          let ending = try lockstep(["predict", run, "--input", input], in: folder, launcher: launcher)
          #expect(ending.status == 0 && ending.output == expected, "\(file)")
          let place = input == "-" ? "standard input" : file
          #expect(ending.errors == "lockstep: \(place): the column '\(name)' is left out; the network takes the other 784\n")
        }
      }
      try put(Array(rows(numbers).joined().utf8), "bare.csv", in: folder)
      for (run, files) in [(run, ["digit.csv", "twice.csv", "bare.csv"]), (named.folder.path, ["label.csv", "digits.csv", "bare.csv"])] {
        for file in files {
          let advice = "an image has 785 pixels, the network of \(run) takes 784; if one of them is the label, leave it out"
          try Refusal(["predict", run, "--input", file], 65, "\(file): \(advice)").expect(in: folder)
          try Refusal(["predict", run, "--input", "-"], 65, "standard input: \(advice)", launcher: shell("\"$@\" <\(file)")).expect(in: folder)
        }
      }
    }
  }

  /// Ten digits, three times as large, in ink on paper, anywhere on it: nearly all are known as they are in their frames.
  @Test func picturesOfAnySize() throws {
    try withRun { run, folder, digits in
      func classes(_ csv: String) -> [String] { csv.split(separator: "\n").dropFirst().map { String($0.split(separator: ",")[1]) } }
      let expected = classes(try succeed(["predict", run, "--input", "digits"], in: folder))
      try FileManager.default.createDirectory(at: folder.appendingPathComponent("large"), withIntermediateDirectories: false)
      for (number, digit) in digits.chunks(of: 784).enumerated() {
        var pixels = [UInt8](repeating: 255, count: 90 * 130)
        for row in 3..<87 {
          for column in 40..<124 { pixels[row * 130 + column] = 255 - digit[(row - 3) / 3 * 28 + (column - 40) / 3] }
        }
        try put(png(width: 130, height: 90, pixels), "large/\(number).png", in: folder)
      }
      let ending = try lockstep(["predict", run, "--input", "large", "--show"], in: folder, environment: ["LC_ALL": "C.UTF-8", "TERM": "xterm"])
      #expect(ending.status == 0)
      #expect(zip(classes(ending.output), expected).filter { $0 == $1 }.count >= 9)
      #expect(ending.errors.hasPrefix("large/0.png, 130 × 90, as 28 × 28:\n") && ending.errors.contains("█"))
      let piped = try lockstep(["predict", run, "--input", "-", "--show"], in: folder, launcher: shell("cat large/0.png | \"$@\""))
      #expect(piped.errors.hasPrefix("standard input, 130 × 90, as 28 × 28:\n"))
    }
  }

  @Test func formsOfAnswers() throws {
    try withRun { run, folder, _ in
      let rows = try succeed(["predict", run, "--input", "digits"], in: folder).split(separator: "\n").dropFirst().map {
        $0.split(separator: ",").map(String.init)
      }
      let top = try succeed(["predict", run, "--input", "digits", "--top", "3"], in: folder).split(separator: "\n").map {
        $0.split(separator: ",").map(String.init)
      }
      #expect(top[0] == ["row", "class_1", "probability_1", "class_2", "probability_2", "class_3", "probability_3"])
      for (row, best) in zip(rows, top.dropFirst()) {
        let sorted = row.dropFirst(2).enumerated().sorted { Float($0.element)! > Float($1.element)! }.prefix(3)
        #expect(best == [row[0]] + sorted.flatMap { ["\($0.offset)", $0.element] })
      }
      let line = try object(try succeed(["predict", run, "--input", "digits", "--top", "2", "--json"], in: folder).split(separator: "\n")[4])
      let objects = try #require(line["top"] as? [[String: Any]])
      #expect(objects.map { "\($0["class"] as? Int ?? -1)" } == [top[5][1], top[5][3]])
      try succeed(["predict", run, "--input", "digits", "--output", "answers.npy"], in: folder)
      let numbers = rows.flatMap { $0.dropFirst(2).map { Float($0)! } }
      let file = [UInt8](try Data(contentsOf: folder.appendingPathComponent("answers.npy")))
      #expect(Array(file.suffix(400)) == littleEndian(numbers))
      try succeed(["predict", run, "--input", "digits", "--format", "npy"], in: folder, launcher: shell("\"$@\" >piped.npy"))
      #expect([UInt8](try Data(contentsOf: folder.appendingPathComponent("piped.npy"))) == file)
      #expect(try succeed(["predict", run, "--input", "digits", "--output", "-"], in: folder) == succeed(["predict", run, "--input", "digits"], in: folder))
      let refusals = [
        Refusal("predict \(run) --input digits --format xml", 64, "--format xml: unknown format; known are csv, json, npy"),
        Refusal("predict \(run) --input digits --top 0", 64, "--top 0: expected at least 1, found 0"),
        Refusal("predict \(run) --input digits --top 3 --format npy", 64, "--top: an array has all probabilities; use csv or json"),
        Refusal("predict \(run) --input digits --from jpg", 64, "--from jpg: unknown format; known are idx, npy, csv, tsv, png"),
        Refusal("predict \(run) --input digits --output digits", 64, "--output digits: is what is read; name another file"),
        Refusal("predict \(run) --input -", 65, "standard input: the file is empty"),
        Refusal("predict \(run) --input blank.png", 65, "blank.png: is of one colour; expected a digit"),
        Refusal(
          "predict \(run) --input -", 64, "standard input: npz files hold more than images; convert it with lockstep data convert",
          launcher: shell("printf 'PK\\003\\004' | \"$@\"")),
        Refusal("predict \(run) --input a.npz", 64, "a.npz: npz files hold more than images; convert it with lockstep data convert"),
      ]
      try put(png(width: 9, height: 9, [UInt8](repeating: 0, count: 81)), "blank.png", in: folder)
      for refusal in refusals { try refusal.expect(in: folder) }
    }
  }
}
