import RunConfig

/// What `EarlyStopping` knows: a pure function of the epochs that it has seen, so that a run which goes on from a checkpoint knows it, too.
package struct StoppingRule {
  private let callback: EarlyStopping
  private let monitor: Monitor
  private var best: Double?
  private var wait = 0
  /// From 1; nil before the first epoch that counts.
  package private(set) var bestEpoch: Int?
  package private(set) var stops = false

  package init(_ callback: EarlyStopping, after records: [EpochRecord]) {
    self.callback = callback
    monitor = Monitor(callback.monitor, mode: callback.mode, minDelta: callback.minDelta)
    for record in records { see(record) }
  }

  package mutating func see(_ record: EpochRecord) {
    guard let value = record[monitor.figure], record.epoch > callback.startFromEpoch else { return }
    if bestEpoch == nil { bestEpoch = record.epoch }
    wait += 1
    if monitor.isImprovement(value, over: best) {
      (best, bestEpoch) = (value, record.epoch)
      if callback.baseline == nil || monitor.isImprovement(value, over: callback.baseline) { wait = 0 }
      return
    }
    if wait >= callback.patience, record.epoch > 1 { stops = true }
  }

  /// Why it stopped, in one line.
  var words: String {
    let waited = "\(callback.monitor) has not become better in \(wait) epoch\(wait == 1 ? "" : "s")"
    return "stopped early: \(waited); the best was epoch \(bestEpoch ?? 0)" + (callback.restoreBestWeights ? ", whose weights are kept" : "")
  }
}
