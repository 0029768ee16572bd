import Failures
import Interchange
import NeuralNetwork
import Training

extension Sequential {
  /// A tensor under Keras's name and shape: `dense.kernel` [inputs, units], `dense.bias` [units], `dense_1.kernel`, ….
  public typealias Tensor = NamedTensor

  /// All weights, in layer order.
  public var weights: [Tensor] { network.tensors(arena: state.weights) }

  /// Replaces all weights; the optimizer's moments and step stay.
  ///
  /// - Throws: `Failure` naming the tensor that is missing or has another shape. The weights are then as they were.
  public func setWeights(_ tensors: [Tensor]) throws(Failure) {
    state.weights = try network.arena(tensors: tensors)
    isAdapted = true
  }

  /// Writes the weights as safetensors; equal weights make equal files.
  ///
  /// - Throws: `Failure` with the system's words; an earlier file is then as it was.
  public func saveWeights(to path: String) throws(Failure) { try Training.saveWeights(network, state.weights, to: path) }

  /// Reads the weights from a safetensors file, Lockstep's or any other with these names and shapes.
  ///
  /// - Throws: `Failure` naming the file and tensor. The weights are then as they were.
  public func loadWeights(from path: String) throws(Failure) {
    state.weights = try Training.loadWeights(network, from: path)
    isAdapted = true
  }

  /// Reads the weights from a safetensors file of PyTorch's or Keras's: layers in the order of their names, whatever these are.
  ///
  /// - Parameters:
  ///   - path: of the file.
  ///   - transposed: whether kernels are `[units, inputs]`, as in a `state_dict` of PyTorch.
  /// - Throws: `Failure` naming the file and tensor, with the shapes found and expected. The weights are then as they were.
  public func importWeights(from path: String, transposed: Bool = false) throws(Failure) {
    state.weights = try Training.importWeights(network, from: path, transposed: transposed)
    isAdapted = true
  }

  /// The stack as a table: a line a layer with its output width and number of parameters.
  public var summary: String { network.summary }
}
