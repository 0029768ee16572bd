import Failures
import NeuralNetwork

/// Keeps what a run learns: writes each epoch into the history before the observer hears of it, and checkpoints when it is time, or when the run is to end.
struct RunKeeper<Observer: FitObserver>: FitObserver {
  private let run: TrainingRun
  private var observer: Observer
  private let isInterrupted: () -> Bool
  private let warn: (String) -> Void
  private var schedule: CheckpointSchedule
  /// Whether the history on the disk is complete.
  private(set) var historyIsWritten = true
  /// The checkpoint that an interruption left.
  private(set) var interruption: String?
  /// What the observer threw when it was told of the last epoch.
  private var complaint: Failure?

  init(_ run: TrainingRun, observer: Observer, isInterrupted: @escaping () -> Bool, warn: @escaping (String) -> Void) {
    self.run = run
    self.observer = observer
    self.isInterrupted = isInterrupted
    self.warn = warn
    schedule = CheckpointSchedule(run.configuration.fit.checkpoint)
  }

  mutating func epochBegan(_ epoch: Int, of epochs: Int, steps: Int) { observer.epochBegan(epoch, of: epochs, steps: steps) }
  mutating func stepsDone(_ steps: Int) { observer.stepsDone(steps) }

  mutating func stalled(_ report: String) {
    warn(report)
    observer.stalled(report)
  }

  mutating func epochEnded(_ record: EpochRecord) throws(Failure) {
    if historyIsWritten {
      do throws(Failure) { try run.directory.append(record) } catch {
        historyIsWritten = false
        warn("\(error); the run goes on, and its history is written at its end")
      }
    }
    do throws(Failure) { try observer.epochEnded(record) } catch { complaint = error }
  }

  mutating func paused(_ moment: FitMoment) throws(Failure) -> Bool {
    // Nobody may be reading any more, but what was learned is kept.
    if let complaint {
      do throws(Failure) { try run.save(moment.progress, moment.state) } catch { warn("no checkpoint: \(error)") }
      throw complaint
    }
    if isInterrupted() {
      interruption = try run.save(moment.progress, moment.state)
      return false
    }
    let isDue = schedule.isDue(moment.progress)
    let isBest = moment.progress.isBest(by: run.configuration.fit.checkpoint.monitor)
    guard isDue || isBest else { return try observer.paused(moment) }
    do throws(Failure) {
      let state = moment.state
      if isBest { try run.directory.checkpoints.writeBest(run.checkpoint(moment.progress, state), run.compiled.network) }
      if isDue { try run.save(moment.progress, state) }
    } catch {
      warn("no checkpoint: \(error); the run goes on")
    }
    return try observer.paused(moment)
  }
}
