import Failures
import NeuralNetwork

/// Keeps what a run learns: writes each epoch into the history before the observer hears of it, and checkpoints when it is time, or when the run is to end.
struct RunKeeper<Observer: FitObserver>: FitObserver {
  private let run: TrainingRun
  private let logStart: Int?
  private var observer: Observer
  private let isInterrupted: () -> Bool
  private let warn: (String) -> Void
  private var schedule: CheckpointSchedule
  /// Whether the history on the disk is complete.
  private(set) var historyIsWritten = true
  /// The checkpoint that an interruption left.
  private(set) var interruption: String?
  /// What the observer threw.
  private var complaint: Failure?

  /// - Parameter logStart: bytes that were in the file of a `csv_logger` before the run.
  init(_ run: TrainingRun, logStart: Int?, observer: Observer, isInterrupted: @escaping () -> Bool, warn: @escaping (String) -> Void) {
    self.run = run
    self.logStart = logStart
    self.observer = observer
    self.isInterrupted = isInterrupted
    self.warn = warn
    schedule = CheckpointSchedule(run.configuration.fit.checkpoint)
  }

  mutating func epochBegan(_ epoch: Int, of epochs: Int, steps: Int) { observer.epochBegan(epoch, of: epochs, steps: steps) }
  mutating func stepsDone(_ steps: Int) { observer.stepsDone(steps) }

  mutating func stoppedEarly(_ reason: String) { observer.stoppedEarly(reason) }

  mutating func stalled(_ report: String) {
    warn(report)
    observer.stalled(report)
  }

  mutating func epochEnded(_ record: EpochRecord) throws(Failure) {
    if historyIsWritten {
      do throws(Failure) { if run.writes { try run.directory.append(record) } } catch {
        historyIsWritten = false
        warn("\(error); the run goes on, and its history is written at its end")
      }
    }
    do throws(Failure) { try observer.epochEnded(record) } catch { complaint = error }
  }

  mutating func paused(_ moment: FitMoment) throws(Failure) -> Bool {
    var isDue = schedule.isDue(moment.progress)
    if moment.progress.isBest(by: run.configuration.fit.checkpoint.monitor) {
      orWarn { () throws(Failure) in
        let checkpoint = run.checkpoint(moment.progress, moment.state, logStart: logStart)
        if run.writes { try run.directory.checkpoints.writeBest(checkpoint, run.compiled.network) }
      }
    }
    var goesOn = true
    if complaint == nil { do throws(Failure) { goesOn = try observer.paused(moment) } catch { complaint = error } }
    // Nobody may be reading any more, but what was learned is kept.
    if complaint != nil { goesOn = false }
    var ends = isInterrupted() || !goesOn
    if let ranks = run.crew.ranks {
      isDue = ranks.first(isDue ? 1 : 0) == 1
      ends = ranks.any(ends)
    }
    if let complaint {
      do throws(Failure) { try run.save(moment.progress, moment.state, logStart: logStart) } catch { warn("no checkpoint: \(error)") }
      throw complaint
    }
    if ends {
      interruption = try run.save(moment.progress, moment.state, logStart: logStart)
      return false
    }
    if isDue { orWarn { () throws(Failure) in try run.save(moment.progress, moment.state, logStart: logStart) } }
    return true
  }

  private func orWarn(_ save: () throws(Failure) -> Void) {
    do throws(Failure) { try save() } catch { warn("no checkpoint: \(error); the run goes on") }
  }
}
