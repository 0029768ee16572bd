import Synchronization

/// The step of an epoch in which a loss or a weight became NaN or infinite. All workers leave the step loop at the same place then, so that nobody waits for one
/// who has left.
///
/// There are two words, since each may be looked at only where nobody can be setting it. `loss` is set before the step's second barrier, and looked at behind
/// it; the earliest that it can be set again is behind the next barrier after that. `weights` is set behind the second barrier (or the third, where norms are
/// clipped), also for an infinite penalty, and looked at behind the one that follows: the constraints', the section's last, or the next step's first.
///
/// Where there are other ranks, the first worker sets both for what it hears from them, between two barriers of `StepLoop.finish`; `loss` is looked at behind the second of
/// these, `weights` behind the section's last.
///
/// `@unchecked Sendable`: the words are atomics, and their memory lives as long as this object.
final class StepFaults: @unchecked Sendable {
  /// Whether anything is noticed at all.
  private let isWatching: Bool
  private let loss: UnsafeMutablePointer<Atomic<Int>>
  private let weights: UnsafeMutablePointer<Atomic<Int>>

  init(isWatching: Bool) {
    self.isWatching = isWatching
    // A cache line of their own, which is only read as long as all goes well.
    let line = UnsafeMutableRawPointer.allocate(byteCount: 128, alignment: 128).bindMemory(to: Atomic<Int>.self, capacity: 2)
    loss = line
    weights = line + 1
    loss.initialize(to: Atomic(-1))
    weights.initialize(to: Atomic(-1))
  }

  deinit {
    loss.deinitialize(count: 2)
    UnsafeMutableRawPointer(loss).deallocate()
  }

  /// - Parameter section: of the batch.
  func lossFailed(_ step: Int, section: Int) { set(loss, step << Self.sectionBits | section) }
  func weightsFailed(_ step: Int) { set(weights, step) }

  /// The first one stays.
  private func set(_ word: UnsafeMutablePointer<Atomic<Int>>, _ place: Int) {
    if isWatching { _ = word.pointee.compareExchange(expected: -1, desired: place, ordering: .relaxed) }
  }

  /// In place of a section: one of another rank.
  static let elsewhere = 1 << sectionBits - 1
  /// A batch of 2³¹ rows has fewer sections than this counts.
  private static let sectionBits = 24

  /// The barrier before has made visible what was set.
  @inline(__always) var lossHasFailed: Bool { loss.pointee.load(ordering: .relaxed) >= 0 }
  @inline(__always) var weightsHaveFailed: Bool { weights.pointee.load(ordering: .relaxed) >= 0 }

  /// To be asked while no worker runs.
  var lossPlace: (step: Int, section: Int)? { place(loss).map { ($0 >> Self.sectionBits, $0 & (1 << Self.sectionBits - 1)) } }
  var weightsStep: Int? { place(weights) }

  private func place(_ word: UnsafeMutablePointer<Atomic<Int>>) -> Int? {
    let place = word.pointee.load(ordering: .relaxed)
    return place < 0 ? nil : place
  }
}
