/// A model as ONNX has it (github.com/onnx/onnx, docs/IR.md): a graph of operators from one input to one output, with the tensors that they need.
///
/// Files say operator set 17, of 2022, in which every operator that dense networks need is there, and IR version 8, which came with it: newer runtimes read
/// them, and those of some years ago do, too.
public struct ONNXModel: Equatable, Sendable {
  /// The version of ONNX's operators that the nodes mean.
  public static let operatorSet = 17
  /// The version of the format itself.
  public static let irVersion = 8

  /// The type of a graph's inputs.
  public enum ElementType: String, CaseIterable, Sendable {
    /// Unsigned bytes.
    case uint8
    /// Floats of 32 bits.
    case float32

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
    /// What callers of the model put the numbers under, or get them under.
    public var name: String
    /// The type of each number.
    public var type: ElementType
    /// Numbers a row: the shape is `[N, width]`, with N free.
    public var width: Int

    /// - Parameters:
    ///   - name: unlike any other value's.
    ///   - type: of each number.
    ///   - width: numbers a row, at least 1.
    public init(name: String, type: ElementType, width: Int) {
      self.name = name
      self.type = type
      self.width = width
    }
  }

  /// The value of an operator's attribute, of the kinds that are needed here.
  public enum Attribute: Equatable, Sendable {
    /// A whole number of 64 bits.
    case integer(Int)
    /// A number of 32 bits.
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
    /// By the operator's own names; those that are not here have ONNX's defaults.
    public var attributes: [String: Attribute]

    /// - Parameters:
    ///   - operation: ONNX's name of the operator.
    ///   - inputs: names of values and tensors, in the operator's order.
    ///   - output: the name of the value that it makes.
    ///   - attributes: those that are not the operator's defaults.
    public init(_ operation: String, _ inputs: [String], to output: String, attributes: [String: Attribute] = [:]) {
      self.operation = operation
      self.inputs = inputs
      self.output = output
      self.attributes = attributes
    }
  }

  /// The name of the graph.
  public var name: String
  /// The one value that goes in.
  public var input: Value
  /// The one value that comes out.
  public var output: Value
  /// Each behind those whose outputs it takes.
  public var nodes: [Node]
  /// Constants that nodes take by name.
  public var tensors: [NamedTensor]
  /// Texts for readers.
  public var metadata: [String: String]

  /// - Parameters:
  ///   - name: of the graph.
  ///   - input: what goes in.
  ///   - output: what comes out; a node's output has its name.
  ///   - nodes: each behind those whose outputs it takes.
  ///   - tensors: the constants.
  ///   - metadata: free words that a reader may show.
  public init(name: String, input: Value, output: Value, nodes: [Node], tensors: [NamedTensor], metadata: [String: String] = [:]) {
    self.name = name
    self.input = input
    self.output = output
    self.nodes = nodes
    self.tensors = tensors
    self.metadata = metadata
  }
}
