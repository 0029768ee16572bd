import Failures

extension EngineSection {
  init(_ reader: inout ObjectReader) throws(Failure) {
    self.init()
    if let workers = try reader.optional("workers", "Threads that train; 'auto' is one a physical core. It changes the speed and never the result.")?
      .workerCount()
    {
      self.workers = workers
    }
    if let placement = try reader.optional("placement", "Which CPUs they are pinned to: a word, or a list such as \"0-3,8\".")?.placement() {
      self.placement = placement
    }
    if let balance = try reader.optional("balance", "How rows are divided among the workers.")?.word("balance", Balance.self) { self.balance = balance }
    if let seconds = try reader.optional("stall_seconds", "When no worker has come further for so many seconds, a warning says what each is at.")?.number(
      .positive)
    {
      stallSeconds = seconds
    }
    let timeout = "When another process that trains with this one has kept it waiting for so many seconds, all of them end."
    if let seconds = try reader.optional("rank_timeout_seconds", timeout)?.number(.positive) { rankTimeoutSeconds = seconds }
  }
}

extension Placement {
  /// The words of `engine.placement`; a list of CPUs is an array, or a string such as "0-3,8".
  enum Word: String, CaseIterable {
    case cores, compact, threads, none
  }

  /// The words that a placement can be; `--placement` completes them.
  package static var words: [String] { Word.allCases.map(\.rawValue) }

  /// More CPUs than Linux knows.
  static let mostCPUs = 1 << 16
}

extension ConfigNode {
  fileprivate func workerCount() throws(Failure) -> WorkerCount {
    note(.constant(.string("auto")))
    switch value {
    case .integer, .number: return .exactly(try integer(1...Int.max))  // how many there can be is for Topology to say
    case .string("auto"): return .auto
    default: throw expected("'auto' or a whole number")
    }
  }

  fileprivate func placement() throws(Failure) -> Placement {
    if case .array = value { return .cpus(try cpus()) }
    note(.pattern("^[0-9]+(-[0-9]+)?(, *[0-9]+(-[0-9]+)?)*$"))
    // From the command line `engine.placement=3` is a list of one; in a file a number is more likely a mistake.
    guard case .string(let text) = value == .null ? value : text.map(JSONValue.string) ?? value else {
      throw expected("a placement word, an array of CPU numbers or a list such as \"0-3,8\"")
    }
    if text.first?.isNumber == true { return .cpus(try cpus(in: text)) }
    switch try word("placement", Placement.Word.self) {
    case .cores: return .cores
    case .compact: return .compact
    case .threads: return .threads
    case .none: return .none
    }
  }

  private func cpus() throws(Failure) -> [Int] {
    var cpus: [Int] = []
    for element in try elements() { cpus.append(try element.integer(0...Placement.mostCPUs - 1)) }
    return try distinct(cpus)
  }

  /// The CPUs of a list as `taskset` writes it: numbers and ranges.
  private func cpus(in list: String) throws(Failure) -> [Int] {
    var cpus: [Int] = []
    for part in list.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0.trimmingPrefix { $0 == " " }) }
      guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, 0 <= first, first <= last, last < Placement.mostCPUs else {
        throw failure("expected CPU numbers below \(Placement.mostCPUs) such as \"0-3,8\", found '\(printable(list))'")
      }
      cpus += first...last
      guard cpus.count <= Placement.mostCPUs else { break }
    }
    return try distinct(cpus)
  }

  /// `cpus` if there is at least one and none twice: two workers on one CPU would only wait for each other.
  private func distinct(_ cpus: [Int]) throws(Failure) -> [Int] {
    guard !cpus.isEmpty else { throw failure("expected at least one CPU, found none") }
    var seen: Set<Int> = []
    for cpu in cpus where !seen.insert(cpu).inserted { throw failure("the CPU \(cpu) is given twice") }
    return cpus
  }
}

extension EngineSection {
  /// This section with the words of `--workers` and `--placement` in place of what the config says; nil leaves a part as it is.
  ///
  /// - Throws: `.usage` with the option as its place.
  public func with(workers: String?, placement: String?) throws(Failure) -> EngineSection {
    var section = self
    if let workers { section.workers = try ConfigNode.read("--workers", workers) { node throws(Failure) in try node.workerCount() } }
    if let placement { section.placement = try ConfigNode.read("--placement", placement) { node throws(Failure) in try node.placement() } }
    return section
  }
}
