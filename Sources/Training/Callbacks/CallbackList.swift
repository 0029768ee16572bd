import Failures

/// The callbacks of a fit: tells all of them, in order, and says whose failure it was.
struct CallbackList {
  let control: FitControl
  private let all: [any FitCallback]
  private let ofBatches: [any BatchCallback]

  init(_ callbacks: [any FitCallback], _ control: FitControl) {
    self.control = control
    all = callbacks
    ofBatches = callbacks.compactMap { $0 as? any BatchCallback }
  }

  /// Whether the workers must pause behind each step.
  var hearsBatches: Bool { !ofBatches.isEmpty }

  func trainBegan() throws(Failure) {
    for callback in all { try tell(callback, "onTrainBegin") { () throws(Failure) in try callback.onTrainBegin(control) } }
  }

  func trainEnded(_ last: EpochRecord?) throws(Failure) {
    let logs = Self.logs(last?.figures ?? [])
    for callback in all { try tell(callback, "onTrainEnd") { () throws(Failure) in try callback.onTrainEnd(control, logs: logs) } }
  }

  /// - Parameter number: from 1, as in records.
  func epochBegan(_ number: Int) throws(Failure) {
    for callback in all { try tell(callback, "onEpochBegin", number) { () throws(Failure) in try callback.onEpochBegin(number - 1, control) } }
  }

  func epochEnded(_ record: EpochRecord) throws(Failure) {
    let logs = Self.logs(record.figures)
    for callback in all {
      try tell(callback, "onEpochEnd", record.epoch) { () throws(Failure) in try callback.onEpochEnd(record.epoch - 1, control, logs: logs) }
    }
  }

  /// - Parameters:
  ///   - batch: from 0.
  ///   - number: the epoch's, from 1.
  func batchBegan(_ batch: Int, of number: Int) throws(Failure) {
    for callback in ofBatches { try tell(callback, "onTrainBatchBegin", number) { () throws(Failure) in try callback.onTrainBatchBegin(batch, control) } }
  }

  func batchEnded(_ batch: Int, of number: Int, _ figures: [EpochRecord.Figure]) throws(Failure) {
    let logs = Self.logs(figures)
    for callback in ofBatches {
      try tell(callback, "onTrainBatchEnd", number) { () throws(Failure) in try callback.onTrainBatchEnd(batch, control, logs: logs) }
    }
  }

  private static func logs(_ figures: [EpochRecord.Figure]) -> [String: Double] {
    Dictionary(figures.map { ($0.name, $0.value) }) { first, _ in first }
  }

  private func tell(_ callback: any FitCallback, _ hook: String, _ number: Int? = nil, _ body: () throws(Failure) -> Void) throws(Failure) {
    do throws(Failure) { try body() } catch {
      let place = "\(type(of: callback)).\(hook)"
      throw error.inside(number.map { "epoch \($0): \(place)" } ?? place)
    }
  }
}
