import Failures
import Interchange
import NeuralNetwork
import RunConfig

/// A run directory whose weights another program has trained.
public struct ImportedRun {
  /// Where it is saved.
  public let directory: RunDirectory
  /// Which tensor of the file became which.
  public let matches: [TensorMatch]

  /// Makes a run directory of a config and a safetensors file that PyTorch or Keras has the weights in (`Network.importing`). Its config has them as initial weights, so
  /// that training goes on from them.
  ///
  /// - Parameters:
  ///   - configuration: which says what the layers are.
  ///   - path: of the file.
  ///   - transposed: whether kernels are `[units, inputs]`, as PyTorch's are.
  ///   - output: the run directory, new or empty; nil for the first free `runs/<name>`.
  /// - Throws: `Failure` naming the file and tensor, before anything is written; or with the system's words.
  public init(_ configuration: RunConfiguration, weights path: String, transposed: Bool, output: String?) throws(Failure) {
    let tensors = Checkpoint.weights(try Safetensors.decode(try wholeFile(path), file: path))
    let network: Network
    let arena: [Float]
    do throws(Failure) {
      (network, matches) = try Network.importing(tensors, layers: configuration.model.layers, transposed: transposed)
      arena = try network.arena(tensors: matches.map(\.tensor))
    } catch {
      throw error.inside(path)
    }
    directory = try RunDirectory.choose(output: output, name: configuration.name, overwrite: false, advice: "name another with --output")
    var configuration = configuration
    configuration.model.initialWeights = directory.modelPath
    let locks = try directory.begin(configuration)
    try directory.write(network, weights: arena)
    withExtendedLifetime(locks) {}
  }
}

/// Reads a safetensors file of another program's into the arena layout of `network`; as `Network.matches`.
///
/// - Throws: `Failure` naming the file, and the tensor that is missing or does not fit.
public func importWeights(_ network: Network, from path: String, transposed: Bool) throws(Failure) -> [Float] {
  let tensors = Checkpoint.weights(try Safetensors.decode(try wholeFile(path), file: path))
  do throws(Failure) {
    return try network.arena(tensors: try network.matches(tensors, transposed: transposed).map(\.tensor))
  } catch {
    throw error.inside(path)
  }
}
