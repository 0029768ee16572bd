/// A model as ONNX has it (github.com/onnx/onnx, docs/IR.md): a graph of operators from one input to one output, with the tensors that they need.
///
/// Files say operator set 17, of 2022, in which every operator that dense networks need is there, and IR version 8, which came with it: newer runtimes read
/// them, and those of some years ago do, too.
public struct ONNXModel: Equatable, Sendable {
  public static let operatorSet = 17
  public static let irVersion = 8

  /// The type of a graph's inputs.
  public enum ElementType: String, CaseIterable, Sendable {
    case uint8, float32

    /// `TensorProto.DataType`.
    var code: Int {
      switch self {
      case .float32: 1
      case .uint8: 2
      }
    }
  }

  /// A matrix that goes in or comes out: any number of rows, called N, of `width` numbers.
  public struct Value: Equatable, Sendable {
    public var name: String
    public var type: ElementType
    public var width: Int

    public init(name: String, type: ElementType, width: Int) {
      self.name = name
      self.type = type
      self.width = width
    }
  }

  public enum Attribute: Equatable, Sendable {
    case integer(Int)
    case float(Float)
  }

  /// An operator with one output.
  public struct Node: Equatable, Sendable {
    /// ONNX's word, such as "Gemm".
    public var operation: String
    /// Names of the input, of other nodes' outputs, or of tensors.
    public var inputs: [String]
    /// Also the node's own name.
    public var output: String
    public var attributes: [String: Attribute]

    public init(_ operation: String, _ inputs: [String], to output: String, attributes: [String: Attribute] = [:]) {
      self.operation = operation
      self.inputs = inputs
      self.output = output
      self.attributes = attributes
    }
  }

  public var name: String
  public var input: Value
  public var output: Value
  /// Each behind those whose outputs it takes.
  public var nodes: [Node]
  public var tensors: [NamedTensor]
  /// Texts for readers.
  public var metadata: [String: String]

  public init(name: String, input: Value, output: Value, nodes: [Node], tensors: [NamedTensor], metadata: [String: String] = [:]) {
    self.name = name
    self.input = input
    self.output = output
    self.nodes = nodes
    self.tensors = tensors
    self.metadata = metadata
  }
}
