import Failures

extension PlacementPlan {
  /// Refuses a number of workers that cannot run; `capacity` is the length of the list when there is one.
  static func check(_ workers: Int, capacity: Int, _ strategy: PlacementStrategy) throws(Failure) {
    func refuse(_ message: String) -> Failure { Failure(.badData, at: "engine.workers", message) }
    guard workers >= 1 else { throw refuse("\(workers) workers cannot train; ask for at least 1, or \"auto\"") }
    guard workers <= mostWorkers else {
      throw refuse("\(workers) workers are more than Dispatch has threads for; ask for at most \(mostWorkers)")
    }
    if strategy.isList, workers > capacity {
      let listed = "\(capacity) listed \(capacity == 1 ? "CPU" : "CPUs") (\(strategy))"
      throw refuse("\(workers) workers do not fit on the \(listed); ask for at most \(capacity), or list more CPUs")
    }
  }

  /// Refuses a CPU list that the process cannot use as it stands.
  static func check(_ list: [Int], on machine: MachineTopology) throws(Failure) {
    func refuse(_ message: String) -> Failure { Failure(.badData, at: "engine.placement", message) }
    let usable = Set(machine.usableCPUs)
    let choice = "this process may use \(CPUList(machine.usableCPUs))"
    guard !list.isEmpty else { throw refuse("the CPU list is empty; \(choice)") }
    var seen: Set<Int> = []
    for cpu in list {
      guard usable.contains(cpu) else {
        let isPresent = machine.presentCPUs.contains(cpu)
        throw refuse(isPresent ? "this process may not use CPU \(cpu); it may use \(CPUList(machine.usableCPUs))" : "there is no CPU \(cpu); \(choice)")
      }
      guard seen.insert(cpu).inserted else { throw refuse("CPU \(cpu) is named twice; give each worker a CPU of its own") }
    }
  }
}

extension PlacementStrategy {
  /// Whether the user named the CPUs.
  var isList: Bool {
    if case .cpus = self { return true }
    return false
  }
}
