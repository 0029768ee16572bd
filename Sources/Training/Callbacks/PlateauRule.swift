import RunConfig

/// What `ReduceLROnPlateau` knows: a pure function of the epochs that it has seen.
package struct PlateauRule {
  private let callback: ReduceLROnPlateau
  private let monitor: Monitor
  private var best: Double?
  private var wait = 0
  private var cooldown = 0
  /// The learning rate of the next epoch.
  package var rate: Double

  package init(_ callback: ReduceLROnPlateau, rate: Double, after records: [EpochRecord]) {
    self.callback = callback
    self.rate = rate
    monitor = Monitor(callback.monitor, mode: callback.mode, minDelta: callback.minDelta)
    for record in records { see(record) }
  }

  package mutating func see(_ record: EpochRecord) {
    guard let value = record[monitor.figure] else { return }
    if cooldown > 0 {
      cooldown -= 1
      wait = 0
    }
    if monitor.isImprovement(value, over: best) {
      best = value
      wait = 0
    } else if cooldown == 0 {
      wait += 1
      guard wait >= callback.patience, rate > callback.minLR else { return }
      rate = max(rate * callback.factor, callback.minLR)
      cooldown = callback.cooldown
      wait = 0
    }
  }
}
