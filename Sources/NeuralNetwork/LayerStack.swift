import Failures
import KernelTemplates
import RandomStreams
import RunConfig

/// The layers of a network while they are put on each other.
struct LayerStack {
  private let inputs: Int
  private(set) var inputScale = 1.0
  private(set) var preparation: [Preparation] = []
  /// Nil where no layer says what it is.
  private(set) var image: ImageShape?
  private(set) var layers: [DenseLayout] = []
  private(set) var normalizations: [NormalizationLayout] = []
  /// Of each layer pushed: `dense`, `dense_1`, …
  private(set) var names: [String] = []
  private var offset = 0
  private var transposedOffset = 0
  private var randomLayers = 0

  init(inputs: Int) { self.inputs = inputs }

  /// - Throws: `Failure` (bad data) at `place` when the layer cannot stand here.
  mutating func push(_ layer: Layer, at place: String) throws(Failure) {
    do throws(Failure) { try push(layer) } catch { throw Failure(error.kind, at: "\(place).\(error.place)", error.message) }
  }

  private mutating func push(_ layer: Layer) throws(Failure) {
    let number = names.count { $0 == layer.name || $0.hasPrefix(layer.name + "_") && Int($0.dropFirst(layer.name.count + 1)) != nil }
    let name = number == 0 ? layer.name : "\(layer.name)_\(number)"
    names.append(name)
    switch layer {
    case .flatten: return
    case .dense(let dense): try push(dense, name)
    case .rescaling(let rescaling): push(rescaling)
    case .dropout(let dropout):
      let (rate, stream) = (Float(dropout.rate), nextStream())
      if layers.isEmpty { preparation.append(.dropout(rate: rate, stream: stream)) } else { follow(.dropout(rate: rate, stream: stream)) }
    case .gaussianNoise(let noise):
      let (deviation, stream) = (Float(noise.stddev), nextStream())
      if layers.isEmpty {
        preparation.append(.gaussianNoise(deviation: deviation, stream: stream))
      } else {
        follow(.gaussianNoise(deviation: deviation, stream: stream))
      }
    case .normalization(let normalization): try push(normalization, name)
    case .reshape(let reshape): try push(reshape)
    case .augmentation(let augmentation):
      guard layers.isEmpty else { throw Failure(.badData, at: "type", "\(name) is of images, and must stand before the first dense layer") }
      preparation.append(.augmentation(augmentation, stream: nextStream()))
    case .activation(let activation):
      guard !layers.isEmpty else { throw Failure(.badData, at: "type", "an activation cannot stand before the first dense layer") }
      push(activation)
    case .batchNormalization(let normalization):
      try push(
        NormalizationLayout(
          name: name, kind: .batch(momentum: normalization.momentum), units: layers.last?.units ?? 0, epsilon: normalization.epsilon,
          gamma: normalization.scale ? .gamma(normalization.gammaRegularizer, normalization.gammaConstraint) : nil,
          beta: normalization.center ? .beta(normalization.betaRegularizer, normalization.betaConstraint) : nil))
    case .layerNormalization(let normalization):
      try push(
        NormalizationLayout(
          name: name, kind: .layer, units: layers.last?.units ?? 0, epsilon: normalization.epsilon,
          gamma: normalization.scale ? .gamma(normalization.gammaRegularizer, normalization.gammaConstraint) : nil,
          beta: normalization.center ? .beta(normalization.betaRegularizer, normalization.betaConstraint) : nil))
    case .activityRegularization(let layer):
      guard !layers.isEmpty else { throw Failure(.badData, at: "type", "a penalty for the inputs would change nothing; it must follow a dense layer") }
      push(Regularizer.l1L2(l1: layer.l1, l2: layer.l2))
    }
  }

  private mutating func push(_ dense: Dense, _ name: String) throws(Failure) {
    let width = layers.last?.units ?? inputs
    // A billion parameters in one layer is beyond any dense network; the bound keeps every size below in range.
    guard dense.units > 0, dense.units <= 1 << 24, width * dense.units <= 1 << 30 else {
      throw Failure(.badData, at: "units", "expected 1 to \(min(1 << 24, (1 << 30) / width)) units for \(width) inputs, found \(dense.units)")
    }
    guard !dense.useBias || !dense.biasInitializer.needsMatrix else {
      throw Failure(.badData, at: "bias_initializer", "\(dense.biasInitializer.name) makes matrices; a bias needs another initializer")
    }
    let rows = width + (dense.useBias ? 1 : 0)
    let layout = DenseLayout(
      name: name, inputs: width, units: dense.units, useBias: dense.useBias, offset: offset, transposedOffset: transposedOffset,
      arenaRows: layers.isEmpty ? 8 * InputRuns.runs(rows) : rows,
      variables: [Variable(rows: 0..<width, isKernel: true, regularizer: dense.kernelRegularizer, constraint: dense.kernelConstraint)]
        + (dense.useBias ? [Variable(rows: width..<rows, regularizer: dense.biasRegularizer, constraint: dense.biasConstraint)] : []),
      activation: ActivationKernel(dense.activation))
    layers.append(layout)
    offset += layout.count
    transposedOffset += layout.units * layout.transposedColumns
    if let regularizer = dense.activityRegularizer { push(regularizer) }
  }

  private mutating func push(_ rescaling: Rescaling) {
    guard layers.isEmpty else { return follow(.rescaling(scale: Float(rescaling.scale), offset: Float(rescaling.offset))) }
    // Such a factor costs nothing, and blank pixels stay zero.
    if preparation.isEmpty, rescaling.offset == 0, rescaling.scale > 0 {
      inputScale *= rescaling.scale
    } else {
      preparation.append(.rescaling(scale: rescaling.scale, offset: rescaling.offset))
    }
  }

  private mutating func push(_ normalization: Normalization, _ name: String) throws(Failure) {
    guard layers.isEmpty else {
      throw Failure(.badData, at: "type", "normalization is of inputs, and must stand before the first dense layer; here use batch_normalization")
    }
    for case .normalization in preparation { throw Failure(.badData, at: "type", "the inputs are normalized twice") }
    if let count = normalization.mean?.count, count != 1, count != inputs {
      throw Failure(.badData, at: "mean", "expected one number, or one for each of the \(inputs) inputs, found \(count)")
    }
    preparation.append(.normalization(NormalizationLayout(name: name, kind: .inputs, units: inputs)))
  }

  private mutating func push(_ reshape: Reshape) throws(Failure) {
    guard layers.isEmpty else { throw Failure(.badData, at: "type", "a reshape is of images, and must stand before the first dense layer") }
    guard let shape = ImageShape(reshape.targetShape) else {
      throw Failure(.badData, at: "target_shape", "expected [rows, columns] or [rows, columns, 1], found \(reshape.targetShape)")
    }
    guard shape.count == inputs else {
      throw Failure(.badData, at: "target_shape", "\(shape.height) rows of \(shape.width) are \(shape.count) numbers; an example has \(inputs)")
    }
    image = shape
  }

  /// An activation right behind a dense layer without one is that layer's own.
  private mutating func push(_ activation: Activation) {
    let kernel = ActivationKernel(activation)
    let last = layers.count - 1
    if layers[last].followers.isEmpty, layers[last].activation == .linear { return layers[last].activation = kernel }
    // It changes its input in place, and the way back of the one before needs that.
    switch layers[last].followers.last {
    case .activation?, .activityPenalty?, nil: follow(.rescaling(scale: 1, offset: 0))
    default: break
    }
    follow(.activation(kernel))
  }

  private mutating func push(_ normalization: NormalizationLayout) throws(Failure) {
    guard !layers.isEmpty else {
      throw Failure(
        .badData, at: "type", "\(normalization.name) cannot stand before the first dense layer; to standardise the inputs use normalization")
    }
    follow(.normalization(normalizations.count))
    normalizations.append(normalization)
  }

  private mutating func push(_ regularizer: Regularizer) {
    if let penalty = Penalty(regularizer) { follow(.activityPenalty(l1: penalty.l1, l2: penalty.l2)) }
  }

  private mutating func follow(_ follower: Follower) { layers[layers.count - 1].followers.append(follower) }

  private mutating func nextStream() -> UInt64 {
    defer { randomLayers += 1 }
    return Stream.randomLayer(randomLayers)
  }
}

extension Variable {
  /// A normalisation's scales.
  fileprivate static func gamma(_ regularizer: Regularizer?, _ constraint: Constraint?) -> Variable {
    Variable(rows: 0..<1, regularizer: regularizer, constraint: constraint)
  }

  /// A normalisation's offsets.
  fileprivate static func beta(_ regularizer: Regularizer?, _ constraint: Constraint?) -> Variable {
    Variable(rows: 1..<2, regularizer: regularizer, constraint: constraint)
  }
}
