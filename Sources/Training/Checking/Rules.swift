/// Everything that is looked for before a run is trained. A rule is a pure function of the run; a new one is a function and its line here. It must be sure: who is
/// warned for nothing stops reading warnings.
enum Rules {
  typealias Rule = @Sendable (CheckedRun) -> [Finding]

  static let all: [Rule] = [
    // What the network gives against what the loss takes: Rules+Outputs.swift.
    softmaxOfOne, competingYesAndNo, sharesFromSigmoids, logitsWithLimits, saturatingSquares, unreachableTargets, logarithmsOfNothing, sidesOutOfReach,
    lastOutputsAtRandom, accuracyOfNumbers,
    // How it is trained: Rules+Training.swift.
    unusualLearningRate, oneStepAnEpoch, idleWorkers, fadingSigmoids, unitsThatStayAlike,
    // What it is trained on: Rules+Data.swift.
    largeInputs, tinyInputs, equalRows, oneClass, classesWithoutRows, classesNeverSeen, outputsWithoutClass, unevenClasses,
  ]

  static func findings(_ run: CheckedRun) -> [Finding] {
    let found = all.flatMap { $0(run) }
    return found.filter { $0.severity == .error } + found.filter { $0.severity == .warning }
  }
}
