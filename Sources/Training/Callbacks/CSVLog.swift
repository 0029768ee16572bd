import Failures
import Foundation
import Interchange
import RunConfig

/// The file of a `csv_logger`: what was in it before the fit, where that stays, and a line for each of the fit's epochs. It follows from the epochs' records, so a fit that
/// goes on writes them anew: whatever lines an earlier process left, the file ends as if nobody had interrupted it.
public struct CSVLog {
  /// Bytes that were there before the fit, and stay.
  let start: Int
  /// Whether there can be some.
  var appends: Bool { options.append }
  private let options: CSVLogger
  /// As in Keras, a callback behind the one that writes the rate into an epoch's figures sees it there.
  private let showsRate: Bool
  /// The names of the figures, in order; nil before the first epoch.
  private var columns: [String]?

  /// Makes the file ready for the epoch behind `records`; nil without a `csv_logger`.
  ///
  /// - Parameters:
  ///   - callbacks: of the fit.
  ///   - start: bytes that were in the file before the fit's first epoch; nil: all that are in it.
  ///   - records: of the fit's epochs so far.
  /// - Throws: `Failure` (input and output) with the system's words.
  public init?(_ callbacks: [Callback], start: Int? = nil, after records: [EpochRecord] = []) throws(Failure) {
    guard let options = callbacks.csvLogger else { return nil }
    self.options = options
    let before = callbacks.prefix { if case .csvLogger = $0 { false } else { true } }
    showsRate = Array(before).reduceLROnPlateau != nil
    self.start = try Self.cut(options.filename, keeping: options.append ? start ?? Int.max : 0)
    for record in records { try append(record) }
  }

  /// Adds an epoch.
  ///
  /// - Throws: `Failure` (input and output) with the system's words; the file then ends with the epoch before, not inside a line.
  mutating func append(_ record: EpochRecord) throws(Failure) {
    var figures = Dictionary(record.figures.map { ($0.name, $0.value) }) { first, _ in first }
    if !showsRate { figures["learning_rate"] = nil }
    var text = ""
    if columns == nil {
      columns = Self.columns(figures)
      if start == 0 { text += line(["epoch"] + columns!) }
    }
    text += line([String(record.epoch - 1)] + columns!.map { name in figures[name].map { String($0) } ?? "NA" })
    try Interchange.append(Array(text.utf8), to: options.filename)
  }

  /// The names, sorted; and where no validation came after the first epoch, a column for the validation of each, which later ones may have.
  private static func columns(_ first: [String: Double]) -> [String] {
    let names = first.keys.sorted()
    return names.contains { $0.hasPrefix("val_") } ? names : names + names.map { "val_" + $0 }
  }

  /// As Python's csv module writes it: quoted is only what must be.
  private func line(_ fields: [String]) -> String {
    fields.map { $0.contains(options.separator) || $0.contains("\"") ? "\"\($0.replacing("\"", with: "\"\""))\"" : $0 }.joined(separator: options.separator)
      + "\r\n"
  }

  /// Makes the file where there is none, and takes away what is behind its first `most` bytes; returns how many are left.
  private static func cut(_ path: String, keeping most: Int) throws(Failure) -> Int {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw Failure(.inputOutput, at: path, "cannot be opened: \(systemErrorText(errno))") }
    defer { close(descriptor) }
    // A device, such as /dev/stdout, has no end.
    let count = min(Int(max(lseek(descriptor, 0, SEEK_END), 0)), most)
    guard ftruncate(descriptor, off_t(count)) == 0 || errno == EINVAL else {
      throw Failure(.inputOutput, at: path, "cannot be written: \(systemErrorText(errno))")
    }
    return count
  }
}

/// Adds each epoch to a log before the observer hears of it.
public struct CSVLogging<Observer: FitObserver>: FitObserver {
  private var log: CSVLog?
  private var observer: Observer

  /// - Parameters:
  ///   - observer: hears of each epoch after the log.
  ///   - log: nil to add nothing.
  public init(_ log: CSVLog?, observer: Observer) { (self.log, self.observer) = (log, observer) }

  /// Passed on.
  public mutating func epochBegan(_ epoch: Int, of epochs: Int, steps: Int) { observer.epochBegan(epoch, of: epochs, steps: steps) }
  /// Passed on.
  public mutating func stepsDone(_ steps: Int) { observer.stepsDone(steps) }
  /// Passed on.
  public mutating func stoppedEarly(_ reason: String) { observer.stoppedEarly(reason) }
  /// Passed on.
  public mutating func stalled(_ report: String) { observer.stalled(report) }
  /// Passed on, answer and failure included.
  public mutating func paused(_ moment: FitMoment) throws(Failure) -> Bool { try observer.paused(moment) }

  /// Adds the epoch's line, then passes the record on.
  ///
  /// - Throws: `.inputOutput` when the line cannot be written.
  public mutating func epochEnded(_ record: EpochRecord) throws(Failure) {
    try log?.append(record)
    try observer.epochEnded(record)
  }
}
