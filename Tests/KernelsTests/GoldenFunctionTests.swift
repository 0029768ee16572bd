import Foundation
import KernelTemplates
import Kernels
import TestSupport
import Testing

/// Activations, losses and their derivatives against `Tests/Golden/functions.json`: NumPy's values in float64, made without any code of ours.
@Suite struct GoldenFunctionTests {
  struct Table: Decodable, Sendable {
    let logits: [Double]
    let sigmoid, sigmoidDerivative, tanh, tanhDerivative, relu, reluDerivative: [Double]
    let binaryCrossentropy: [LossTable]
    let meanSquaredError: [LossTable]
    let rows, softmax, sparseCategoricalCrossentropy: [[Double]]
  }

  struct LossTable: Decodable, Sendable {
    let target: Double
    let loss, gradient: [Double]
  }

  static let table: Table? = {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try? decoder.decode(Table.self, from: Data(contentsOf: PackageFiles.root.appendingPathComponent("Tests/Golden/functions.json")))
  }()

  /// A value is within six units in the last place: a logit such as 0.1 is itself rounded to float. A derivative is made from the value, so it is no
  /// more exact than the value's own distance from 0 or 1.
  @Test(arguments: instructionSets, [ActivationKernel.sigmoid, .tanh, .relu])
  func activations(_ set: InstructionSet, _ kind: ActivationKernel) throws {
    let table = try #require(Self.table)
    let (values, derivatives) =
      switch kind {
      case .sigmoid: (table.sigmoid, table.sigmoidDerivative)
      case .tanh: (table.tanh, table.tanhDerivative)
      default: (table.relu, table.reluDerivative)
      }
    let units = table.logits.count
    let columns = paddedToVector(units)
    let outputs = FunctionTests.rows(table.logits.map { Float($0) }, units: units)
    let gradient = FunctionTests.rows([Float](repeating: 1, count: units), units: units)
    set.kernels.activate(kind, outputs.matrix, keeping: outputs.matrix, rows: 1, columns: columns, units: units)
    set.kernels.activationGradient(kind, kept: outputs.matrix, gradient.matrix, rows: 1, columns: columns, units: units)
    for (unit, logit) in table.logits.enumerated() {
      // Below 1e-37 the kernel's exponential stops at the smallest normal numbers.
      let value = abs(values[unit]) < 1e-37 ? 0 : Float(values[unit])
      let found = abs(outputs.row(0)[unit]) < 1.2e-37 ? 0 : outputs.row(0)[unit]
      expectClose([found], [value], ulps: 6, "\(kind) of \(logit)")
      expectClose([gradient.row(0)[unit]], [Float(derivatives[unit])], within: 3e-7, "derivative of \(kind) at \(logit)")
    }
  }

  /// An activation as Keras has it in float64, with its derivative by automatic differentiation, at each of the table's logits.
  struct Activation: Decodable, Sendable {
    struct Options: Decodable, Sendable {
      let type: String
      let alpha, negativeSlope: Float?
      let approximate: Bool?
    }
    let activation: Options
    /// Null where it is beyond a Double.
    let value, derivative: [Double?]

    var kernel: ActivationKernel? {
      switch activation.type {
      case "linear": .linear
      case "sigmoid": .sigmoid
      case "relu": .relu
      case "tanh": .tanh
      case "softplus": .softplus
      case "softsign": .softsign
      case "elu": .elu(alpha: activation.alpha!)
      case "selu": .selu
      case "gelu": activation.approximate! ? .geluTanh : .gelu
      case "silu": .silu
      case "leaky_relu": .leakyRelu(negativeSlope: activation.negativeSlope!)
      case "exponential": .exponential
      case "hard_sigmoid": .hardSigmoid
      case "mish": .mish
      default: nil
      }
    }
  }

  static let activations: [Activation] = {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let file = PackageFiles.root.appendingPathComponent("Tests/Golden/activations.json")
    return (try? decoder.decode([Activation].self, from: Data(contentsOf: file))) ?? []
  }()

  /// Every activation but the softmax is there, and the same to 6e-7 or a millionth: Keras computes in float64, the kernels in float32, and XLA's hyperbolic
  /// tangent is 1 from 8 on.
  @Test(arguments: instructionSets) func activationsAreThoseOfKeras(_ set: InstructionSet) throws {
    #expect(Self.activations.count == 17)
    let table = try #require(Self.table)
    let units = table.logits.count
    let columns = paddedToVector(units)
    for golden in Self.activations {
      let kind = try #require(golden.kernel, "\(golden.activation.type)")
      let outputs = FunctionTests.rows(table.logits.map { Float($0) }, units: units)
      let sums = FunctionTests.rows([], units: units, count: 1)
      let gradient = FunctionTests.rows([Float](repeating: 1, count: units), units: units)
      set.kernels.activate(kind, outputs.matrix, keeping: sums.matrix, rows: 1, columns: columns, units: units)
      let kept = kind.derivativeNeedsSums ? sums : outputs
      withExtendedLifetime(kept) {
        set.kernels.activationGradient(kind, kept: kept.matrix, gradient.matrix, rows: 1, columns: columns, units: units)
      }
      for (unit, logit) in table.logits.enumerated() {
        for (found, keras, what) in [(outputs.row(0)[unit], golden.value[unit], "value"), (gradient.row(0)[unit], golden.derivative[unit], "derivative")] {
          let expected = Float(keras ?? .infinity)
          #expect(
            found == expected || abs(found - expected) <= 6e-7 + 1e-6 * abs(expected),
            "\(what) of \(golden.activation.type) at \(logit): \(found), in Keras \(expected)")
        }
      }
    }
  }

  @Test(arguments: instructionSets)
  func elementwiseLosses(_ set: InstructionSet) throws {
    let table = try #require(Self.table)
    for (kind, losses) in [(LossKernel.sigmoidCrossentropy, table.binaryCrossentropy), (.meanSquaredError, table.meanSquaredError)] {
      for golden in losses {
        let rows = table.logits.count
        let outputs = FunctionTests.rows(table.logits.map { Float($0) }, units: 1)
        let targets = FunctionTests.rows([Float](repeating: Float(golden.target), count: rows), units: 1)
        let gradient = TestMatrix(rows: rows, columns: 16)
        let found = TestMatrix(rows: 1, columns: paddedToVector(rows))
        set.kernels.loss(
          kind, outputs: outputs.matrix, targets: targets.matrix, gradient: gradient.matrix, rows: rows, columns: 16, units: 1, losses: found.matrix.base)
        for (row, logit) in table.logits.enumerated() {
          let label = "\(kind) of \(logit) for \(golden.target)"
          #expect(abs(Double(found.row(0)[row]) - golden.loss[row]) <= 1e-37 + 1e-6 * golden.loss[row], "\(label)")
          #expect(abs(Double(gradient.row(row)[0]) - golden.gradient[row]) <= 2e-7 + 1e-6 * abs(golden.gradient[row]), "gradient of \(label)")
        }
      }
    }
  }

  /// The argument of the exponential, z less the row's largest, is itself rounded: at 200 by 8e-6, but then what is left of it is beyond a float.
  @Test(arguments: instructionSets)
  func softmaxAndItsCrossentropy(_ set: InstructionSet) throws {
    let table = try #require(Self.table)
    let units = table.rows[0].count
    for (row, logits) in table.rows.enumerated() {
      for target in 0..<units {
        let outputs = FunctionTests.rows(logits.map { Float($0) }, units: units)
        let targets = FunctionTests.rows((0..<units).map { $0 == target ? 1 : 0 }, units: units)
        let gradient = TestMatrix(rows: 1, columns: 16)
        let losses = TestMatrix(rows: 1, columns: 16)
        set.kernels.loss(
          .softmaxCrossentropy, outputs: outputs.matrix, targets: targets.matrix, gradient: gradient.matrix, rows: 1, columns: 16, units: units,
          losses: losses.matrix.base)
        let expected = table.sparseCategoricalCrossentropy[row][target]
        #expect(abs(Double(losses.row(0)[0]) - expected) <= 2e-7 + 1e-6 * expected, "row \(row), class \(target)")
        let slopes = (0..<units).map { Float(table.softmax[row][$0] - ($0 == target ? 1 : 0)) }
        expectClose(Array(gradient.row(0).prefix(units)), slopes, within: 1e-6, "row \(row), class \(target)")
        set.kernels.activate(.softmax, outputs.matrix, keeping: outputs.matrix, rows: 1, columns: 16, units: units)
        expectClose(Array(outputs.row(0).prefix(units)), table.softmax[row].map { Float($0) }, within: 1e-6, "softmax of row \(row)")
      }
    }
  }
}
