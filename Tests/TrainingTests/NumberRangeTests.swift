import Datasets
import Kernels
import NeuralNetwork
import RunConfig
import Testing
import Training

/// The promise: what a config may say, the workers, who take denormals for zero, can compute with. The ends of each range, on every instruction set.
@Suite(.serialized) struct NumberRangeTests {
  /// One weight of 1: the output is the input as it was gathered.
  @Test(arguments: [DataSection.scales.lowerBound, 255, DataSection.scales.upperBound])
  func inputsAreDividedToTheLastBit(_ scale: Float) throws {
    let bytes = Array(UInt8.min...UInt8.max)
    let store = try Dataset(bytes: bytes, width: 1, labels: bytes.map { _ in 0 }).store
    let network = try Network(inputs: 1, layers: [.dense(Dense(1, useBias: false))])
    let compiled = CompiledNetwork(network: network, compile: CompileSection(optimizer: .sgd(), loss: .meanSquaredError))
    var weights = network.initialArena(seed: 1)
    for index in weights.indices { weights[index] = weights[index] == 0 ? 0 : 1 }
    for set in InstructionSet.supported {
      let outputs = try predict(compiled, state: compiled.freshState(weights: weights), store: store, scale: Double(scale), crew: try crew(2, set))
      #expect(outputs == bytes.map { Float($0) / scale }, "\(set)")
      #expect(outputs.dropFirst().allSatisfy { $0.isNormal }, "\(set)")
    }
  }

  /// The first input is always 0, and so are the gradients of its weights: 0 / (√0 + ε).
  @Test(arguments: [
    Optimizer.adam(epsilon: 1.2e-38), .adam(epsilon: 1e37), .rmsprop(epsilon: 1.2e-38), .rmsprop(epsilon: 1e37),
  ])
  func weightsOfBlankInputsStay(_ optimizer: Optimizer) throws {
    try optimizer.check()
    let dataset = try Dataset(rows: (0..<64).map { [0, Float($0 % 7)] }, labels: (0..<64).map { $0 % 4 })
    for set in InstructionSet.supported {
      let fit = SmallFit(layers: [.dense(4)], optimizer: optimizer, set: set)
      let before = try fit.fitting(dataset, workers: 1).state.weights
      let after = try fit.run(dataset, workers: 2).state.weights
      let network = try fit.compiled(dataset).network
      func kernel(_ arena: [Float]) -> [Float] { network.tensors(arena: arena)[0].values }
      #expect(kernel(after).allSatisfy { $0.isFinite }, "\(set)")
      #expect(kernel(after).prefix(4) == kernel(before).prefix(4), "\(set)")
    }
  }
}
