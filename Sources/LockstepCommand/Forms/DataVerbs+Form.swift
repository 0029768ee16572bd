extension DataInfoVerb {
  static let jsonOutput: JSONOutput? = .object(
    .record(
      [
        .init("training", part("The rows to train on.")),
        .init("test", part("The rows to test with, where the format has a place for them."), isAlwaysThere: false),
      ],
      "What a file or folder of examples holds."))

  private static func part(_ words: String) -> JSONForm {
    .record(
      [
        .init("path", .text("The file or folder of the images.")),
        .init("format", .word(["idx", "csv", "tsv", "npy", "npz", "libsvm", "png"], "The format it is in.")),
        .init("rows", .count("Examples.")), .init("shape", .list(.count("A dimension."), "The dimensions of a row.")),
        .init("type", .word(["bytes", "floats"], "Bytes where all numbers are whole and from 0 to 255.")),
        .init("range", .maybe(.list(.number("A limit."), "The smallest and the largest number that is finite."))),
        .init("zeros", .count("Numbers that are 0.")), .init("nan", .count("Numbers that are none.")), .init("infinite", .count("Infinite numbers.")),
        .init("constant_columns", .count("Columns in which every row has the same number.")),
        .init("labels", .maybe(.text("classes, numbers, or vectors of so many numbers; null without labels."))),
        .init("label_range", .maybe(.list(.number("A limit."), "The smallest and the largest label that is finite."))),
        .init("rows_per_class", .maybe(.map([], .count("Rows."), "Rows of each class, by its label; null where labels are no classes."))),
        .init("duplicates", .count("Rows whose features an earlier row has.")),
        .init("contradictions", .count("Those of them that have another label than that row.")),
      ], words)
  }
}

extension DataConvertVerb {
  static let jsonOutput: JSONOutput? = .object(
    .record(
      [
        .init("output", .text("The file or folder that was written.")),
        .init("format", .word(["idx", "csv", "tsv", "npy", "npz", "libsvm", "png"], "The format it is in.")),
        .init("rows", .count("Examples in it.")), .init("bytes", .count("Bytes of all files.")), .init("files", .count("Files.")),
      ], "What was written."))
}

extension DataFetchVerb {
  static let jsonOutput: JSONOutput? = .object(
    .record(
      [
        .init("name", .text("The data set.")), .init("folder", .text("Where it is.")),
        .init("files", .list(.text("A name in the folder."), "Its IDX files.")),
      ], "Where a data set is."))
}

extension DataSynthVerb {
  static let jsonOutput: JSONOutput? = .object(
    .record(
      [
        .init("folder", .text("Where the files are.")), .init("training", .count("Digits to train on.")), .init("test", .count("Digits to test with.")),
        .init("size", .count("Pixels a side.")), .init("seed", .count("Which digits.")), .init("bytes", .count("Bytes of all files.")),
        .init("seconds", .number("What it took.")),
      ], "What was written."))
}
