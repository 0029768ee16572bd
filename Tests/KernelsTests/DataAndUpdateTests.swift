import KernelTemplates
import Kernels
import TestSupport
import Testing

@Suite struct GatherTests {
  /// Widths around a run of eight inputs, and around 64 runs, which the kernel looks at in one go.
  @Test(arguments: instructionSets, [1, 7, 8, 9, 63, 64, 65, 127, 128, 196, 511, 520, 784])
  func bytesAreDividedExactly(_ set: InstructionSet, _ width: Int) {
    // Three of four numbers are zero, as in digits; some inputs are zero in every row.
    let bytes = (0..<20 * width).map { $0 / 8 % 3 == 0 && $0 % width % 5 != 3 ? UInt8(truncatingIfNeeded: $0 &* 37 &+ $0 / 251) : 0 }
    for (count, scale): (Int, Float) in [(1, 1), (7, 2), (8, 3), (9, 127.5), (16, 255), (17, 256), (3, 0.1), (12, 1e-3), (8, 12345.678)] {
      let rows = (0..<count).map { UInt32($0 * 7 % 20) }
      // The rows that follow are asked for, and change nothing. No number is read behind the last: the address sanitizer watches.
      let following = (0..<[0, 1, 9, 10, 11][count % 5]).map { UInt32($0 * 3 % 20) }
      let lists = TestRuns(rows: count, inputs: width + 1)
      following.withUnsafeBufferPointer {
        set.kernels.gatherBytes(bytes, width: width, rows: rows, count: count, following: $0, scale: scale, runs: lists.all, into: lists.runs)
      }
      let expected = rows.map { row in bytes[Int(row) * width..<(Int(row) + 1) * width].map { Float($0) / scale } + [1] }
      #expect(lists.dense(rows: count).map { Array($0.prefix(width + 1)) } == expected, "\(count) rows, scale \(scale)")
      #expect(lists.guardIsUntouched)
    }
  }

  /// All bytes under many divisors: the three multiply-adds that stand for a division are one.
  @Test(arguments: instructionSets)
  func everyByteUnderManyScales(_ set: InstructionSet) {
    let bytes = (0..<256).map { UInt8($0) }
    let lists = TestRuns(rows: 1, inputs: 257)
    for step in 1...2000 {
      let scale = Float(step) * 0.37
      set.kernels.gatherBytes(
        bytes, width: 256, rows: [0], count: 1, following: UnsafeBufferPointer(start: nil, count: 0), scale: scale, runs: lists.all, into: lists.runs)
      #expect(lists.dense(rows: 1).map { Array($0.prefix(257)) } == [bytes.map { Float($0) / scale } + [1]], "scale \(scale)")
    }
  }

  @Test(arguments: instructionSets, [1, 15, 16, 33, 128, 300])
  func floatsAreDivided(_ set: InstructionSet, _ width: Int) {
    var values = TestMatrix(rows: 12, columns: width, seed: 11).values
    values[width - 1] = .nan
    for row in 0..<12 { values[row * width] = 0 }
    for count in [2, 8, 11] {
      let rows = (0..<count).map { UInt32(11 - $0) }
      let lists = TestRuns(rows: count, inputs: width + 1)
      set.kernels.gatherFloats(
        values, width: width, rows: rows, count: count, following: UnsafeBufferPointer(start: nil, count: 0), scale: 3, runs: lists.all, into: lists.runs)
      let expected = rows.map { row in values[Int(row) * width..<(Int(row) + 1) * width].map { $0 / 3 } + [1] }
      // As bits, so that NaN is NaN.
      #expect(lists.dense(rows: count).map { $0.prefix(width + 1).map(\.bitPattern) } == expected.map { $0.map(\.bitPattern) })
    }
  }

  /// Runs of eight inputs that are zero in a row have no entry for it; the one with the bias always has.
  @Test(arguments: instructionSets)
  func zerosAreSkipped(_ set: InstructionSet) {
    var bytes = [UInt8](repeating: 0, count: 16 * 784)
    bytes[3 * 784 + 5] = 9
    bytes[3 * 784 + 700] = 1
    bytes[4 * 784 + 703] = 2
    bytes[8 * 784 + 64] = 255
    let lists = TestRuns(rows: 16, inputs: 785)
    set.kernels.gatherBytes(
      bytes, width: 784, rows: (0..<16).map { UInt32($0) }, count: 16, following: UnsafeBufferPointer(start: nil, count: 0), scale: 255, runs: lists.all,
      into: lists.runs)
    let counts = lists.all.map { Int(lists.runs.counts[$0]) }
    #expect(counts.indices.filter { counts[$0] > 0 } == [0, 8, 87, 98])
    #expect([0, 8, 87, 98].map { counts[$0] } == [1, 1, 2, 16])
  }
}

@Suite struct AccuracyTests {
  @Test(arguments: instructionSets, [2, 10, 16, 17, 40])
  func largestIsTheFirstOfEquals(_ set: InstructionSet, _ units: Int) {
    let outputs = TestMatrix(rows: 50, columns: paddedToVector(units), seed: 12, padding: 0)
    for row in stride(from: 0, to: 50, by: 3) { outputs.matrix[row, units - 1] = outputs.row(row).prefix(units).max()! }
    // Larger numbers in the padding must not count.
    for row in 0..<50 { for column in units..<paddedToVector(units) { outputs.matrix[row, column] = 9 } }
    let truth = (0..<50).map { row in
      let values = outputs.row(row).prefix(units)
      return Int32(values.firstIndex(of: values.max()!)!)
    }
    #expect(set.kernels.countLargest(outputs.matrix, classes: truth, rows: 0..<50, columns: paddedToVector(units), units: units) == 50)
    let wrong = truth.enumerated().map { $0.offset % 2 == 0 ? $0.element : ($0.element + 1) % Int32(units) }
    #expect(set.kernels.countLargest(outputs.matrix, classes: wrong, rows: 0..<50, columns: paddedToVector(units), units: units) == 25)
  }

  @Test(arguments: instructionSets)
  func thresholdIsExclusive(_ set: InstructionSet) {
    let outputs = TestMatrix(rows: 4, columns: 16)
    let targets = TestMatrix(rows: 4, columns: 16)
    for (row, pair) in [(Float(0.5), Float(0)), (0.500001, 1), (0.2, 1), (0.9, 0)].enumerated() {
      outputs.matrix[row, 0] = pair.0
      targets.matrix[row, 0] = pair.1
    }
    #expect(set.kernels.countThreshold(outputs.matrix, targets: targets.matrix, threshold: 0.5, zero: 0, one: 1, rows: 0..<4) == 2)
  }
}

/// Each optimizer against its formula in Double, over a few steps, for a count that is one vector and for one that is many.
@Suite struct OptimizerKernelTests {
  /// A kernel, and its formula for one number: the weight, three moments, the mean gradient.
  typealias Rule = (kind: OptimizerKernel, exact: @Sendable (inout Double, inout [Double], Double) -> Void)

  static let factors = StepFactors(
    gradientScale: 0.25, rate: 0.01, momentum: 0.9, firstMomentShare: 0.1, secondMomentShare: 0.001, epsilon: 1e-7, decay: 0.999, gradientRate: 0.002,
    correction: 1.5)

  static let rules: [Rule] = [
    (.sgd, { w, _, g in w -= 0.01 * g }),
    (
      .momentum(nesterov: false),
      { w, m, g in
        m[0] = 0.9 * m[0] - 0.01 * g
        w += m[0]
      }
    ),
    (
      .momentum(nesterov: true),
      { w, m, g in
        m[0] = 0.9 * m[0] - 0.01 * g
        w += 0.9 * m[0] - 0.01 * g
      }
    ),
    (
      .adam,
      { w, m, g in
        m[0] += (g - m[0]) * 0.1
        m[1] += (g * g - m[1]) * 0.001
        w -= m[0] * 0.01 / (m[1].squareRoot() + 1e-7)
      }
    ),
    (
      .amsgrad,
      { w, m, g in
        m[0] += (g - m[0]) * 0.1
        m[1] += (g * g - m[1]) * 0.001
        m[2] = max(m[2], m[1])
        w -= m[0] * 0.01 / (m[2].squareRoot() + 1e-7)
      }
    ),
    (
      .nadam,
      { w, m, g in
        m[0] += (g - m[0]) * 0.1
        m[1] += (g * g - m[1]) * 0.001
        w -= (m[0] * 0.01 + g * 0.002) / ((m[1] * 1.5).squareRoot() + 1e-7)
      }
    ),
    (
      .adamax,
      { w, m, g in
        m[0] += (g - m[0]) * 0.1
        m[1] = max(0.999 * m[1], abs(g))
        w -= m[0] * 0.01 / (m[1] + 1e-7)
      }
    ),
    (
      .rmsprop(centered: false, momentum: false),
      { w, m, g in
        m[0] += (g * g - m[0]) * 0.001
        w -= 0.01 * g / (m[0] + 1e-7).squareRoot()
      }
    ),
    (
      .rmsprop(centered: false, momentum: true),
      { w, m, g in
        m[0] += (g * g - m[0]) * 0.001
        m[1] = 0.9 * m[1] + 0.01 * g / (m[0] + 1e-7).squareRoot()
        w -= m[1]
      }
    ),
    (
      .rmsprop(centered: true, momentum: false),
      { w, m, g in
        m[0] += (g * g - m[0]) * 0.001
        m[1] += (g - m[1]) * 0.001
        w -= 0.01 * g / (m[0] - m[1] * m[1] + 1e-7).squareRoot()
      }
    ),
    (
      .rmsprop(centered: true, momentum: true),
      { w, m, g in
        m[0] += (g * g - m[0]) * 0.001
        m[2] += (g - m[2]) * 0.001
        m[1] = 0.9 * m[1] + 0.01 * g / (m[0] - m[2] * m[2] + 1e-7).squareRoot()
        w -= m[1]
      }
    ),
    (
      .adagrad,
      { w, m, g in
        m[0] += g * g
        w -= 0.01 * g / (m[0] + 1e-7).squareRoot()
      }
    ),
    (
      .adadelta,
      { w, m, g in
        m[0] += (g * g - m[0]) * 0.001
        let delta = (m[1] + 1e-7).squareRoot() / (m[0] + 1e-7).squareRoot() * g
        m[1] += (delta * delta - m[1]) * 0.001
        w -= 0.01 * delta
      }
    ),
    (
      .lion,
      { w, m, g in
        let direction = 0.9 * m[0] + 0.1 * g
        w -= direction > 0 ? 0.01 : -0.01
        m[0] += (g - m[0]) * 0.001
      }
    ),
  ]

  /// One step over weights, three moments and a gradient, which live until it is done.
  private static func update(_ set: InstructionSet, _ kind: OptimizerKernel, _ matrices: [TestMatrix], count: Int, _ factors: StepFactors) -> Bool {
    withExtendedLifetime(matrices) {
      let arenas = UpdateArenas(
        weights: matrices[0].matrix.base, first: matrices[1].matrix.base, second: matrices[2].matrix.base, third: matrices[3].matrix.base,
        gradient: matrices[4].matrix.base)
      return set.kernels.update(kind, arenas, count: count, factors)
    }
  }

  /// With weight decay and a limit to gradients, and without.
  @Test(arguments: instructionSets, [16, 160])
  func updatesFollowTheFormulas(_ set: InstructionSet, _ count: Int) {
    for (loss, clip) in [(Float(0), Float(0)), (0.01, 0), (0, 0.1), (0.01, 0.1)] {
      var factors = Self.factors
      (factors.weightDecay, factors.clip) = (loss, clip)
      for rule in Self.rules {
        let w = TestMatrix(rows: 1, columns: count, seed: 13)
        let m = (0..<3).map { TestMatrix(rows: 1, columns: count, seed: 14 + UInt64($0)) }
        // Squares and norms are above 0, and a square above the average's.
        for moment in m { for i in 0..<count { moment.matrix.base[i] = 0.5 + abs(moment.matrix.base[i]) / 4 } }
        var exact = (0..<count).map { i in (w: Double(w.row(0)[i]), m: m.map { Double($0.row(0)[i]) }) }
        for step in 0..<5 {
          let g = TestMatrix(rows: 1, columns: count, seed: 20 + UInt64(step))
          for i in 0..<count {
            let mean = Double(g.row(0)[i]) * 0.25
            var (weight, moments) = exact[i]
            weight -= weight * Double(loss)
            rule.exact(&weight, &moments, clip > 0 ? min(max(mean, -Double(clip)), Double(clip)) : mean)
            exact[i] = (weight, moments)
          }
          #expect(Self.update(set, rule.kind, [w] + m + [g], count: count, factors))
        }
        expectClose(w.row(0), exact.map { Float($0.w) }, within: 1e-6, "\(rule.kind) weights")
        for number in 0..<3 { expectClose(m[number].row(0), exact.map { Float($0.m[number]) }, within: 1e-6, "\(rule.kind) moments \(number)") }
        #expect(w.guardIsUntouched)
      }
    }
  }

  /// A share far below what a float beside 1 can show is still taken, again and again, from weights that have the digits for it.
  @Test(arguments: instructionSets) func smallWeightDecaysCount(_ set: InstructionSet) {
    var factors = Self.factors
    factors.weightDecay = 4e-8
    let matrices = (0..<5).map { _ in TestMatrix(rows: 1, columns: 16, padding: 0) }
    // Just below 1, where digits are half as wide as above.
    for column in 0..<16 { matrices[0].matrix.base[column] = 0.999 }
    for _ in 0..<100 { _ = Self.update(set, .sgd, matrices, count: 16, factors) }
    expectClose(matrices[0].row(0), Array(repeating: Float(0.999 * (1 - 100 * 4e-8)), count: 16), within: 3e-6)
    #expect(matrices[0].row(0).allSatisfy { $0 < 0.999 })
  }

  @Test(arguments: instructionSets) func squaresAreSummedBySixteen(_ set: InstructionSet) {
    let values = TestMatrix(rows: 1, columns: 48, seed: 3)
    let sums = TestMatrix(rows: 1, columns: 16)
    withExtendedLifetime(values) { set.kernels.sumSquares(values.matrix.base, into: sums.matrix.base, count: 48) }
    let expected = (0..<3).map { part in values.row(0)[16 * part..<16 * part + 16].reduce(0) { $0 + Double($1) * Double($1) } }
    expectClose(Array(sums.row(0).prefix(3)), expected.map { Float($0) }, within: 1e-6)
  }

  /// Skipping inputs of zero may turn a gradient's −0 into +0; no weight or moment may tell, to the bit.
  @Test(arguments: instructionSets)
  func theSignOfAZeroGradientIsNotSeen(_ set: InstructionSet) {
    func bits(_ kind: OptimizerKernel, _ gradient: Float, _ start: Float) -> [UInt32] {
      let matrices = (0..<5).map { _ in TestMatrix(rows: 1, columns: 16, seed: 1) }
      for column in 0..<16 {
        for (matrix, value) in zip(matrices, [start, start, 0, 0, gradient]) { matrix.matrix.base[column] = value }
      }
      _ = Self.update(set, kind, matrices, count: 16, Self.factors)
      return matrices.prefix(4).flatMap { $0.values.map(\.bitPattern) }
    }
    for start: Float in [0, -0.0, 0.5] {
      for kind in Self.rules.map(\.kind) { #expect(bits(kind, 0, start) == bits(kind, -0.0, start), "\(kind) from \(start)") }
    }
  }

  /// One weight that is no number, at any place, or one gradient, is noticed; large numbers are not.
  @Test(arguments: instructionSets)
  func aWeightThatIsNotFiniteIsNoticed(_ set: InstructionSet) {
    for count in [16, 48, 64] {
      for place in 0..<count {
        for (bad, value) in [("weight", Float.nan), ("weight", .infinity), ("gradient", .nan), ("gradient", -.infinity), ("weight", 3e38), ("none", 0)] {
          for (kind, clip) in Self.rules.flatMap({ [($0.kind, Float(0)), ($0.kind, Float(0.1))] }) {
            var factors = Self.factors
            factors.clip = clip
            let matrices = (0..<5).map { _ in TestMatrix(rows: 1, columns: count) }
            for column in 0..<count {
              for (matrix, value) in zip(matrices, [0.5, 0, 0, 0, 0.25] as [Float]) { matrix.matrix.base[column] = value }
            }
            if bad == "weight" { matrices[0].matrix.base[place] = value }
            if bad == "gradient" { matrices[4].matrix.base[place] = value }
            let isFinite = Self.update(set, kind, matrices, count: count, factors)
            #expect(isFinite == value.isFinite, "\(kind), limit \(clip), \(bad) \(value) at \(place) of \(count)")
          }
        }
      }
    }
  }

  @Test func instructionSetIsChosenByName() throws {
    #expect(try InstructionSet.choose(override: nil) == InstructionSet.supported[0])
    #expect(try InstructionSet.choose(override: "") == InstructionSet.supported[0])
    #expect(try InstructionSet.choose(override: "portable") == .portable)
    #expect(throws: (any Error).self) { try InstructionSet.choose(override: "sse9") }
  }
}
