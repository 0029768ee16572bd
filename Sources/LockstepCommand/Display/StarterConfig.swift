import Datasets
import Foundation

/// A config to begin with, and why each line is what it is: small enough to train in seconds, and with inputs, an output and a loss that fit the data.
struct StarterConfig {
  let name: String
  let data: StarterData

  /// A run's name for the file or folder `path`: its own, without endings of files and what a name cannot have.
  static func name(of path: String?) -> String {
    guard let path else { return "digits" }
    var base = URL(fileURLWithPath: path).lastPathComponent
    if DataFormat(name: base) != nil { base = String(base.prefix { $0 != "." }) }
    let letters = base.unicodeScalars.map { scalar -> Character in
      scalar.isASCII && (scalar.properties.isAlphabetic || "0"..."9" ~= scalar) ? Character(scalar) : "-"
    }
    let name = String(String(letters).drop { $0 == "-" }.prefix(80))
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
      guard width > 1, values.allSatisfy({ $0 == 0 || $0 == 1 }) else { return .numbers(width) }
      let isOneHot = stride(from: 0, to: values.count, by: width).allSatisfy { values[$0..<$0 + width].reduce(0, +) == 1 }
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

  /// What the data are, in a line.
  var facts: String {
    let shape = data.training.store.shape.map(String.init).joined(separator: "×")
    let rows = "\(data.training.count) rows of \(shape)" + (data.testRows.map { ", \($0) more to test on" } ?? "")
    if let counts = data.training.rowsPerClass, let least = counts.min(), let most = counts.max() {
      return rows + "; \(counts.count) classes of \(least == most ? "\(most)" : "\(least) to \(most)") rows each"
    }
    guard case .numbers = task, case .vectors(let values, _) = data.training.targets, let least = values.min(), let most = values.max() else { return rows }
    return rows + String(format: "; labels are numbers from %g to %g, no classes", least, most)
  }

  /// What is done to the inputs before the first weights.
  private enum Preparation { case division, nothing, normalization }

  /// By the largest of them, in 10,000 rows at most.
  private var preparation: Preparation {
    let store = data.training.store
    var most: Float = 0
    for row in stride(from: 0, to: store.count, by: max(1, store.count / 10_000)) { most = store.row(row).reduce(most) { max($0, abs($1)) } }
    if case .bytes = store.features, most > 127 { return .division }
    return 0.01...10 ~= most ? .nothing : .normalization
  }

  /// Of fewer rows none is worth keeping aside.
  private static let fewestToSplit = 10

  private var validation: (text: String, why: String, trainingRows: Int) {
    let count = data.training.count
    if data.testRows != nil { return ("validation: \"test\",", "the test part", count) }
    guard count >= Self.fewestToSplit else { return ("validation: \"none\",", "too few rows to keep some aside", count) }
    let isStratified = data.training.rowsPerClass != nil
    return (
      "validation: { fraction: 0.2\(isStratified ? ", stratified: true" : "") },", "a fifth of the rows\(isStratified ? ", of each class alike" : "")",
      count - Int((Double(count) * 0.2).rounded())
    )
  }

  private var dataLines: String {
    let scale: StarterData.Key =
      switch preparation {
      case .division: ("scale: 255,", "bytes become 0 to 1")
      case .nothing: ("scale: 1,", "inputs are taken as they are")
      case .normalization: ("scale: 1,", "inputs of any size, which the first layer brings to one")
      }
    let lines: [StarterData.Key] = data.keys + [scale, (validation.text, validation.why)]
    return lines.map { Self.line("    " + $0.text, $0.why) }.joined(separator: "\n")
  }

  private var firstLayer: String {
    guard preparation == .normalization else { return "" }
    return Self.line("      { type: \"normalization\" },", "each input with mean 0 and variance 1 over the training rows") + "\n"
  }

  /// JSON5.
  var text: String {
    let (outputs, loss, metrics, why) = ending
    let batch = min(64, validation.trainingRows)
    return """
      // \(facts).
      // `lockstep check FILE` tells what this makes, `lockstep train FILE` trains it; any key can be changed on the way: --set fit.epochs=20.
      {
      \(Self.line("  name: \"\(name)\",", "the run goes to runs/\(name)"))
      \(Self.line("  seed: 1,", "of weights, shuffles and the validation rows: the same seed gives the same bits"))
        data: {
      \(dataLines)
        },
      \(Self.line("  model: {", "1. define"))
          layers: [
      \(firstLayer)\(Self.line("      { type: \"dense\", units: 128, activation: \"relu\" },", "more units learn more, and take longer"))
      \(Self.line("      { type: \"dense\", units: \(outputs) },", why))
          ],
        },
      \(Self.line("  compile: {", "2. compile"))
      \(Self.line("    optimizer: { type: \"adam\", learning_rate: 0.001 },", "lockstep find-lr FILE suggests a rate"))
          loss: \(loss),
          metrics: [\(metrics)],
        },
      \(Self.line("  fit: {", "3. fit"))
      \(Self.line("    epochs: 10,", "passes over the rows"))
      \(Self.line("    batch_size: \(batch),", "rows a step"))
      \(Self.line("    diagnostics: false,", "true: lockstep inspect and lockstep report have more to show"))
        },
      \(Self.line("  engine: { workers: \"auto\", placement: \"cores\" },", "changes the speed, never the result"))
      }

      """
  }

  /// A line and its comment, one below the other as far as lines are not longer.
  private static func line(_ text: String, _ why: String) -> String {
    why.isEmpty ? text : text + String(repeating: " ", count: max(1, 58 - text.count)) + "// " + why
  }
}
