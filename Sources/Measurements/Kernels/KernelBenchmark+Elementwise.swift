import Failures
import KernelTemplates

extension KernelBenchmark {
  /// What goes through numbers one by one: activations, losses, the optimizer.
  func elementwise() throws(Failure) -> [KernelTiming] {
    var timings: [KernelTiming] = []
    for (name, kind): (String, ActivationKernel) in [("sigmoid", .sigmoid), ("tanh", .tanh), ("relu", .relu), ("softmax", .softmax)] {
      timings.append(try activation(name, kind, rows: 128, units: 512))
    }
    timings.append(try sigmoidGradient(rows: 128, units: 512))
    timings.append(try loss("softmax_crossentropy", .softmaxCrossentropy, rows: 128, units: 10))
    timings.append(try loss("sigmoid_crossentropy", .sigmoidCrossentropy, rows: 128, units: 10))
    for count in [785 * 32, 785 * 512] { timings.append(try adam(count)) }
    return timings
  }

  private func activation(_ name: String, _ kind: ActivationKernel, rows: Int, units: Int) throws(Failure) -> KernelTiming {
    let values = try numbers(rows, units, seed: 4)
    let before = (0..<rows).map { values.row($0).prefix(units).map(Double.init) }
    func activate() { kernels.activate(kind, values.matrix, keeping: values.matrix, rows: rows, columns: paddedToVector(units), units: units) }
    activate()
    for (row, z) in before.enumerated() {
      for (unit, expected) in activationReference(kind, z).enumerated() {
        try checkNear(
          name, row: row, column: unit, found: values.matrix[row, unit], expected: expected, within: 4e-6 * abs(expected) + 1.2e-37)
      }
    }
    return KernelTiming(name, rows: rows, units: units, time(budget, activate), elements: Double(rows * units))
  }

  private func sigmoidGradient(rows: Int, units: Int) throws(Failure) -> KernelTiming {
    let outputs = try numbers(rows, units, seed: 5)
    let gradient = try numbers(rows, units, seed: 6)
    kernels.activate(.sigmoid, outputs.matrix, keeping: outputs.matrix, rows: rows, columns: paddedToVector(units), units: units)
    let before = (0..<rows).map { gradient.row($0) }
    func differentiate() {
      kernels.activationGradient(.sigmoid, kept: outputs.matrix, gradient.matrix, rows: rows, columns: paddedToVector(units), units: units)
    }
    differentiate()
    for row in 0..<rows {
      for unit in 0..<units {
        let a = Double(outputs.matrix[row, unit])
        let expected = Double(before[row][unit]) * a * (1 - a)
        try checkNear("sigmoid_gradient", row: row, column: unit, found: gradient.matrix[row, unit], expected: expected, within: 1e-6)
      }
    }
    return KernelTiming("sigmoid_gradient", rows: rows, units: units, time(budget, differentiate), elements: Double(rows * units))
  }

  /// One-hot targets, as classes are.
  private func loss(_ name: String, _ kind: LossKernel, rows: Int, units: Int) throws(Failure) -> KernelTiming {
    let outputs = try numbers(rows, units, seed: 7)
    let targets = try numbers(rows, units, seed: nil)
    for row in 0..<rows { targets.matrix[row, row % units] = 1 }
    let gradient = try numbers(rows, units, seed: nil)
    let losses = try OwnedMatrix(rows: 1, columns: rows)
    func compute() {
      kernels.loss(
        kind, outputs: outputs.matrix, targets: targets.matrix, gradient: gradient.matrix, rows: rows, columns: paddedToVector(units), units: units,
        losses: losses.matrix.base)
    }
    compute()
    for row in 0..<rows {
      let (z, y) = (outputs.row(row).prefix(units).map(Double.init), targets.row(row).prefix(units).map(Double.init))
      let expected = lossReference(kind, outputs: z, targets: y)
      try checkNear(name, row: row, column: 0, found: losses.matrix.base[row], expected: expected, within: 3e-6 * max(1, expected))
      // The derivative is the activation less the target; the mean over outputs divides the sigmoids'.
      let isMean = kind == .sigmoidCrossentropy
      for (unit, a) in activationReference(isMean ? .sigmoid : .softmax, z).enumerated() {
        let slope = (a - y[unit]) / (isMean ? Double(units) : 1)
        try checkNear("\(name) gradient", row: row, column: unit, found: gradient.matrix[row, unit], expected: slope, within: 2e-6)
      }
    }
    return KernelTiming(name, rows: rows, units: units, time(budget, compute), elements: Double(rows * units))
  }

  private func adam(_ count: Int) throws(Failure) -> KernelTiming {
    let weights = try OwnedMatrix(rows: 1, columns: count, seed: 8)
    let gradients = try OwnedMatrix(rows: 1, columns: count, seed: 9)
    let first = try OwnedMatrix(rows: 1, columns: count)
    let second = try OwnedMatrix(rows: 1, columns: count)
    let factors = StepFactors(gradientScale: 1 / 32, rate: 1e-3, firstMomentShare: 0.1, secondMomentShare: 0.001, epsilon: 1e-7)
    let (before, sums) = (weights.row(0), gradients.row(0))
    let arenas = UpdateArenas(
      weights: weights.matrix.base, first: first.matrix.base, second: second.matrix.base, third: second.matrix.base, gradient: gradients.matrix.base)
    func update() { kernels.update(.adam, arenas, count: count, factors) }
    update()
    for index in 0..<count {
      let expected = adamReference(weight: Double(before[index]), first: 0, second: 0, gradient: Double(sums[index]), factors)
      let found = weights.matrix.base[index]
      try checkNear("adam", row: 0, column: index, found: found, expected: expected.weight, within: 1e-6 * (abs(expected.weight) + 0.1))
    }
    return KernelTiming("adam", inputs: count, time(budget, update), elements: Double(count))
  }

  /// Seeded numbers with room for the 1 that an activation writes behind each row.
  private func numbers(_ rows: Int, _ units: Int, seed: UInt64?) throws(Failure) -> OwnedMatrix {
    let matrix = try OwnedMatrix(rows: rows, columns: units + 1, seed: seed)
    for row in 0..<rows { matrix.matrix[row, units] = 0 }
    return matrix
  }
}
