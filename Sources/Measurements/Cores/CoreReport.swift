import Topology

/// What `lockstep bench cores` shows.
public struct CoreReport: Equatable, Sendable {
  /// One worker's core.
  public struct Core: Equatable, Sendable {
    /// The CPU it is pinned to, as the system numbers them; nil when it is pinned nowhere.
    public let cpu: Int?
    /// Multiply-adds × 2 in a second, at most.
    public let peak: Double
    /// What a product in the first-level cache reaches of it.
    public let productShare: Double

    package init(cpu: Int?, peak: Double, productShare: Double) {
      self.cpu = cpu
      self.peak = peak
      self.productShare = productShare
    }
  }

  /// Below that share somebody else uses the core: a product that has it alone keeps some nine tenths, on every CPU level.
  public static let freeShare = 0.8

  public let instructionSet: String
  /// In worker order.
  public let cores: [Core]

  package init(instructionSet: String, cores: [Core]) {
    self.instructionSet = instructionSet
    self.cores = cores
  }

  /// For people: a line a core.
  public var lines: [String] {
    var table = TextTable(columns: [("worker", .right), ("CPU", .right), ("GFLOP/s", .right), ("a product keeps", .right), ("", .left)])
    for (worker, core) in cores.enumerated() {
      table.rows.append([
        "\(worker)", core.cpu.map(String.init) ?? "any", Words.threeDigits(core.peak / 1e9), Words.percent(core.productShare),
        core.productShare < Self.freeShare ? "somebody else uses this core" : "",
      ])
    }
    let head = "all cores at once, \(instructionSet): multiply-adds at most, and what a product in the first-level cache keeps of them"
    return [head, ""] + table.lines
  }

  /// `instruction_set`, `free_share`, and `cores`: an object a line of the table. Without a CPU `cpu` is null.
  public var jsonObject: [String: Any] {
    let cores = self.cores.enumerated().map { worker, core -> [String: Any] in
      ["worker": worker, "cpu": orNull(core.cpu), "peak_gflops": core.peak / 1e9, "product_share": core.productShare]
    }
    return ["instruction_set": instructionSet, "free_share": Self.freeShare, "cores": cores]
  }
}
