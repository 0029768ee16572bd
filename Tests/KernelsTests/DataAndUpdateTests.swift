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
  @Test(arguments: instructionSets, [16, 160])
  func updatesFollowTheFormulas(_ set: InstructionSet, _ count: Int) {
    let kernels = set.kernels
    let factors = StepFactors(gradientScale: 0.25, rate: 0.01, momentum: 0.9, firstMomentShare: 0.1, secondMomentShare: 0.001, epsilon: 1e-7)
    typealias Rule = (
      name: String, fast: (TestMatrix, TestMatrix, TestMatrix, TestMatrix) -> Void, exact: (inout Double, inout Double, inout Double, Double) -> Void
    )
    let rules: [Rule] = [
      ("sgd", { w, _, _, g in kernels.sgd(w.matrix.base, g.matrix.base, count: count, factors) }, { w, _, _, g in w -= 0.01 * g }),
      (
        "momentum", { w, m, _, g in kernels.momentum(w.matrix.base, m.matrix.base, g.matrix.base, count: count, nesterov: false, factors) },
        { w, m, _, g in
          m = 0.9 * m - 0.01 * g
          w += m
        }
      ),
      (
        "nesterov", { w, m, _, g in kernels.momentum(w.matrix.base, m.matrix.base, g.matrix.base, count: count, nesterov: true, factors) },
        { w, m, _, g in
          m = 0.9 * m - 0.01 * g
          w += 0.9 * m - 0.01 * g
        }
      ),
      (
        "adam", { w, m, v, g in kernels.adam(w.matrix.base, m.matrix.base, v.matrix.base, g.matrix.base, count: count, factors) },
        { w, m, v, g in
          m += (g - m) * 0.1
          v += (g * g - v) * 0.001
          w -= m * 0.01 / (v.squareRoot() + 1e-7)
        }
      ),
      (
        "rmsprop", { w, _, v, g in kernels.rmsprop(w.matrix.base, v.matrix.base, g.matrix.base, count: count, factors) },
        { w, _, v, g in
          v += (g * g - v) * 0.001
          w -= 0.01 * g / (v + 1e-7).squareRoot()
        }
      ),
    ]
    for rule in rules {
      let w = TestMatrix(rows: 1, columns: count, seed: 13)
      let m = TestMatrix(rows: 1, columns: count, seed: 14)
      let v = TestMatrix(rows: 1, columns: count, seed: 15)
      for i in 0..<count { v.matrix.base[i] = abs(v.matrix.base[i]) }
      var exact = (0..<count).map { (w: Double(w.row(0)[$0]), m: Double(m.row(0)[$0]), v: Double(v.row(0)[$0])) }
      for step in 0..<5 {
        let g = TestMatrix(rows: 1, columns: count, seed: 20 + UInt64(step))
        rule.fast(w, m, v, g)
        for i in 0..<count {
          var (w, m, v) = exact[i]
          rule.exact(&w, &m, &v, Double(g.row(0)[i]) * 0.25)
          exact[i] = (w, m, v)
        }
      }
      expectClose(w.row(0), exact.map { Float($0.w) }, within: 1e-6, "\(rule.name) weights")
      expectClose(m.row(0), exact.map { Float($0.m) }, within: 1e-6, "\(rule.name) first moments")
      expectClose(v.row(0), exact.map { Float($0.v) }, within: 1e-6, "\(rule.name) second moments")
      #expect(w.guardIsUntouched)
    }
  }

  /// Skipping inputs of zero may turn a gradient's −0 into +0; no weight or moment may tell, to the bit.
  @Test(arguments: instructionSets)
  func theSignOfAZeroGradientIsNotSeen(_ set: InstructionSet) {
    let factors = StepFactors(gradientScale: 0.5, rate: 0.01, momentum: 0.9, firstMomentShare: 0.1, secondMomentShare: 0.001, epsilon: 1e-7)
    func bits(_ gradient: Float, _ start: Float, _ update: (_ w: TestMatrix, _ m: TestMatrix, _ v: TestMatrix, _ g: TestMatrix) -> Void) -> [UInt32] {
      let matrices = (0..<4).map { _ in TestMatrix(rows: 1, columns: 16, seed: 1) }
      for column in 0..<16 {
        for (matrix, value) in zip(matrices, [start, start, 0, gradient]) { matrix.matrix.base[column] = value }
      }
      update(matrices[0], matrices[1], matrices[2], matrices[3])
      return matrices.prefix(3).flatMap { $0.values.map(\.bitPattern) }
    }
    for start: Float in [0, -0.0, 0.5] {
      let updates: [(String, (TestMatrix, TestMatrix, TestMatrix, TestMatrix) -> Void)] = [
        ("sgd", { w, _, _, g in set.kernels.sgd(w.matrix.base, g.matrix.base, count: 16, factors) }),
        ("momentum", { w, m, _, g in set.kernels.momentum(w.matrix.base, m.matrix.base, g.matrix.base, count: 16, nesterov: false, factors) }),
        ("adam", { w, m, v, g in set.kernels.adam(w.matrix.base, m.matrix.base, v.matrix.base, g.matrix.base, count: 16, factors) }),
        ("rmsprop", { w, _, v, g in set.kernels.rmsprop(w.matrix.base, v.matrix.base, g.matrix.base, count: 16, factors) }),
      ]
      for (name, update) in updates { #expect(bits(0, start, update) == bits(-0.0, start, update), "\(name) from \(start)") }
    }
  }

  /// One weight that is no number, at any place, or one gradient, is noticed; large numbers are not.
  @Test(arguments: instructionSets)
  func aWeightThatIsNotFiniteIsNoticed(_ set: InstructionSet) {
    let kernels = set.kernels
    let factors = StepFactors(gradientScale: 0.5, rate: 0.01, momentum: 0.9, firstMomentShare: 0.1, secondMomentShare: 0.001, epsilon: 1e-7)
    typealias Update = (TestMatrix, TestMatrix, TestMatrix, TestMatrix, Int) -> Bool
    let updates: [(String, Update)] = [
      ("sgd", { w, _, _, g, count in kernels.sgd(w.matrix.base, g.matrix.base, count: count, factors) }),
      ("momentum", { w, m, _, g, count in kernels.momentum(w.matrix.base, m.matrix.base, g.matrix.base, count: count, nesterov: false, factors) }),
      ("nesterov", { w, m, _, g, count in kernels.momentum(w.matrix.base, m.matrix.base, g.matrix.base, count: count, nesterov: true, factors) }),
      ("adam", { w, m, v, g, count in kernels.adam(w.matrix.base, m.matrix.base, v.matrix.base, g.matrix.base, count: count, factors) }),
      ("rmsprop", { w, _, v, g, count in kernels.rmsprop(w.matrix.base, v.matrix.base, g.matrix.base, count: count, factors) }),
    ]
    for count in [16, 48, 64] {
      for place in 0..<count {
        for (bad, value) in [("weight", Float.nan), ("weight", .infinity), ("gradient", .nan), ("gradient", -.infinity), ("weight", 3e38), ("none", 0)] {
          for (name, update) in updates {
            let (w, m, v, g) = (
              TestMatrix(rows: 1, columns: count), TestMatrix(rows: 1, columns: count), TestMatrix(rows: 1, columns: count), TestMatrix(rows: 1, columns: count)
            )
            for column in 0..<count {
              (w.matrix.base[column], m.matrix.base[column], v.matrix.base[column], g.matrix.base[column]) = (0.5, 0, 0, 0.25)
            }
            if bad == "weight" { w.matrix.base[place] = value }
            if bad == "gradient" { g.matrix.base[place] = value }
            #expect(update(w, m, v, g, count) == value.isFinite, "\(name), \(bad) \(value) at \(place) of \(count)")
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
