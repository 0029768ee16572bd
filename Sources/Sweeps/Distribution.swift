import Failures
import Foundation
import NeuralNetwork
import RandomStreams
import RunConfig

/// What `--random` draws from.
enum Distribution: Equatable, Sendable {
  /// Any number between the two equally likely.
  case uniform(Double, Double)
  /// The same for the number's logarithm: as many draws between 0.001 and 0.01 as between 0.01 and 0.1.
  case log(Double, Double)
  /// Each whole number from the first to the last equally likely.
  case int(Int, Int)
  /// Each value equally likely.
  case choice([String])

  fileprivate enum Word: String, CaseIterable {
    case uniform, log, int, choice
  }

  /// Reads `uniform:0..0.5`, `log:1e-4..1e-1`, `int:16..128` or `choice:adam,sgd`.
  ///
  /// - Parameter place: of the text, for messages.
  /// - Throws: `.usage` for anything else.
  init(_ text: String, at place: String) throws(Failure) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let words = Word.allCases.map(\.rawValue)
    guard parts.count == 2 else {
      throw Failure(.usage, at: place, "expected uniform:LOW..HIGH, log:LOW..HIGH, int:LOW..HIGH or choice:A,B,... after '='")
    }
    guard let word = Word(rawValue: parts[0]) else {
      let hint = Nearest.word(to: parts[0], among: words).map { "did you mean '\($0)'?" } ?? "known are \(words.joined(separator: ", "))"
      throw Failure(.usage, at: place, "unknown distribution; \(hint)")
    }
    func bounds<Number: Comparable>(_ what: String, _ read: (String) -> Number?) throws(Failure) -> (Number, Number) {
      let ends = parts[1].components(separatedBy: "..").map(read)
      guard ends.count == 2, let low = ends[0], let high = ends[1], low < high else {
        throw Failure(.usage, at: place, "expected two \(what), the lower first, such as \(word.example)")
      }
      return (low, high)
    }
    func finite(_ text: String) -> Double? { Double(text).flatMap { $0.isFinite ? $0 : nil } }
    switch word {
    case .uniform:
      let (low, high) = try bounds("numbers", finite)
      self = .uniform(low, high)
    case .log:
      let (low, high) = try bounds("numbers above 0") { finite($0).flatMap { $0.isNormal && $0 > 0 ? $0 : nil } }
      self = .log(low, high)
    case .int:
      let (low, high) = try bounds("whole numbers") { Int($0).flatMap { abs($0) <= Int(Int32.max) ? $0 : nil } }
      self = .int(low, high)
    case .choice: self = .choice(try ValueList.values(of: parts[1], at: place))
    }
  }

  /// The next value. Numbers have six digits: more would say nothing about a sweep, and nobody could type them again.
  func draw(_ generator: inout CounterGenerator) -> String {
    switch self {
    case .uniform(let low, let high):
      let share = generator.nextUnit()
      return Self.text(low * (1 - share) + high * share, low, high)
    case .log(let low, let high):
      // Not the C library's logarithm, whose last bit may be another on another machine.
      let (from, to) = (ExactFunctions.logarithm(low), ExactFunctions.logarithm(high))
      return Self.text(ExactFunctions.exponential(from + (to - from) * generator.nextUnit()), low, high)
    case .int(let low, let high): return String(low + Int(generator.next(below: UInt64(high - low + 1))))
    case .choice(let values): return values[Int(generator.next(below: UInt64(values.count)))]
    }
  }

  private static func text(_ value: Double, _ low: Double, _ high: Double) -> String {
    "\(min(max(Double(String(format: "%.6g", value)) ?? value, low), high))"
  }
}

extension Distribution.Word {
  fileprivate var example: String {
    switch self {
    case .uniform: "uniform:0..0.5"
    case .log: "log:1e-4..1e-1"
    case .int: "int:16..128"
    case .choice: "choice:adam,sgd"
    }
  }
}
