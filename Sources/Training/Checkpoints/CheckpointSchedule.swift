import RunConfig

/// When it is time for a checkpoint.
struct CheckpointSchedule {
  private let section: CheckpointSection
  private let clock = ContinuousClock()
  private var last: ContinuousClock.Instant

  init(_ section: CheckpointSection) {
    self.section = section
    last = clock.now
  }

  /// Whether it is time between two steps, at `progress`. The next comes so many seconds after this one.
  mutating func isDue(_ progress: FitProgress) -> Bool {
    let epochIsDone = progress.epoch.steps == 0
    let byEpochs = section.everyEpochs.map { epochIsDone && progress.records.count % $0 == 0 } ?? false
    let bySeconds = section.everySeconds.map { (clock.now - last) / .seconds(1) >= $0 } ?? false
    guard byEpochs || bySeconds else { return false }
    last = clock.now
    return true
  }
}

extension FitProgress {
  /// Whether an epoch was just done, and better than all before it by the figure `monitor`.
  func isBest(by monitor: String?) -> Bool {
    guard let monitor, epoch.steps == 0, let figure = records.last?[monitor], !figure.isNaN else { return false }
    let earlier = records.dropLast().compactMap { $0[monitor] }.filter { !$0.isNaN }
    return earlier.allSatisfy { isBetter(figure, than: $0, by: monitor) }
  }
}

/// Whether `value` of the figure called `name` is better than `other`: as in Keras, less is better for a loss or an error, and more for all else.
package func isBetter(_ value: Double, than other: Double, by name: String) -> Bool {
  name.hasSuffix("loss") || name.contains("_error") ? value < other : value > other
}
