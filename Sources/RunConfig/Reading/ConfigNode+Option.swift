import Failures

extension ConfigNode {
  /// The value `text` of the command line's `option`, read as the value of a key would be; failures are placed at both.
  init(option: String, _ text: String) {
    let value = (try? JSON5Parser.parse(text)) ?? .string(text)
    self.init(
      .argument(Argument(place: "\(option) \(printable(text, limit: 120))", path: [], text: text, value: value, replaced: nil)), at: ConfigPath(file: ""))
  }
}

/// The whole number that `text`, the value of the command line's `option` ("--count"), stands for; `1e7` is one too.
///
/// - Throws: `.badData` with the option as its place when it is none, or not in `range`.
package func wholeNumber<Number: FixedWidthInteger>(_ text: String, of option: String, in range: ClosedRange<Number>) throws(Failure) -> Number {
  try ConfigNode(option: option, text).integer(range)
}

/// The number from 0 to 1 that `text`, the value of the command line's `option` ("--recall"), stands for.
///
/// - Throws: `.badData` with the option as its place when it is none.
package func portion(_ text: String, of option: String) throws(Failure) -> Double { try ConfigNode(option: option, text).number(.portion) }

/// The number above 0 that `text`, the value of the command line's `option` ("--from"), stands for.
///
/// - Throws: `.badData` with the option as its place when it is none.
package func positiveNumber(_ text: String, of option: String) throws(Failure) -> Double {
  try ConfigNode(option: option, text).number(.positive)
}
