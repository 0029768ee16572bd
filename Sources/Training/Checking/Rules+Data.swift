import NeuralNetwork
import RunConfig

extension Rules {
  /// Ten and more is where sigmoids of such inputs are flat. What is normalised behind the first layer does not mind.
  @Sendable static func largeInputs(_ run: CheckedRun) -> [Finding] {
    guard let inputs = run.training.inputs, max(-inputs.lowerBound, inputs.upperBound) > 10, !run.normalizesFirstLayer else { return [] }
    return [
      Finding(
        at: "data.scale", "the inputs go from \(digits(inputs.lowerBound)) to \(digits(inputs.upperBound))",
        because: "the first layer's sums are then so large that its activation is flat, or its gradients throw the weights about",
        advice: inputs.upperBound == 255 ? "divide them: data.scale 255" : "divide them by data.scale, or put a normalization layer first")
    ]
  }

  /// Pixels that were divided twice lie below 1/255.
  @Sendable static func tinyInputs(_ run: CheckedRun) -> [Finding] {
    guard let inputs = run.training.inputs, !run.normalizesFirstLayer else { return [] }
    let largest = max(-inputs.lowerBound, inputs.upperBound)
    guard largest > 0, largest < 0.01 else { return [] }
    return [
      Finding(
        at: "data.scale", "no input is larger than \(digits(largest))",
        because: "the first layer then hardly sees them, and learns slowly; often they were divided twice, by data.scale and by a rescaling layer",
        advice: "divide them once")
    ]
  }

  @Sendable static func equalRows(_ run: CheckedRun) -> [Finding] {
    guard run.training.rowsAreEqual else { return [] }
    return [
      Finding(
        at: "training data", "all \(run.training.sampledRows) rows that were looked at have the same inputs",
        because: "nothing in them tells one answer from another", advice: "look at the file of inputs")
    ]
  }

  @Sendable static func oneClass(_ run: CheckedRun) -> [Finding] {
    guard run.isAboutClasses, let counts = run.training.rowsPerClass, let only = counts.onlyPositive else { return [] }
    return [
      Finding(
        at: "training data", "all rows are of class \(run.label(only))", because: "there is nothing to tell it from, so that the same answer is always right",
        advice: "look at the labels, or at data.classes")
    ]
  }

  @Sendable static func classesWithoutRows(_ run: CheckedRun) -> [Finding] {
    guard run.isAboutClasses, let training = run.training.rowsPerClass, let validation = run.validation?.rowsPerClass else { return [] }
    let missing = training.indices.filter { training[$0] > 0 && ($0 >= validation.count || validation[$0] == 0) }
    guard !missing.isEmpty, training.onlyPositive == nil else { return [] }
    return [
      Finding(
        at: "validation data", "no row of class \(run.names(of: missing))",
        because: "how well \(missing.count == 1 ? "it is" : "they are") learned cannot be seen",
        advice: "use data.validation { fraction: 0.2, stratified: true }, or keep more rows aside")
    ]
  }

  @Sendable static func classesNeverSeen(_ run: CheckedRun) -> [Finding] {
    guard run.isAboutClasses, let training = run.training.rowsPerClass, let validation = run.validation?.rowsPerClass else { return [] }
    let unseen = validation.indices.filter { validation[$0] > 0 && ($0 >= training.count || training[$0] == 0) }
    guard !unseen.isEmpty else { return [] }
    return [
      Finding(
        at: "training data", "no row of class \(run.names(of: unseen)), which the validation data have", because: "what was never seen is never answered",
        advice: "use data.validation { fraction: 0.2, stratified: true }, or look at the labels")
    ]
  }

  /// Outputs that no label asks for.
  @Sendable static func outputsWithoutClass(_ run: CheckedRun) -> [Finding] {
    guard run.isAboutClasses, run.outputs > 1, let training = run.training.rowsPerClass else { return [] }
    let validation = run.validation?.rowsPerClass ?? []
    let unused = (0..<run.outputs).filter { number in
      !(number < training.count && training[number] > 0) && !(number < validation.count && validation[number] > 0)
    }
    guard !unused.isEmpty, training.onlyPositive == nil else { return [] }
    return [
      Finding(
        at: run.layersLastUnits, "\(run.outputs) outputs, and no row of class \(run.names(of: unused))",
        because: "\(unused.count == 1 ? "this output learns" : "these outputs learn") only to say no", advice: "use a unit for each class that there is")
    ]
  }

  /// Twenty of one for one of another: always answering the one is then right 95 times of 100.
  @Sendable static func unevenClasses(_ run: CheckedRun) -> [Finding] {
    guard run.isAboutClasses, let counts = run.training.rowsPerClass else { return [] }
    let present = counts.indices.filter { counts[$0] > 0 }
    guard let most = present.max(by: { counts[$0] < counts[$1] }), let least = present.min(by: { counts[$0] < counts[$1] }),
      counts[most] >= 20 * counts[least]
    else { return [] }
    return [
      Finding(
        at: "training data", "\(counts[most]) rows of class \(run.label(most)), and \(counts[least]) of class \(run.label(least))",
        because: "answers that leave the rare class out are right nearly always, so that is what is learned first",
        advice: "weigh the classes with fit.class_weight, and judge by f1_score or auc in place of accuracy")
    ]
  }
}

extension CheckedRun {
  /// Whether class numbers mean classes, and not quantities.
  fileprivate var isAboutClasses: Bool { encoding != .value && (loss.question != .quantity || encoding == .oneHot) }

  fileprivate var normalizesFirstLayer: Bool { network.layers[0].followers.contains { if case .normalization = $0 { true } else { false } } }

  fileprivate var layersLastUnits: String { "model.layers[\(layers.lastDense?.index ?? 0)].units" }
}

extension [Int] {
  /// The place of the only number above 0; nil where there are several.
  fileprivate var onlyPositive: Int? {
    let places = indices.filter { self[$0] > 0 }
    return places.count == 1 ? places[0] : nil
  }
}
