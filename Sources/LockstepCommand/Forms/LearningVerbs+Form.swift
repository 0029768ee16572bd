extension TrainVerb {
  static let jsonOutput: JSONOutput? = .lines(
    .either([
      .map(
        [
          .init("epoch", .count("The epoch, from 1.")), .init("seconds", .number("What the training part of it took.")),
          .init("samples_per_second", .number("Rows a second in that time.")),
        ], .figure, "An epoch, as in history.jsonl: loss and metrics of the training data, and with val_ before them of the validation data."),
      .byPart(.evaluation("What the network does in the end."), adding: [.init("run", .text("The run directory."))], "The last line."),
    ]))
}

extension SweepVerb {
  static let jsonOutput: JSONOutput? = .lines(
    .either([
      .record(
        [
          .init("trial", .text("Its name, and its folder's in the sweep's.")), .init("status", .word(["done", "failed"], "How it ended.")),
          .init("settings", .map([], .any("The value."), "Each key of the sweep.")), .init("epochs", .count("Epochs it ran.")),
          .init("figures", .map([], .figure, "Loss and metrics after the last epoch.")),
          .init("best", .map([.init("epoch", .count("When."))], .figure, "The best epoch, and the monitored figure there."), isAlwaysThere: false),
          .init("seconds", .number("What it took.")), .init("error", .text("Why it failed."), isAlwaysThere: false),
        ], "A trial, as in results.jsonl."),
      .record(
        [
          .init("sweep", .text("The sweep's folder.")), .init("monitor", .text("The figure by which trials are compared.")),
          .init("trials", .count("Trials.")), .init("failed", .count("Those that failed.")),
          .init("best", .maybe(.text("The best trial; null where all failed."))),
        ], "The last line."),
    ]))
}

extension FindLRVerb {
  static let jsonOutput: JSONOutput? = .object(
    .record(
      [
        .init("suggestion", .maybe(.number("The learning rate at which the smoothed loss fell fastest; null where it never fell."))),
        .init("lowest", .maybe(.number("The rate at which it was lowest."))), .init("diverged", .flag("Whether it rose without bound.")),
        .init(
          "points",
          .list(
            .record(
              [.init("rate", .number("The learning rate.")), .init("loss", .number("The step's loss.")), .init("smoothed", .number("The mean that forgets."))],
              "A step."),
            "From the lowest rate to the highest.")),
      ], "A range test."))
}

extension InspectVerb {
  private static let measure: JSONForm = .either([.number("A number."), .word(["inf", "-inf", "nan"], "One that JSON has no word for.")])

  static let jsonOutput: JSONOutput? = .lines(
    .record(
      [
        .init("epoch", .count("The epoch, from 1.")),
        .init(
          "diagnostics",
          .record(
            [
              .init("step", .count("The step of the norms, from 1 in the epoch.")),
              .init(
                "norms",
                .list(
                  .record(
                    [
                      .init("layer", .text("Its name.")), .init("weight_norm", measure), .init("gradient_norm", measure), .init("update_norm", measure),
                    ], "Euclidean norms of a layer's weights, of their gradient, and of the optimizer's step."), "By layer.")),
              .init(
                "activities",
                .list(
                  .record(
                    [
                      .init("layer", .text("Its name.")), .init("activation", .text("Keras's word.")), .init("units", .count("Outputs.")),
                      .init("rows", .count("Training rows it was looked at with.")),
                      .init("flat_share", measure, isAlwaysThere: false),
                      .init("flat_units", .count("Units that are flat for every row."), isAlwaysThere: false),
                      .init("lowest", measure), .init("highest", measure), .init("histogram", .list(.count("Outputs."), "From the lowest to the highest.")),
                    ], "A layer's outputs; flat: a relu that is off, a sigmoid or tanh that is saturated."), "By layer.")),
            ], "What was noted.")),
      ], "An epoch of a run with fit.diagnostics."))
}

extension PredictVerb {
  private static let values: JSONForm = .list(.finiteNumbers, "By class.")

  static let jsonOutput: JSONOutput? = .lines(
    .either([
      .record(
        [
          .init("row", .count("From 0.")), .init("class", .integer("The answer; none where a number is predicted."), isAlwaysThere: false),
          .init("probability", values, isAlwaysThere: false), .init("output", values, isAlwaysThere: false),
        ], "A row: probabilities, or outputs where the network gives none."),
      .record(
        [
          .init("row", .count("From 0.")),
          .init(
            "top",
            .list(
              .record(
                [
                  .init("class", .integer("Its label.")), .init("probability", .finiteNumbers, isAlwaysThere: false),
                  .init("output", .finiteNumbers, isAlwaysThere: false),
                ], "A class."), "The most probable, the first first.")),
        ], "A row with --top."),
    ]))
}
