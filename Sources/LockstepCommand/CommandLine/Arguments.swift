import CLinux
import Failures
import Glibc
import RunConfig

/// A verb's command line, read by glibc's `getopt_long`: options and operands in any order, `--option=value` or `--option value`, `--` ends
/// the options.
struct Arguments {
  /// What is not an option, in order.
  let operands: [String]
  private let values: [String: [String]]

  /// Reads `arguments`, of which the first is the verb's last word.
  ///
  /// - Throws: `Failure` (usage) naming an option that is unknown, lacks its value, has an empty one, one that is not among its words, or one it does not take.
  init(_ arguments: [String], options: [Option]) throws(Failure) {
    let words = arguments.map { strdup($0)! }
    let names = options.map { strdup($0.name)! }
    defer { (words + names).forEach { free($0) } }
    // Each option's answer is its place in `options`, beyond any character that getopt gives for what is wrong.
    let firstAnswer: Int32 = 1000
    let table =
      zip(names, options).enumerated().map { place, pair in
        CLinux.option(name: pair.0, has_arg: pair.1.value == nil ? 0 : 1, flag: nil, val: firstAnswer + Int32(place))
      } + [CLinux.option(name: nil, has_arg: 0, flag: nil, val: 0)]
    var vector: [UnsafeMutablePointer<CChar>?] = words + [nil]
    var values: [String: [String]] = [:]
    while true {
      // The leading colon asks for ':' when a value is missing; -h is the one option of a letter.
      let answer = lockstep_getopt_long(Int32(words.count), &vector, ":h", table, nil)
      if answer == -1 { break }
      if answer == Int32(UInt8(ascii: "h")), options.contains(.help) {
        values[Option.help.name, default: []].append("")
        continue
      }
      guard answer >= firstAnswer else { throw Self.failure(answer, String(cString: vector[Int(lockstep_optind()) - 1]!), options) }
      let option = options[Int(answer - firstAnswer)]
      let value = lockstep_optarg().map { String(cString: $0) }
      guard value != "" else { throw Failure(.usage, at: "--\(option.name)", "expected a value, found an empty one") }
      if let value { try option.words?.check(value, at: "--\(option.name) \(value)") }
      values[option.name, default: []].append(value ?? "")
    }
    self.values = values
    operands = vector[Int(lockstep_optind())..<words.count].map { String(cString: $0!) }
  }

  func has(_ option: Option) -> Bool { values[option.name] != nil }

  /// Every value given for `option`, in order.
  func all(_ option: Option) -> [String] { values[option.name] ?? [] }

  /// The last value given for `option`.
  func last(_ option: Option) -> String? { values[option.name]?.last }

  /// The last value given for `option` as a whole number; nil when there is none.
  ///
  /// - Throws: `Failure` (usage) when it is no whole number, or not in `range`.
  func number<Number: FixedWidthInteger>(_ option: Option, in range: ClosedRange<Number>) throws(Failure) -> Number? {
    guard let text = last(option) else { return nil }
    return try wholeNumber(text, of: "--\(option.name)", in: range)
  }

  /// The last value given for `option`, which has words; nil when there is none.
  func word<Word: RawRepresentable<String>>(_ option: Option, _: Word.Type = Word.self) -> Word? {
    last(option).map { word in
      guard let word = Word(rawValue: word) else { preconditionFailure("--\(option.name) lists '\(word)', which is no \(Word.self)") }
      return word
    }
  }

  /// The one operand, which is among the words of `verb`; two words that name a verb count as one operand.
  ///
  /// - Throws: `Failure` (usage) when there is none, or more, or another one.
  func word(of verb: any Verb.Type, _ what: String) throws(Failure) -> String {
    guard let words = verb.words else { preconditionFailure("\(verb.name) has no words") }
    guard let first = operands.first else { throw Failure(.usage, "expected \(what)") }
    let count = words.words.contains { $0.hasPrefix(first + " ") } ? min(2, operands.count) : 1
    let word = operands.prefix(count).joined(separator: " ")
    try words.check(word)
    guard operands.count == count else { throw Failure(.usage, at: operands[count], "unexpected; \(what) is given already") }
    return word
  }

  /// The one operand.
  ///
  /// - Throws: `Failure` (usage) when there is none, or more.
  func operand(_ what: String) throws(Failure) -> String {
    guard let first = operands.first else { throw Failure(.usage, "expected \(what)") }
    guard operands.count == 1 else { throw Failure(.usage, at: operands[1], "unexpected; \(what) is given already") }
    return first
  }

  /// `failure`, at the option that has the value which it is about: of `--workers` and `--placement` only the machine can say whether they can be had, and it knows them as
  /// keys of the config.
  func atOption(_ failure: Failure) -> Failure {
    guard failure.kind == .badData, let option = [Option.workers, .placement].first(where: { failure.place == "engine.\($0.name)" }), let value = last(option)
    else { return failure }
    return Failure(.usage, at: "--\(option.name) \(value)", failure.message)
  }

  private static func failure(_ answer: Int32, _ word: String, _ options: [Option]) -> Failure {
    let name = String(word.drop { $0 == "-" }.prefix { $0 != "=" })
    if answer == Int32(UInt8(ascii: ":")) { return Failure(.usage, at: word, "expected a value after it") }
    if let option = options.first(where: { $0.name == name }), option.value == nil { return Failure(.usage, at: word, "--\(name) takes no value") }
    let begun = options.map(\.name).filter { $0.hasPrefix(name) }.map { "--\($0)" }
    if begun.count > 1, !name.isEmpty {
      return Failure(.usage, at: word, "ambiguous option; it could be \(begun.dropLast().joined(separator: ", ")) or \(begun[begun.count - 1])")
    }
    let known = options.map { "--\($0.name)" }.joined(separator: ", ")
    let hint = Nearest.word(to: name, among: options.map(\.name)).map { "did you mean '--\($0)'?" } ?? "known are \(known)"
    return Failure(.usage, at: word, "unknown option; \(hint)")
  }
}
