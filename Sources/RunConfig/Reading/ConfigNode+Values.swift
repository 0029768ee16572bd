import Failures

// The typed reads. Each fails with "expected …, found …" at the value's own place.
extension ConfigNode {
  func bool() throws(Failure) -> Bool {
    note(.bool)
    guard case .bool(let value) = value else { throw expected("true or false") }
    return value
  }

  /// A string that is not empty. From the command line the raw text is taken, so that `--set name=2024` needs no quotes.
  func string() throws(Failure) -> String {
    note(.string)
    return try plainText()
  }

  private func plainText() throws(Failure) -> String {
    let string: String
    switch value {
    case .string(let value): string = value
    default:
      guard let text else { throw expected("a string") }
      string = text
    }
    guard !string.isEmpty else { throw failure("expected a string that is not empty") }
    return string
  }

  /// A whole number in `range`; `5.0` and `1e3` are whole too.
  func integer<Number: FixedWidthInteger>(_ range: ClosedRange<Number>) throws(Failure) -> Number {
    note(.integer(Int128(range.lowerBound)...Int128(range.upperBound)))
    let whole: Int128
    switch value {
    case .integer(let value): whole = value
    case .number(let value) where value.isFinite && value == value.rounded(): whole = Int128(exactly: value) ?? (value < 0 ? .min : .max)
    default: throw expected("a whole number")
    }
    guard whole >= Int128(range.lowerBound) else { throw expected("at least \(range.lowerBound)") }
    guard whole <= Int128(range.upperBound) else { throw expected("at most \(range.upperBound)") }
    return Number(whole)
  }

  /// A finite number in `range`.
  func number(_ range: NumberRange) throws(Failure) -> Double {
    note(.number(range))
    let number: Double
    switch value {
    case .integer(let value): number = Double(value)
    case .number(let value): number = value
    default: throw expected("a number")
    }
    guard number.isFinite else { throw expected("a finite number") }
    if let expectation = range.expectation(missedBy: number) { throw expected(expectation) }
    return number
  }

  /// The elements of an array.
  func elements() throws(Failure) -> [ConfigNode] {
    note(.array)
    guard case .array(let values) = value else { throw expected("an array") }
    return values.enumerated().map { child($1, .element($0)) }
  }

  /// One of the words of an enumeration; `what` names it in errors ("activation").
  func word<Word: DescribedWord>(_ what: String, _ type: Word.Type = Word.self) throws(Failure) -> Word {
    note(.words(Word.allCases.map { ReadTrace.Word(name: $0.rawValue, about: $0.about) }))
    let text = try plainText()
    guard let word = Word(rawValue: text) else { throw unknown(what, text, known: Word.allCases.map(\.rawValue)) }
    return word
  }

  /// "unknown activation 'sigmod'; did you mean 'sigmoid'?", and every word there is.
  func unknown(_ what: String, _ text: String, known: [String]) -> Failure {
    let list = known.joined(separator: ", ")
    guard let near = Nearest.word(to: text, among: known) else { return failure("unknown \(what) '\(printable(text))'; known: \(list)") }
    return failure("unknown \(what) '\(printable(text))'; did you mean '\(near)'? (known: \(list))")
  }
}
