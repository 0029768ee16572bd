import Topology

/// How long a kernel takes on one shape.
public struct KernelTiming: Equatable, Sendable {
  public let kernel: String
  /// What the inputs are, for the first layer's kernels: `digits` or `dense`.
  public let data: String?
  /// Each nil where the kernel has none. For the optimizer, `inputs` are its parameters.
  public let rows: Int?
  public let inputs: Int?
  public let units: Int?
  /// Seconds of one call, of all samples.
  public let time: Spread
  /// Multiply-adds × 2 of one call, padding and skipped zeros not counted; nil for kernels that do other things.
  public let operations: Double?
  /// Median share of the peak that was measured beside each sample; nil for kernels that do other things.
  public let share: Double?
  /// Whether that is of samples taken while nobody else used the core; nil as above.
  public let isFree: Bool?
  /// Numbers that one call goes through; nil for products.
  public let elements: Double?

  init(
    _ kernel: String, data: String? = nil, rows: Int? = nil, inputs: Int? = nil, units: Int? = nil, _ time: Spread, operations: Double? = nil,
    share: Double? = nil, isFree: Bool? = nil, elements: Double? = nil
  ) {
    self.kernel = kernel
    self.data = data
    self.rows = rows
    self.inputs = inputs
    self.units = units
    self.time = time
    self.operations = operations
    self.share = share
    self.isFree = isFree
    self.elements = elements
  }

  init(_ kernel: String, data: String? = nil, _ shape: KernelBenchmark.Shape, _ time: Spread, operations: Double, share: Double, isFree: Bool) {
    self.init(kernel, data: data, rows: shape.rows, inputs: shape.inputs, units: shape.units, time, operations: operations, share: share, isFree: isFree)
  }
}

/// What `lockstep bench kernels` shows.
public struct KernelReport: Equatable, Sendable {
  public let instructionSet: String
  /// Multiply-adds × 2 in a second that one core can do at most, as measured.
  public let peak: Double
  public let timings: [KernelTiming]

  /// For people: the peak, then a line a kernel and shape.
  public var lines: [String] {
    var table = TextTable(columns: [
      ("kernel", .left), ("data", .left), ("shape", .right), ("median", .right), ("min", .right), ("GFLOP/s", .right), ("of peak", .right),
      ("elements/ns", .right),
    ])
    for timing in timings {
      let rate = timing.operations.map { $0 / timing.time.median }
      table.rows.append([
        timing.kernel, timing.data ?? "", [timing.rows, timing.inputs, timing.units].compactMap { $0.map(String.init) }.joined(separator: " × "),
        Words.seconds(timing.time.median), Words.seconds(timing.time.minimum), rate.map { Words.threeDigits($0 / 1e9) } ?? "",
        timing.share.map { Words.percent($0) + (timing.isFree == false ? "*" : " ") } ?? "",
        timing.elements.map { Words.threeDigits($0 / timing.time.median / 1e9) } ?? "",
      ])
    }
    let head = "one core, \(instructionSet), at most \(Words.threeDigits(peak / 1e9)) GFLOP/s (measured); shapes are rows × inputs × units"
    let foot = timings.contains { $0.isFree == false } ? ["", "* somebody else used the core: see lockstep bench cores"] : []
    return [head, "every kernel gave what its scalar reference gives; times are of all samples, shares of those during which the core was free", ""]
      + table.lines + foot
  }

  /// `instruction_set`, `peak_gflops`, and `kernels`: an object a line of the table. What a kernel has not is null.
  public var jsonObject: [String: Any] {
    let kernels = timings.map { timing -> [String: Any] in
      let rate = timing.operations.map { $0 / timing.time.median }
      return [
        "kernel": timing.kernel, "data": orNull(timing.data), "rows": orNull(timing.rows), "inputs": orNull(timing.inputs),
        "units": orNull(timing.units), "seconds": timing.time.median, "minimum_seconds": timing.time.minimum,
        "gflops": orNull(rate.map { $0 / 1e9 }), "share_of_peak": orNull(timing.share),
        "core_was_free": orNull(timing.isFree),
        "elements_per_second": orNull(timing.elements.map { $0 / timing.time.median }),
      ]
    }
    return ["instruction_set": instructionSet, "peak_gflops": peak / 1e9, "kernels": kernels]
  }
}
