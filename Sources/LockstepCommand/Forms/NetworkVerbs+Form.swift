extension InitVerb {
  static let jsonOutput: JSONOutput? = .object(.record([.init("config", .text("The file that was written."))], "A config to begin with."))
}

extension ServeVerb {
  static let jsonOutput: JSONOutput? = .object(
    .record(
      [
        .init("address", .text("Of the page, and where to ask.")), .init("port", .count("The port that was taken.")),
        .init("model", .text("What it is called in requests: the config's name.")),
      ], "Printed once the server listens; then it answers until a signal ends it."))
}

extension ReportVerb {
  static let jsonOutput: JSONOutput? = .object(
    .record(
      [
        .init("report", .text("The page that was written.")), .init("runs", .list(.text("A run directory."), "What it is about.")),
        .init("bytes", .count("Of the page.")),
      ], "A page about runs."))
}

extension ImportVerb {
  private static let shape: JSONForm = .list(.count("A dimension."), "Its shape.")

  static let jsonOutput: JSONOutput? = .object(
    .record(
      [
        .init("run", .text("The run directory.")),
        .init(
          "tensors",
          .list(
            .record(
              [.init("source", .text("Its name in the file.")), .init("source_shape", shape), .init("name", .text("What it became.")), .init("shape", shape)],
              "A tensor."), "All of them.")),
      ], "A run made of weights."))
}

extension ExportVerb {
  private static func value(_ words: String) -> JSONForm {
    .record(
      [.init("name", .text("Its name.")), .init("type", .word(["uint8", "float32"], "Its numbers.")), .init("width", .count("Numbers a row."))], words)
  }

  static let jsonOutput: JSONOutput? = .object(
    .record(
      [
        .init("file", .text("What was written.")), .init("operator_set", .count("ONNX's.")), .init("ir_version", .count("ONNX's.")),
        .init("input", value("What it takes.")), .init("output", value("What it gives.")),
      ], "An ONNX file."))
}

extension CheckVerb {
  static let jsonOutput: JSONOutput? = .object(
    .record(
      [
        .init("inputs", .count("Of the network.")), .init("parameters", .count("Numbers that are learnt.")),
        .init("other_parameters", .count("Numbers that no gradient changes.")), .init("loss", .text("Its name.")),
        .init("loss_by_guessing", .maybe(.number("What it is for who knows only how frequent each answer is."))), .init("rows", .count("To train on.")),
        .init("validation_rows", .maybe(.count("To validate; null for none."))),
        .init("rows_per_class", .maybe(.list(.count("Rows."), "Training rows of each class; null where labels are no classes."))),
        .init("input_range", .maybe(.list(.number("A limit."), "The smallest and the largest input as the first dense layer sees them."))),
        .init("batch_size", .count("Rows a step.")), .init("steps_per_epoch", .count("Steps an epoch.")), .init("epochs", .count("Epochs.")),
        .init("memory_bytes", .count("For weights, moments, gradients and activations.")), .init("data_bytes", .count("Of inputs.")),
        .init(
          "layers",
          .list(
            .record(
              [
                .init("name", .text("Keras's name.")), .init("type", .text("Its type in the config.")), .init("does", .text("In a formula or a few words.")),
                .init("outputs", .count("Its units.")), .init("parameters", .count("Numbers of it that are learnt.")),
              ], "A layer."), "From the inputs on.")),
        .init(
          "findings",
          .list(
            .record(
              [
                .init("severity", .word(["error", "warning"], "Whether training is refused, or only worse than it could be.")),
                .init("place", .text("The key of the config, or the layer.")),
                .init("problem", .text("What is wrong.")), .init("reason", .text("Why that matters.")), .init("advice", .text("What to do.")),
              ], "Something that will go wrong."), "Empty where there is nothing to warn of.")),
      ], "What define and compile make of a config."))
}

extension GradcheckVerb {
  static let jsonOutput: JSONOutput? = .object(
    .record(
      [
        .init("rows", .count("Of the batch.")), .init("loss", .finite("The engine's.")), .init("reference_loss", .finite("In double precision.")),
        .init("passes", .flag("Whether every tensor does.")), .init("tolerance", .number("How large a relative error may be.")),
        .init(
          "tensors",
          .list(
            .record(
              [
                .init("name", .text("Its name.")), .init("count", .count("Its elements.")), .init("checked", .count("Those that were looked at.")),
                .init("kinks", .count("Those at a kink of the loss.")), .init("largest", .finite("The largest slope.")),
                .init("error", .finite("The largest error.")), .init("relative_error", .finite("By the largest slope of the layer.")),
                .init("passes", .flag("Whether the errors are those of rounding.")),
                .init(
                  "worst",
                  .record(
                    [
                      .init("element", .count("Its place.")), .init("gradient", .finite("The engine's.")),
                      .init("slope", .finite("The difference of the loss by that of the weight.")),
                    ], "The element of the largest error.")),
              ], "A tensor."), "All of them.")),
      ], "Gradients against differences of the loss."))
}

extension ExplainVerb {
  private static let numbers: JSONForm = .list(.finiteNumbers, "By unit.")

  private static let layer: JSONForm = .record(
    [
      .init("name", .text("Keras's name.")), .init("type", .text("Its type in the config.")), .init("activation", .text("Keras's word.")),
      .init("sums", numbers), .init("outputs", numbers), .init("gradient", numbers), .init("output_gradient", .maybe(numbers)),
      .init("flat", .count("Units whose slope is below a 20th of the steepest.")),
      .init(
        "tensors",
        .list(
          .record(
            [
              .init("name", .text("Its name.")), .init("norm", .finite("Of its gradient.")), .init("largest", .finite("Of its gradient, by amount.")),
              .init("nonzero", .count("Elements whose gradient is not 0.")), .init("count", .count("Elements.")),
            ], "A tensor."), "The gradient of the loss by them.")),
      .init(
        "loudest",
        .record(
          [
            .init("unit", .count("From 0.")), .init("bias", .finite("Its bias.")), .init("products", .count("Inputs times weights that are not 0.")),
            .init("sum", .finite("All of it.")),
            .init(
              "largest",
              .list(
                .record([.init("input", .count("From 0.")), .init("value", .finiteNumbers), .init("weight", .finiteNumbers)], "A product."),
                "The largest products.")),
          ], "The unit with the largest sum; of dense layers."), isAlwaysThere: false),
    ], "A layer.")

  static let jsonOutput: JSONOutput? = .object(
    .record(
      [
        .init("row", .count("In this part.")), .init("source_row", .count("In the source.")), .init("data", .text("The part: training or validation.")),
        .init("features", numbers), .init("inputs", numbers), .init("targets", numbers), .init("outputs", numbers),
        .init("truth", .maybe(.integer("The right class; null where there is none."))), .init("answer", .maybe(.integer("The class that is answered."))),
        .init("probabilities", .maybe(numbers)), .init("loss", .finite("As the engine has it.")), .init("loss_formula", .text("In signs.")),
        .init("loss_by_formula", .finite("By that, from the outputs.")),
        .init(
          "loss_terms",
          .list(
            .record(
              [
                .init("output", .maybe(.count("Of which output; null for a term of none."))), .init("words", .text("The term in signs.")),
                .init("value", .finite("The term.")),
              ], "A term of the loss."), "Those that are not 0.")),
        .init("loss_after_step", .finite("After a step of the optimizer over this row alone; null where there is none.")),
        .init("layers", .list(layer, "From the inputs on.")),
      ], "One row through the network and back."))
}
