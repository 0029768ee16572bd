/// How a kernel or bias starts, by Keras's name. `fan_in` is the layer's inputs, `fan_out` its units.
public enum Initializer: String, CaseIterable, Sendable {
  /// Uniform in ±√(6 / (fan_in + fan_out)).
  case glorotUniform = "glorot_uniform"
  /// Normal, truncated at two standard deviations, with variance 2 / (fan_in + fan_out).
  case glorotNormal = "glorot_normal"
  /// Uniform in ±√(6 / fan_in).
  case heUniform = "he_uniform"
  /// Normal, truncated at two standard deviations, with variance 2 / fan_in.
  case heNormal = "he_normal"
  case zeros
}
