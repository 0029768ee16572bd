/// What a stream of random numbers is for. Every use has its own number, so that adding one never changes another's draws.
public enum Stream {
  /// The order of the rows in epoch `epoch` (from 0).
  public static func shuffle(epoch: Int) -> UInt64 { 1 << 56 | UInt64(epoch) }
  /// The initial kernel of layer `layer` (from 0).
  public static func kernel(layer: Int) -> UInt64 { 2 << 56 | UInt64(layer) }
  /// The initial bias of layer `layer` (from 0).
  public static func bias(layer: Int) -> UInt64 { 3 << 56 | UInt64(layer) }
  /// What random layer `number` (from 0, in stack order) draws; each step has a family of its own of it.
  public static func randomLayer(_ number: Int) -> UInt64 { 7 << 56 | UInt64(number) }
  /// The initial numbers of row `row` of normalisation `number` (from 0).
  public static func normalization(_ number: Int, row: Int) -> UInt64 { 8 << 56 | UInt64(number) << 8 | UInt64(row) }
  /// The choice of the validation rows.
  public static var validationSplit: UInt64 { 4 << 56 }
  /// The shape of synthetic digit `index`.
  public static func syntheticShape(index: UInt64) -> UInt64 { 5 << 56 | index }
  /// The classes of the ten synthetic digits of block `block`.
  public static func syntheticClasses(block: UInt64) -> UInt64 { 6 << 56 | block }
  /// The rows of resample `resample` (from 0) for a confidence interval.
  public static func bootstrap(resample: Int) -> UInt64 { 17 << 56 | UInt64(resample) }
  /// The numbers of tensor `tensor` (from 0) whose gradients are checked.
  public static func gradientSample(tensor: Int) -> UInt64 { 24 << 56 | UInt64(tensor) }
  /// Draw `draw` (from 0) of the `axis`-th key (from 0) that a sweep draws; of the sweep's seed, not a run's.
  public static func sweep(draw: Int, axis: Int) -> UInt64 { 16 << 56 | UInt64(axis) << 32 | UInt64(draw) }
}
