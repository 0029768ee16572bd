import Failures

extension ConfigNode {
  /// What `read` makes of the value `text` of the command line's `option`, as it would of the value of a key.
  ///
  /// - Throws: what is wrong with it as `.usage`, placed at both: the command line is no config.
  static func read<Value>(_ option: String, _ text: String, _ read: (ConfigNode) throws(Failure) -> Value) throws(Failure) -> Value {
    let value = (try? JSON5Parser.parse(text)) ?? .string(text)
    let place = "\(option) \(printable(text, limit: 120))"
    let node = ConfigNode(.argument(Argument(place: place, path: [], text: text, value: value, replaced: nil)), at: ConfigPath(file: ""))
    do throws(Failure) { return try read(node) } catch { throw Failure(.usage, at: error.place, error.message) }
  }
}

/// The whole number that `text`, the value of the command line's `option` ("--count"), stands for; `1e7` is one too.
///
/// - Throws: `.usage` with the option as its place when it is none, or not in `range`.
package func wholeNumber<Number: FixedWidthInteger>(_ text: String, of option: String, in range: ClosedRange<Number>) throws(Failure) -> Number {
  try ConfigNode.read(option, text) { node throws(Failure) in try node.integer(range) }
}

/// The number from 0 to 1 that `text`, the value of the command line's `option` ("--recall"), stands for.
///
/// - Throws: `.usage` with the option as its place when it is none.
package func portion(_ text: String, of option: String) throws(Failure) -> Double {
  try ConfigNode.read(option, text) { node throws(Failure) in try node.number(.portion) }
}

/// The number above 0 that `text`, the value of the command line's `option` ("--from"), stands for.
///
/// - Throws: `.usage` with the option as its place when it is none.
package func positiveNumber(_ text: String, of option: String) throws(Failure) -> Double {
  try ConfigNode.read(option, text) { node throws(Failure) in try node.number(.positive) }
}
