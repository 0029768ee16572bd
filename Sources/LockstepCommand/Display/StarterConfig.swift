import Datasets
import Foundation

/// A config to begin with, and why each line is what it is: small enough to train in seconds, and with an output and a loss that fit the targets.
struct StarterConfig {
  let name: String
  /// Nil for the bundled digits.
  let folder: String?
  let data: (training: Dataset, testRows: Int?)

  /// A run's name for `folder`: its own, without what a name cannot have.
  static func name(of folder: String?) -> String {
    guard let folder else { return "digits" }
    let base = URL(fileURLWithPath: folder).lastPathComponent.unicodeScalars.map { scalar -> Character in
      scalar.isASCII && (scalar.properties.isAlphabetic || "0"..."9" ~= scalar) ? Character(scalar) : "-"
    }
    let name = String(String(base).drop { $0 == "-" }.prefix(80))
    return name.isEmpty ? "run" : name
  }

  /// What the network is asked, as the data have it.
  private enum Task {
    case classes(Int), yesOrNo, oneOfMany(Int), labels(Int), numbers(Int)
  }

  private var task: Task {
    switch data.training.targets {
    case .classes: return data.training.classCount == 2 ? .yesOrNo : .classes(data.training.classCount)
    case .vectors(let values, let width):
      guard values.allSatisfy({ $0 == 0 || $0 == 1 }) else { return .numbers(width) }
      let isOneHot = width > 1 && stride(from: 0, to: values.count, by: width).allSatisfy { values[$0..<$0 + width].reduce(0, +) == 1 }
      return isOneHot ? .oneOfMany(width) : .labels(width)
    }
  }

  /// Outputs, the loss as JSON5, the metrics, and what all that means.
  private var ending: (outputs: Int, loss: String, metrics: String, why: String) {
    func logits(_ loss: String) -> String { "{ type: \"\(loss)\", from_logits: true }" }
    return switch task {
    case .classes(let count):
      (count, logits("sparse_categorical_crossentropy"), "\"accuracy\"", "a logit for each of \(count) classes; the loss takes their softmax")
    case .yesOrNo: (1, logits("binary_crossentropy"), "\"accuracy\"", "one logit: how much speaks for class 1; the loss takes its sigmoid")
    case .oneOfMany(let count):
      (
        count, logits("categorical_crossentropy"), "\"accuracy\"",
        "a logit for each of \(count) classes, of which the targets are one-hot; the loss takes their softmax"
      )
    case .labels(let count): (count, logits("binary_crossentropy"), "\"binary_accuracy\"", "a logit for each of \(count) labels, which a row has or has not")
    case .numbers(let count): (count, "{ type: \"mean_squared_error\" }", "\"mean_absolute_error\"", count == 1 ? "the number itself" : "\(count) numbers")
    }
  }

  private var facts: String {
    let shape = data.training.store.shape.map(String.init).joined(separator: "×")
    let rows = "\(data.training.count) rows of \(shape)" + (data.testRows.map { ", \($0) more to test on" } ?? "")
    guard let counts = data.training.rowsPerClass, let least = counts.min(), let most = counts.max() else { return rows }
    return rows + "; \(counts.count) classes of \(least == most ? "\(most)" : "\(least) to \(most)") rows each"
  }

  private var isBytes: Bool {
    if case .bytes = data.training.store.features { true } else { false }
  }

  private var isAboutClasses: Bool { data.training.rowsPerClass != nil }

  private var dataLines: String {
    let source =
      folder.map { "source: \"idx\", path: \(Self.quoted($0))," } ?? "source: \"bundled\",                        // the 5,000 digits that ship with Lockstep"
    let validation =
      data.testRows != nil
      ? "validation: \"test\",                       // the folder's t10k files"
      : isAboutClasses
        ? "validation: { fraction: 0.2, stratified: true },   // a fifth of the rows, of each class alike"
        : "validation: { fraction: 0.2 },               // a fifth of the rows"
    let scale =
      isBytes ? "scale: 255,                               // bytes become 0 to 1" : "scale: 1,                                 // inputs are taken as they are"
    return "    \(source)\n    \(scale)\n    \(validation)"
  }

  /// JSON5.
  var text: String {
    let (outputs, loss, metrics, why) = ending
    return """
      // \(facts).
      // `lockstep check FILE` tells what this makes, `lockstep train FILE` trains it; any key can be changed on the way: --set fit.epochs=20.
      {
        name: "\(name)",                              // the run goes to runs/\(name)
        seed: 1,                                    // of weights, shuffles and the validation rows: the same seed gives the same bits
        data: {
      \(dataLines)
        },
        model: {                                    // 1. define
          layers: [
            { type: "dense", units: 128, activation: "relu" },   // more units learn more, and take longer
            { type: "dense", units: \(outputs) },              // \(why)
          ],
        },
        compile: {                                  // 2. compile
          optimizer: { type: "adam", learning_rate: 0.001 },   // lockstep find-lr FILE suggests a rate
          loss: \(loss),
          metrics: [\(metrics)],
        },
        fit: {                                      // 3. fit
          epochs: 10,                               // passes over the rows
          batch_size: 64,                           // rows a step
          diagnostics: false,                       // true: lockstep inspect and lockstep report have more to show
        },
        engine: { workers: "auto", placement: "cores" },       // changes the speed, never the result
      }

      """
  }

  private static func quoted(_ text: String) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    guard let data = try? encoder.encode(text) else { preconditionFailure("a string did not encode: \(text)") }
    return String(decoding: data, as: UTF8.self)
  }
}
