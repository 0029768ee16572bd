import Interchange
import RunConfig

/// A graph of ONNX's while layers are put behind each other: every one takes what the one before gave.
struct ONNXGraph {
  let input: String
  private(set) var nodes: [ONNXModel.Node] = []
  /// The network's, under Keras's names, and what layers need beside them.
  private var tensors: [NamedTensor]
  /// What came last.
  private var value: String

  init(input: String, tensors: [NamedTensor]) {
    self.input = input
    self.tensors = tensors
    value = input
  }

  /// Those that a node takes, in the order in which they were given.
  var usedTensors: [NamedTensor] {
    let used = Set(nodes.flatMap(\.inputs))
    return tensors.filter { used.contains($0.name) }
  }

  /// Puts an operator behind what came last.
  ///
  /// - Parameter others: what it takes beside that, behind it.
  mutating func apply(_ operation: String, with others: [String] = [], to output: String, attributes: [String: ONNXModel.Attribute] = [:]) {
    nodes.append(ONNXModel.Node(operation, [value] + others, to: output, attributes: attributes))
    value = output
  }

  /// Calls what comes last `name`.
  mutating func endWith(_ name: String) { nodes[nodes.count - 1].output = name }

  /// The name of a single number.
  mutating func constant(_ number: Float) -> String {
    let name = "\(number)"
    if !tensors.contains(where: { $0.name == name }) { tensors.append(NamedTensor(name: name, shape: [], values: [number])) }
    return name
  }

  /// The name of a layer's tensor; where it has none, of one that is `number` throughout.
  private mutating func tensor(_ name: String, or number: Float, units: Int) -> String {
    if !tensors.contains(where: { $0.name == name }) {
      tensors.append(NamedTensor(name: name, shape: [units], values: [Float](repeating: number, count: units)))
    }
    return name
  }

  mutating func apply(_ dense: Dense, _ name: String) {
    if dense.useBias {
      apply("Gemm", with: ["\(name).kernel", "\(name).bias"], to: name)
    } else {
      apply("MatMul", with: ["\(name).kernel"], to: name)
    }
    apply(dense.activation, "\(name).\(dense.activation.name)")
  }

  mutating func apply(_ layer: BatchNormalization, _ name: String, units: Int) {
    let parts: [(name: String, otherwise: Float)] = [("gamma", 1), ("beta", 0), ("moving_mean", 0), ("moving_variance", 1)]
    let others = parts.map { tensor("\(name).\($0.name)", or: $0.otherwise, units: units) }
    apply("BatchNormalization", with: others, to: name, attributes: ["epsilon": .float(Float(layer.epsilon))])
  }

  mutating func apply(_ layer: LayerNormalization, _ name: String, units: Int) {
    let parts: [(name: String, otherwise: Float)] = [("gamma", 1), ("beta", 0)]
    let others = parts.map { tensor("\(name).\($0.name)", or: $0.otherwise, units: units) }
    apply("LayerNormalization", with: others, to: name, attributes: ["axis": .integer(-1), "epsilon": .float(Float(layer.epsilon))])
  }

  mutating func apply(_ layer: Rescaling, _ name: String) {
    apply("Mul", with: [constant(Float(layer.scale))], to: name)
    if layer.offset != 0 { apply("Add", with: [constant(Float(layer.offset))], to: "\(name).offset") }
  }

  /// (x − mean) / √variance, with the factors as the workers have them (`PreparedInputs.fill`).
  mutating func normalizeInputs(_ name: String) {
    let variance = tensors.first { $0.name == "\(name).variance" }?.values ?? []
    let factors = NamedTensor(name: "\(name).factor", shape: [variance.count], values: variance.map { 1 / max($0.squareRoot(), 1e-7) })
    tensors.append(factors)
    apply("Sub", with: ["\(name).mean"], to: "\(name).centered")
    apply("Mul", with: [factors.name], to: name)
  }

  /// The operator of an activation, or those that it is made of.
  mutating func apply(_ activation: Activation, _ name: String) {
    let z = value
    switch activation {
    case .linear: break
    case .sigmoid: apply("Sigmoid", to: name)
    case .relu: apply("Relu", to: name)
    case .softmax: apply("Softmax", to: name, attributes: ["axis": .integer(-1)])
    case .tanh: apply("Tanh", to: name)
    case .softplus: apply("Softplus", to: name)
    case .softsign: apply("Softsign", to: name)
    case .elu(let alpha): apply("Elu", to: name, attributes: ["alpha": .float(Float(alpha))])
    case .selu: apply("Selu", to: name)
    // An operator of its own it is from set 20 on.
    case .gelu(approximate: false):
      apply("Mul", with: [constant(0.707_106_77)], to: "\(name).scaled")
      apply("Erf", to: "\(name).erf")
      apply("Add", with: [constant(1)], to: "\(name).sum")
      apply("Mul", with: [z], to: "\(name).product")
      apply("Mul", with: [constant(0.5)], to: name)
    case .gelu(approximate: true):
      apply("Mul", with: [z], to: "\(name).square")
      apply("Mul", with: [constant(0.044_715)], to: "\(name).scaled")
      apply("Add", with: [constant(1)], to: "\(name).sum")
      apply("Mul", with: [z], to: "\(name).cubic")
      apply("Mul", with: [constant(1.595_769_1)], to: "\(name).argument")
      apply("Sigmoid", to: "\(name).gate")
      apply("Mul", with: [z], to: name)
    case .silu:
      apply("Sigmoid", to: "\(name).gate")
      apply("Mul", with: [z], to: name)
    case .leakyRelu(let slope): apply("LeakyRelu", to: name, attributes: ["alpha": .float(Float(slope))])
    case .exponential: apply("Exp", to: name)
    case .hardSigmoid: apply("HardSigmoid", to: name, attributes: ["alpha": .float(1 / 6), "beta": .float(0.5)])
    // An operator of its own it is from set 18 on.
    case .mish:
      apply("Softplus", to: "\(name).softplus")
      apply("Tanh", to: "\(name).gate")
      apply("Mul", with: [z], to: name)
    }
  }
}
