/// How a kernel or bias starts, with Keras's names and defaults. A kernel's `fan_in` is the layer's inputs, its `fan_out` the units; both of a bias are its
/// length, as in Keras. Each tensor draws from a stream of its own of the run's seed.
public enum Initializer: Equatable, Sendable {
  /// 0 everywhere.
  case zeros
  /// 1 everywhere.
  case ones
  /// One number everywhere.
  case constant(value: Double = 0)
  /// Ones, times `gain`, where the number of input and unit are the same; kernels only.
  case identity(gain: Double = 1)
  /// Rows, or columns where there are fewer of those, that are orthogonal and have length `gain`; kernels only.
  case orthogonal(gain: Double = 1)
  /// Drawn from a normal distribution.
  case randomNormal(mean: Double = 0, stddev: Double = 0.05)
  /// Drawn evenly between two numbers.
  case randomUniform(minval: Double = -0.05, maxval: Double = 0.05)
  /// Normal, drawn again beyond two standard deviations.
  case truncatedNormal(mean: Double = 0, stddev: Double = 0.05)
  /// With variance scale / fan.
  case varianceScaling(scale: Double = 1, mode: Fan = .fanIn, distribution: Distribution = .truncatedNormal)
  /// Uniform in ±√(6 / (fan_in + fan_out)).
  case glorotUniform
  /// Truncated normal with variance 2 / (fan_in + fan_out).
  case glorotNormal
  /// Uniform in ±√(6 / fan_in).
  case heUniform
  /// Truncated normal with variance 2 / fan_in.
  case heNormal
  /// Uniform in ±√(3 / fan_in).
  case lecunUniform
  /// Truncated normal with variance 1 / fan_in.
  case lecunNormal

  /// What a variance is divided by.
  public enum Fan: String, CaseIterable, Sendable {
    /// The layer's inputs.
    case fanIn = "fan_in"
    /// Its units.
    case fanOut = "fan_out"
    /// The mean of both.
    case fanAverage = "fan_avg"
  }

  /// What is drawn from.
  public enum Distribution: String, CaseIterable, Sendable {
    /// Normal, drawn again beyond two standard deviations.
    case truncatedNormal = "truncated_normal"
    /// Normal.
    case untruncatedNormal = "untruncated_normal"
    /// Even.
    case uniform
  }
}

extension Initializer {
  /// The words of a config's initialiser, or of its `type`.
  enum TypeWord: String, CaseIterable {
    case zeros, ones, constant, identity, orthogonal
    case randomNormal = "random_normal"
    case randomUniform = "random_uniform"
    case truncatedNormal = "truncated_normal"
    case varianceScaling = "variance_scaling"
    case glorotUniform = "glorot_uniform"
    case glorotNormal = "glorot_normal"
    case heUniform = "he_uniform"
    case heNormal = "he_normal"
    case lecunUniform = "lecun_uniform"
    case lecunNormal = "lecun_normal"
  }

  var word: TypeWord {
    switch self {
    case .zeros: .zeros
    case .ones: .ones
    case .constant: .constant
    case .identity: .identity
    case .orthogonal: .orthogonal
    case .randomNormal: .randomNormal
    case .randomUniform: .randomUniform
    case .truncatedNormal: .truncatedNormal
    case .varianceScaling: .varianceScaling
    case .glorotUniform: .glorotUniform
    case .glorotNormal: .glorotNormal
    case .heUniform: .heUniform
    case .heNormal: .heNormal
    case .lecunUniform: .lecunUniform
    case .lecunNormal: .lecunNormal
    }
  }

  /// Keras's string for the initialiser.
  public var name: String { word.rawValue }

  /// Whether it makes matrices only.
  public var needsMatrix: Bool { word == .identity || word == .orthogonal }
}
