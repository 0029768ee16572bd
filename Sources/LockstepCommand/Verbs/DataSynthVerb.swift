import Datasets
import Dispatch
import Failures
import Foundation
import Interchange
import Lockstep
import RunConfig
import Training

/// `lockstep data synth`: a folder of IDX files of synthetic digits, of any number of rows.
enum DataSynthVerb: Verb {
  static let name = "data synth"
  static let summary = "write synthetic handwritten digits as IDX files, of any number of rows"
  static let usage = "--output FOLDER [options]"
  static let example = "lockstep data synth --output data/synthetic --count 1000000"
  static let output = Option(name: "output", value: "FOLDER", help: "where the files go; folders that are missing are made, and files in it are not replaced")
  static let count = Option(name: "count", value: "N", help: "digits to train on; default: 60000")
  static let test = Option(name: "test", value: "N", help: "digits to test on, none of them among the others; default: 10000")
  static let seed = Option(name: "seed", value: "N", help: "which digits; the same seed gives the same bytes on every machine; default: 1")
  static let size = Option(name: "size", value: "PIXELS", help: "pixels a side; default: 28")
  static let options = [output, count, test, seed, size, Option.workers, .json]

  static func run(_ arguments: Arguments) throws(Failure) {
    if let extra = arguments.operands.first { throw Failure(.usage, at: extra, "unexpected; data synth takes options only") }
    guard let folder = arguments.last(output) else { throw Failure(.usage, at: "--output", "expected the folder to write to") }
    let rows = SyntheticFolder.mostRows
    let (count, test) = (try arguments.number(count, in: 1...rows) ?? 60_000, try arguments.number(test, in: 0...rows) ?? 10_000)
    let digits = SyntheticDigits(seed: try arguments.number(seed, in: 0...UInt64.max) ?? 1, size: try arguments.number(size, in: SyntheticDigits.sizes) ?? 28)
    let synthetic = SyntheticFolder(digits: digits, training: count, test: test)
    let threads = try Crew(try EngineSection().with(workers: arguments.last(.workers), placement: nil)).pool.count
    let seconds = try write(synthetic, to: folder, threads: threads)
    try Console.output(arguments.has(.json) ? json(synthetic, folder, seconds) : text(synthetic, folder, seconds))
  }

  /// Writes the files; returns the seconds that took. A signal ends the process as it would any other, once what was written is gone again.
  private static func write(_ synthetic: SyntheticFolder, to folder: String, threads: Int) throws(Failure) -> Double {
    let line = ProgressLine(unit: "digits", total: synthetic.training + synthetic.test)
    let begin = DispatchTime.now()
    Interruption.watch()
    defer { line.clear() }
    do throws(Failure) {
      try synthetic.write(to: folder, threads: threads) { done throws(Failure) in
        if Interruption.signal != nil { throw Failure(.inputOutput, at: folder, "interrupted; nothing was written") }
        line.show(done)
      }
    } catch {
      guard let signal = Interruption.signal else { throw error }
      line.clear()
      Console.failure(error)
      exit(128 + signal)
    }
    return Double(DispatchTime.now().uptimeNanoseconds - begin.uptimeNanoseconds) / 1e9
  }

  private static func text(_ synthetic: SyntheticFolder, _ folder: String, _ seconds: Double) -> String {
    let size = synthetic.digits.size
    let rows = "\(synthetic.training) digits" + (synthetic.test > 0 ? " and \(synthetic.test) to test on" : "")
    return "\(folder): \(rows), \(size)×\(size), seed \(synthetic.digits.seed), \(Amount.bytes(synthetic.byteCount)) in \(String(format: "%.1f", seconds)) s\n"
  }

  private static func json(_ synthetic: SyntheticFolder, _ folder: String, _ seconds: Double) -> String {
    jsonLine([
      "folder": folder, "training": synthetic.training, "test": synthetic.test, "size": synthetic.digits.size, "seed": synthetic.digits.seed,
      "bytes": synthetic.byteCount, "seconds": seconds,
    ]) + "\n"
  }
}
