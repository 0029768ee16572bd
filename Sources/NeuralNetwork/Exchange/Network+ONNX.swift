import Interchange
import RunConfig

extension Network {
  /// The network as an ONNX graph that answers as `lockstep predict` does: the inputs as the data have them go in, and what is done to them before the first dense layer
  /// is in the graph; probabilities come out where the loss gives some.
  ///
  /// As at all times but in training, layers that draw do nothing, and batch normalisation takes its running means.
  ///
  /// - Parameters:
  ///   - arena: the weights.
  ///   - inputType: bytes are turned into floats first.
  ///   - scale: inputs are divided by this.
  ///   - loss: what the network was compiled with; one `from_logits` puts its sigmoid or softmax at the end. Nil: the outputs are as the last layer gives them.
  ///   - name: the graph's.
  public func onnx(arena: [Float], inputType: ONNXModel.ElementType, scale: Double, loss: Loss?, name: String) -> ONNXModel {
    var graph = ONNXGraph(input: inputType == .uint8 ? "pixels" : "inputs", tensors: tensors(arena: arena))
    if inputType == .uint8 { graph.apply("Cast", to: "cast", attributes: ["to": .integer(1)]) }
    if scale != 1 { graph.apply("Div", with: [graph.constant(Float(scale))], to: "scale") }
    var width = inputs
    for (name, layer) in zip(names, description) {
      switch layer {
      case .dense(let dense):
        width = dense.units
        graph.apply(dense, name)
      case .activation(let activation): graph.apply(activation, name)
      case .batchNormalization(let layer): graph.apply(layer, name, units: width)
      case .layerNormalization(let layer): graph.apply(layer, name, units: width)
      case .rescaling(let layer): graph.apply(layer, name)
      case .normalization: graph.normalizeInputs(name)
      case .dropout, .gaussianNoise, .activityRegularization, .flatten, .reshape, .augmentation: break
      }
    }
    if let loss, loss.fromLogits, let activation = loss.ownActivation { graph.apply(activation, "loss") }
    let output = loss?.givesProbabilities == true ? "probabilities" : "outputs"
    graph.endWith(output)
    return ONNXModel(
      name: name, input: ONNXModel.Value(name: graph.input, type: inputType, width: inputs),
      output: ONNXModel.Value(name: output, type: .float32, width: outputs), nodes: graph.nodes, tensors: graph.usedTensors)
  }
}
