import Foundation
import KernelTemplates
import Kernels
import NeuralNetwork
import RunConfig
import TestSupport
import Testing

/// Every loss against `Tests/Golden/losses.json`: what Keras makes of the same outputs and targets in float64, with its options, and the gradient.
@Suite struct GoldenLossTests {
  struct Table: Decodable, Sendable {
    struct Options: Decodable, Sendable {
      let type: String
      let fromLogits: Bool?
      let labelSmoothing, delta, gamma, alpha: Double?
      let applyClassBalancing: Bool?
    }
    let loss: Options
    let outputs, targets: [[Float]]
    let losses: [Double]
    let gradient: [[Double]]
  }

  static let tables: [Table] = {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let file = PackageFiles.root.appendingPathComponent("Tests/Golden/losses.json")
    return (try? decoder.decode([Table].self, from: Data(contentsOf: file))) ?? []
  }()

  private static func loss(_ options: Table.Options) -> Loss? {
    let (fromLogits, smoothing) = (options.fromLogits ?? false, options.labelSmoothing ?? 0)
    switch options.type {
    case "mean_squared_error": return .meanSquaredError
    case "mean_absolute_error": return .meanAbsoluteError
    case "huber": return .huber(delta: options.delta!)
    case "log_cosh": return .logCosh
    case "poisson": return .poisson
    case "hinge": return .hinge
    case "squared_hinge": return .squaredHinge
    case "categorical_hinge": return .categoricalHinge
    case "kl_divergence": return .klDivergence
    case "binary_crossentropy": return .binaryCrossentropy(fromLogits: fromLogits, labelSmoothing: smoothing)
    case "categorical_crossentropy": return .categoricalCrossentropy(fromLogits: fromLogits, labelSmoothing: smoothing)
    case "sparse_categorical_crossentropy": return .sparseCategoricalCrossentropy(fromLogits: fromLogits)
    case "binary_focal_crossentropy":
      return .binaryFocalCrossentropy(
        fromLogits: fromLogits, gamma: options.gamma!, alpha: options.alpha!, applyClassBalancing: options.applyClassBalancing!, labelSmoothing: smoothing)
    default: return nil
    }
  }

  @Test func everyLossIsThere() { #expect(Set(Self.tables.map(\.loss.type)) == Set(Loss.every.map(\.name))) }

  /// To a millionth: Keras computes in float64, the kernels in float32.
  @Test(arguments: InstructionSet.supported) func lossesAreThoseOfKeras(_ set: InstructionSet) throws {
    for table in Self.tables {
      let loss = try #require(Self.loss(table.loss), "\(table.loss.type)")
      let (rows, units) = (table.outputs.count, table.outputs[0].count)
      let network = try Network(inputs: 2, layers: [.dense(Dense(units))])
      let isSparse = loss.name == "sparse_categorical_crossentropy"
      let objective = try Objective(
        loss: loss, network: network, encoding: isSparse ? .classes : .oneHot, vectorWidth: nil,
        areBinary: table.targets.allSatisfy { $0.allSatisfy { $0 == 0 || $0 == 1 } })
      let numbers = try AlignedBuffer(count: 4 * 16 * rows)
      let (outputs, targets, gradient) = (
        Matrix(numbers.base, rows: rows, columns: 16), Matrix(numbers.base + 16 * rows, rows: rows, columns: 16),
        Matrix(numbers.base + 32 * rows, rows: rows, columns: 16)
      )
      for row in 0..<rows {
        for unit in 0..<units {
          outputs[row, unit] = table.outputs[row][unit]
          targets[row, unit] = objective.targetMap(table.targets[row][unit])
        }
      }
      let losses = numbers.base + 48 * rows
      set.kernels.loss(objective.loss, outputs: outputs, targets: targets, gradient: gradient, rows: rows, columns: 16, units: units, losses: losses)
      for row in 0..<rows {
        let label = "\(loss), row \(row)"
        #expect(abs(Double(losses[row]) - table.losses[row]) <= 3e-7 + 1e-6 * abs(table.losses[row]), "\(label): \(losses[row]), in Keras \(table.losses[row])")
        for unit in 0..<units {
          let (found, expected) = (Double(gradient[row, unit]), table.gradient[row][unit])
          #expect(abs(found - expected) <= 3e-7 + 2e-6 * abs(expected), "\(label), unit \(unit): \(found), in Keras \(expected)")
        }
      }
      // Not before: the matrices are in it.
      _ = consume numbers
    }
  }
}
