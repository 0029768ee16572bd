import Failures
import KernelTemplates
import Training

/// What a core gives to this process: its peak of multiply-adds, and how much of that a product keeps whose numbers all lie in the first-level cache.
///
/// The peak needs two instructions a cycle, the product more than three, and neither waits for memory: so where the product falls behind, somebody else takes
/// the core's time or its instructions, another process or whatever runs on the core's other hyperthread.
struct CoreBenchmark {
  private let kernels: any KernelSet.Type
  /// (12, 128) · (128, 32): one tile with AVX-512, and weights of 16 KB.
  private let x: OwnedMatrix
  private let w: OwnedMatrix
  private let z: OwnedMatrix
  private let chains: OwnedMatrix

  init(_ kernels: any KernelSet.Type) throws(Failure) {
    self.kernels = kernels
    x = try OwnedMatrix(rows: 12, columns: 128, seed: 1)
    w = try OwnedMatrix(rows: 128, columns: 32, seed: 2)
    z = try OwnedMatrix(rows: 12, columns: 32)
    chains = try OwnedMatrix(rows: 1, columns: kernels.peakCount)
  }

  /// Multiply-adds × 2 a second, of the fastest loop there is of them, over some 20 µs.
  func peakRate() -> Double {
    let steps = 8000
    let begin = now()
    kernels.peak(chains.matrix.base, steps: steps, factor: 0.999, term: 0.001)
    return 2 * Double(steps) * Double(kernels.peakCount) / (now() - begin)
  }

  /// The same of the product.
  func productRate() -> Double {
    let times = 32
    let begin = now()
    for _ in 0..<times { kernels.multiply(x.matrix, w.matrix, into: z.matrix, rows: 12) }
    return 2 * 12 * 128 * 32 * Double(times) / (now() - begin)
  }

  /// The peak, and what the products keep of it: all of them over all their time, so that time in which the core was taken away counts.
  func measure(_ budget: TimeBudget) -> (peak: Double, share: Double) {
    var (peak, seconds, samples) = (0.0, 0.0, 0)
    let begin = now()
    while samples < budget.samples || now() - begin < budget.seconds {
      peak = max(peak, peakRate())
      // Of as many operations each, so that seconds add up.
      seconds += 1 / productRate()
      samples += 1
    }
    return (peak, Double(samples) / seconds / peak)
  }
}

extension CoreReport {
  /// Measures the cores of all workers of a crew at the same time.
  public static func measure(_ crew: Crew, budget: TimeBudget = TimeBudget(seconds: 0.2, samples: 20)) throws(Failure) -> CoreReport {
    let kernels = crew.instructionSet.kernels
    let cores = try crew.pool.collect { worker throws(Failure) -> Core in
      let benchmark = try CoreBenchmark(kernels)
      guard worker.barrier.wait() else { throw Failure(.internalError, "another worker failed") }
      let (peak, share) = benchmark.measure(budget)
      return Core(cpu: crew.plan.places[worker.number].cpu, peak: peak, productShare: share)
    }
    return CoreReport(instructionSet: kernels.name, cores: cores)
  }
}
