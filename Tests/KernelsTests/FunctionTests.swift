import KernelTemplates
import Kernels
import TestSupport
import Testing

/// Activations and losses against Double references, and their derivatives against finite differences of those references.
@Suite struct FunctionTests {
  static let logits: [Float] = [
    0, -0.0, 1e-30, -1e-30, 1e-7, -1e-7, 1e-4, -1e-4, 0.01, -0.01, 0.3, -0.3, 0.5, -0.5, 0.624, -0.624, 0.626, -0.626, 1, -1, 2, -2, 3.3, -3.3, 5, -5, 8, -8,
    12, -12, 20, -20,
    40, -40, 80, -80, 87, -87, 100, -100, 1000, -1000,
  ]

  /// `values` as rows of `units`, the last row filled up with zeros.
  static func rows(_ values: [Float], units: Int, count: Int? = nil) -> TestMatrix {
    let count = count ?? (values.count + units - 1) / units
    let matrix = TestMatrix(rows: count, columns: paddedToVector(units + 1), padding: 0)
    for (index, value) in values.enumerated() { matrix.matrix[index / units, index % units] = value }
    return matrix
  }

  /// How far a value may be from the formula's in Double: in ULPs, or by so much where the terms of a small value cancel.
  static let activations: [(kind: ActivationKernel, ulps: Float, absolute: Float)] = [
    // Below 1e-37 the kernel's exponential stops at the smallest normal numbers.
    (.linear, 0, 0), (.sigmoid, 4, 1.2e-37), (.relu, 0, 0), (.tanh, 4, 0), (.softplus, 4, 1.2e-37), (.softsign, 1, 0), (.elu(alpha: 1), 3, 0),
    (.elu(alpha: 0.3), 4, 0), (.selu, 5, 0), (.leakyRelu(negativeSlope: 0.2), 1, 0), (.hardSigmoid, 1, 6e-8),
    // Half of the argument, so twice the exponential's error.
    (.exponential, 5, 0),
    // The smallest normal numbers times z.
    (.silu, 5, 1.2e-34), (.mish, 6, 1.2e-34),
    // 1 + erf cancels below 0.
    (.gelu, 4, 3e-7),
    // The argument of the exponential is itself rounded: z − max at −16 by up to 1e-6, or 16 ULPs; the polynomial at −50 by up to 6e-6.
    (.geluTanh, 100, 1.2e-34),
    (.softmax, 16, 1.2e-37),
  ]

  @Test(arguments: instructionSets, activations)
  func activationsMatchDouble(_ set: InstructionSet, _ function: (kind: ActivationKernel, ulps: Float, absolute: Float)) {
    for units in [1, 3, 16, 17, 42] {
      let matrix = Self.rows(Self.logits, units: units)
      let sums = Self.rows([], units: units, count: matrix.rows)
      let inputs = (0..<matrix.rows).map { Array(matrix.row($0).prefix(units)) }
      set.kernels.activate(
        function.kind, matrix.matrix, keeping: sums.matrix, rows: matrix.rows, columns: paddedToVector(units), units: units)
      for (row, z) in inputs.enumerated() {
        let expected = activationReference(function.kind, z.map(Double.init)).map { Float($0) }
        for unit in 0..<units {
          let found = matrix.row(row)[unit]
          let isClose = abs(found - expected[unit]) <= function.absolute || ulps(found, expected[unit]) <= function.ulps
          #expect(isClose, "\(function.kind) of \(z[unit]) in \(units) units: \(found), expected \(expected[unit])")
        }
        #expect(matrix.row(row)[units] == 1, "the next layer's bias input")
        if function.kind.derivativeNeedsSums { #expect(Array(sums.row(row).prefix(units)) == z) }
      }
    }
  }

  @Test(arguments: instructionSets, activations.map(\.kind))
  func activationGradientsMatchFiniteDifferences(_ set: InstructionSet, _ kind: ActivationKernel) {
    for units in [1, 5, 16, 20] {
      let z = TestMatrix(rows: 3, columns: units, seed: 7)
      let upstream = TestMatrix(rows: 3, columns: units, seed: 8)
      // From −5 to 5, on both sides of every kink.
      let logits = z.values.map { 5 * $0 }
      let outputs = Self.rows(logits, units: units)
      let sums = Self.rows([], units: units, count: 3)
      let gradient = Self.rows(upstream.values, units: units)
      let columns = paddedToVector(units)
      set.kernels.activate(kind, outputs.matrix, keeping: sums.matrix, rows: 3, columns: columns, units: units)
      let kept = kind.derivativeNeedsSums ? sums : outputs
      withExtendedLifetime(kept) {
        set.kernels.activationGradient(kind, kept: kept.matrix, gradient.matrix, rows: 3, columns: columns, units: units)
      }
      for row in 0..<3 {
        let weights = upstream.row(row).map(Double.init)
        let z = logits[row * units..<(row + 1) * units].map(Double.init)
        let expected = finiteDifferences(z) { z in zip(activationReference(kind, z), weights).reduce(0) { $0 + $1.0 * $1.1 } }
        expectClose(
          Array(gradient.row(row).prefix(units)), expected.map { Float($0) }, within: 2e-6 * max(1, Float(expected.map(abs).max()!)), "\(kind) \(units) units")
        #expect(gradient.row(row)[units..<columns].allSatisfy { $0 == 0 }, "padding stays zero")
      }
    }
  }

  static let losses: [LossKernel] = [
    .softmaxCrossentropy, .categoricalCrossentropy, .sigmoidCrossentropy, .binaryCrossentropy, .meanSquaredError, .meanAbsoluteError, .huber(delta: 1),
    .huber(delta: 0.25), .logCosh, .hinge, .squaredHinge, .categoricalHinge, .klDivergence, .poisson,
    .sigmoidFocalCrossentropy(gamma: 2, negative: 1, positive: 1), .sigmoidFocalCrossentropy(gamma: 0, negative: 0.75, positive: 0.25),
    .binaryFocalCrossentropy(gamma: 2, negative: 1, positive: 1), .binaryFocalCrossentropy(gamma: 1.5, negative: 0.75, positive: 0.25),
  ]

  private static func takesProbabilities(_ kind: LossKernel) -> Bool {
    switch kind {
    case .categoricalCrossentropy, .binaryCrossentropy, .klDivergence, .poisson, .binaryFocalCrossentropy: true
    default: false
    }
  }

  @Test(arguments: instructionSets, losses)
  func lossesAndGradientsMatchDouble(_ set: InstructionSet, _ kind: LossKernel) {
    for (rows, units) in [(1, 1), (3, 2), (17, 10), (20, 16), (33, 19)] {
      let raw = TestMatrix(rows: rows, columns: units, seed: 9)
      // Probabilities for the losses that take them; logits up to ±6 for the others; targets between 0 and 1.
      let values = raw.values.map { Self.takesProbabilities(kind) ? ($0 + 1.1) / 2.2 : $0 * 6 }
      let truths = TestMatrix(rows: rows, columns: units, seed: 10).values.map { ($0 + 1) / 2 }
      let outputs = Self.rows(values, units: units)
      let targets = Self.rows(truths, units: units)
      let gradient = TestMatrix(rows: rows, columns: paddedToVector(units + 1))
      let losses = TestMatrix(rows: 1, columns: paddedToVector(rows))
      let columns = paddedToVector(units)
      set.kernels.loss(
        kind, outputs: outputs.matrix, targets: targets.matrix, gradient: gradient.matrix, rows: rows, columns: columns, units: units,
        losses: losses.matrix.base)
      for row in 0..<rows {
        let y = targets.row(row).prefix(units).map(Double.init)
        let x = outputs.row(row).prefix(units).map(Double.init)
        let expected = lossReference(kind, outputs: x, targets: y)
        #expect(abs(Double(losses.row(0)[row]) - expected) <= 3e-6 * max(1, abs(expected)), "\(kind) row \(row)")
        let slopes = finiteDifferences(x) { lossReference(kind, outputs: $0, targets: y) }
        for unit in 0..<units {
          #expect(abs(Double(gradient.row(row)[unit]) - slopes[unit]) <= 1e-5 * max(1, abs(slopes[unit])), "\(kind) row \(row) unit \(unit) of \(units)")
        }
        #expect(gradient.row(row)[units..<columns].allSatisfy { $0 == 0 }, "padding stays zero")
      }
    }
  }

  /// Sure answers, right and wrong, make no NaN of a focal loss, whatever its exponent, also where denormal numbers are taken for 0, as workers do.
  @Test(arguments: instructionSets, [Float(0), 0.5, 1, 2, 5, 30]) func focalLossesAreStable(_ set: InstructionSet, _ gamma: Float) {
    let numbers: [(LossKernel, [Float])] = [
      (.sigmoidFocalCrossentropy(gamma: gamma, negative: 1, positive: 1), [-1000, -100, -88, -87, -20, 0, 20, 87, 88, 100, 1000]),
      (.binaryFocalCrossentropy(gamma: gamma, negative: 1, positive: 1), [0, 1e-38, 1e-8, 1e-7, 0.5, 0.999_999_9, 1]),
    ]
    for (kind, values) in numbers {
      for target: Float in [0, 1] {
        let (outputs, targets) = (Self.rows(values, units: 1), Self.rows(values.map { _ in target }, units: 1))
        let gradient = TestMatrix(rows: values.count, columns: 16)
        let losses = TestMatrix(rows: 1, columns: 16)
        withExtendedLifetime((outputs, targets)) {
          flushingDenormals {
            set.kernels.loss(
              kind, outputs: outputs.matrix, targets: targets.matrix, gradient: gradient.matrix, rows: values.count, columns: 16, units: 1,
              losses: losses.matrix.base)
          }
        }
        for (row, value) in values.enumerated() {
          #expect(losses.row(0)[row].isFinite && gradient.row(row)[0].isFinite, "\(kind) at \(value) for \(target)")
        }
      }
    }
  }

  /// What the stable form is for: large logits, right and wrong, and losses too small for 1 + e^−z to show.
  @Test(arguments: instructionSets, [Float(-100), -30, -17, 17, 30, 100])
  func crossentropiesAreStable(_ set: InstructionSet, _ z: Float) {
    let outputs = Self.rows([z, 0], units: 2)
    let targets = Self.rows([1, 0], units: 2)
    let gradient = TestMatrix(rows: 1, columns: 16)
    let losses = TestMatrix(rows: 1, columns: 16)
    for kind in [LossKernel.sigmoidCrossentropy, .softmaxCrossentropy] {
      set.kernels.loss(
        kind, outputs: outputs.matrix, targets: targets.matrix, gradient: gradient.matrix, rows: 1, columns: 16, units: 2, losses: losses.matrix.base)
      let expected = lossReference(kind, outputs: [Double(z), 0], targets: [1, 0])
      let found = Double(losses.row(0)[0])
      // A softmax over 1 + tiny keeps only what a float of 1 can hold.
      #expect(abs(found - expected) <= (kind == .softmaxCrossentropy ? 6e-8 : 0) + 2e-6 * abs(expected), "\(kind) at \(z): \(found), expected \(expected)")
      #expect(gradient.row(0).prefix(2).allSatisfy { $0.isFinite })
    }
  }

  @Test(arguments: instructionSets)
  func notANumberIsNeverHidden(_ set: InstructionSet) {
    for kind in Self.activations.map(\.kind) {
      let matrix = Self.rows([0.5, .nan, 1], units: 3)
      set.kernels.activate(kind, matrix.matrix, keeping: matrix.matrix, rows: 1, columns: 16, units: 3)
      #expect(matrix.row(0)[1].isNaN, "\(kind)")
    }
    for kind in Self.losses {
      let outputs = Self.rows([0.5, .nan, 0.25], units: 3)
      let targets = Self.rows([0, 1, 0], units: 3)
      let gradient = TestMatrix(rows: 1, columns: 16)
      let losses = TestMatrix(rows: 1, columns: 16)
      set.kernels.loss(
        kind, outputs: outputs.matrix, targets: targets.matrix, gradient: gradient.matrix, rows: 1, columns: 16, units: 3, losses: losses.matrix.base)
      #expect(losses.row(0)[0].isNaN, "\(kind)")
    }
  }
}

/// The gradient of `f` at `x` by central differences of fourth order in Double.
func finiteDifferences(_ x: [Double], _ f: ([Double]) -> Double) -> [Double] {
  x.indices.map { index in
    let h = 1e-4
    func at(_ steps: Double) -> Double {
      var moved = x
      moved[index] += steps * h
      return f(moved)
    }
    return (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * h)
  }
}
