import Testing
@testable import Topology

@Suite struct ThreadBinderTests {
  @Test func bindsReadsBackAndRestores() throws {
    let machine = try MachineTopology.discover(.native)
    let binder = try ThreadBinder(for: machine)
    let before = binder.currentThreadBinding()
    #expect(before.cpus == (try KernelAffinity.ofThisThread()))
    for cpu in [machine.usableCPUs[0], machine.usableCPUs[machine.usableCPUs.count - 1]] {
      #expect(binder.bindCurrentThread(to: cpu) == .bound)
      #expect(try KernelAffinity.ofThisThread() == [cpu])
    }
    #expect(binder.restore(before) == .bound)
    #expect(try KernelAffinity.ofThisThread() == before.cpus)
  }

  @Test(arguments: [-1, Int.min, Int.max, 1 << 40])
  func aCPUOutsideTheMachineIsRefused(cpu: Int) throws {
    let binder = try ThreadBinder(for: try MachineTopology.discover(.native))
    let before = try KernelAffinity.ofThisThread()
    #expect(binder.bindCurrentThread(to: cpu) == .refused(reason: "this system has no CPU \(cpu)"))
    #expect(try KernelAffinity.ofThisThread() == before)
  }

  @Test func aRefusalOfTheSystemIsReported() throws {
    let topology = try TopologyHandle.load(.native, .cpusOnly)
    let before = try KernelAffinity.ofThisThread()
    // The one set of CPUs that is refused on every machine is the empty one.
    let outcome = topology.bindThread(to: [])
    #expect(outcome == .refused(reason: "the system refused CPU : Invalid argument"))
    #expect(try KernelAffinity.ofThisThread() == before)
  }

  @Test func skipsAMachineThatIsNotThisOne() throws {
    let binder = try ThreadBinder(for: try Machines.large())
    let before = try KernelAffinity.ofThisThread()
    #expect(binder.bindCurrentThread(to: 0) == .skipped)
    let saved = binder.currentThreadBinding()
    #expect(saved == SavedBinding(cpus: nil))
    #expect(binder.restore(saved) == .skipped)
    #expect(try KernelAffinity.ofThisThread() == before)
  }

  @Test func oneBinderServesManyThreads() async throws {
    let machine = try MachineTopology.discover(.native)
    let binder = try ThreadBinder(for: machine)
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for index in 0..<16 {
        let cpu = machine.usableCPUs[index % machine.usableCPUs.count]
        group.addTask {
          // No suspension point in here, so this is all one thread.
          let saved = binder.currentThreadBinding()
          let outcome = binder.bindCurrentThread(to: cpu)
          let bound = try KernelAffinity.ofThisThread()
          let restored = binder.restore(saved)
          return try outcome == .bound && bound == [cpu] && restored == .bound && KernelAffinity.ofThisThread() == saved.cpus
        }
      }
      for try await isRight in group { #expect(isRight) }
    }
  }
}
