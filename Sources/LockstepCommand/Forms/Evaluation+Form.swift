extension JSONForm.Key {
  /// What `EvaluationReport.json` has beside the figures.
  static let evaluation: [JSONForm.Key] = [
    .init("rows", .count("Examples.")),
    .init(
      "confusion", .list(.list(.count("Rows."), "Of one true class, by answer."), "The confusion matrix, by true class; where answers are classes."),
      isAlwaysThere: false),
  ]
}

extension JSONForm {
  /// The loss, or a metric.
  static let figure: JSONForm = .maybe(.number("The loss or a metric, under its own name; null where it is no number."))

  /// An object of figures, and of `more`.
  static func evaluation(adding more: [Key] = [], _ words: String) -> JSONForm { .map(Key.evaluation + more, figure, words) }

  /// A number that is null where it is not finite.
  static func finite(_ words: String) -> JSONForm { .maybe(.number(words)) }

  static let finiteNumbers: JSONForm = .finite("A number; null where it is not finite.")

  /// An object under the name of the part of the data that it is about.
  static func byPart(_ form: JSONForm, adding more: [Key] = [], _ words: String) -> JSONForm {
    .record(more + ["training", "validation"].map { Key($0, form, isAlwaysThere: false) }, words)
  }
}

extension EvaluateVerb {
  private static let scores: [JSONForm.Key] = [
    .init("precision", .number("Of the answers that are this class, the share that is right.")),
    .init("recall", .number("Of the rows of this class, the share that is found.")), .init("f1", .number("The harmonic mean of both.")),
    .init("support", .count("Rows.")),
  ]

  static let jsonOutput: JSONOutput? = .object(
    .byPart(
      .evaluation(
        adding: [
          .init(
            "interval",
            .record(
              [
                .init("figure", .text("What it is about.")), .init("level", .number("How sure: 0.95.")), .init("low", .finite("The lower end.")),
                .init("high", .finite("The upper end.")), .init("resamples", .count("Resamples of the rows.")),
              ], "A confidence interval by the bootstrap."), isAlwaysThere: false),
          .init(
            "classes", .list(.record(scores + [.init("class", .integer("Its label."))], "A class."), "Each class; where answers are classes."),
            isAlwaysThere: false),
          .init(
            "averages", .record(["macro", "weighted"].map { .init($0, .record(scores, "Every class alike, or by its rows.")) }, "Over all classes."),
            isAlwaysThere: false),
          .init(
            "calibration",
            .record(
              [
                .init("error", .finite("The expected calibration error.")),
                .init(
                  "bins",
                  .list(
                    .record(
                      [
                        .init("rows", .count("Answers in it.")), .init("confidence", .finite("Their mean confidence.")),
                        .init("accuracy", .finite("The share that is right.")),
                      ], "A bin of confidences."), "From the least confidence to the most.")),
              ], "Whether answers are right as often as they are sure."), isAlwaysThere: false),
          .init(
            "mistakes",
            .list(
              .record(
                [
                  .init("row", .count("In this part.")), .init("source_row", .count("In the source.")), .init("truth", .integer("The right class.")),
                  .init("answer", .integer("The class that was answered.")), .init("confidence", .finite("The answer's probability.")),
                ], "A row that is answered wrongly."), "The surest ones, the surest first."), isAlwaysThere: false),
          .init(
            "thresholds",
            .list(
              .record(
                [
                  .init("class", .integer("What yes stands for.")), .init("threshold", .finite("From this probability on.")),
                  .init("precision", .finite("What it gives.")), .init("recall", .finite("What it gives.")),
                ], "An output."), "With --precision or --recall, for each yes-or-no output."), isAlwaysThere: false),
        ], "What the network does on that part."), "An evaluation."))
}

extension CompareVerb {
  static let jsonOutput: JSONOutput? = .object(
    .record(
      [
        .init("runs", .list(.text("A run."), "The first and the second.")), .init("data", .word(["training", "validation"], "What they were judged on.")),
        .init("first", .evaluation("What the first does.")), .init("second", .evaluation("What the second does.")),
        .init(
          "right",
          .record(
            [
              .init("both", .count("Rows that both answer rightly.")), .init("only_first", .count("Rows that only the first does.")),
              .init("only_second", .count("Rows that only the second does.")), .init("neither", .count("Rows that none does.")),
            ], "Who answers what rightly; where answers are classes."), isAlwaysThere: false),
        .init(
          "mcnemar",
          .record(
            [.init("method", .text("exact, or by the chi-squared distribution.")), .init("p", .number("How likely so great a difference is by chance."))],
            "McNemar's test; where answers are classes."), isAlwaysThere: false),
        .init(
          "changes",
          .list(
            .record(
              [
                .init("path", .text("The key.")), .init("before", .any("Its value in the first config; null where there is none.")),
                .init("after", .any("Its value in the second; null where there is none.")),
              ], "A key that differs."), "How the configs differ.")),
      ], "Two runs side by side."))
}
