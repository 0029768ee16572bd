import Failures

/// Values between commas, as `--grid` takes them: `32,64`, `adam,sgd`, `[1,2],[3]`, `{type:'sgd',momentum:0.9},adam`.
enum ValueList {
  /// The values of `text`, without the blanks around them. A comma inside brackets or quotes parts nothing.
  ///
  /// - Parameter place: of the text, for messages.
  /// - Throws: `.usage` when one is empty, or brackets and quotes do not match.
  static func values(of text: String, at place: String) throws(Failure) -> [String] {
    var values: [String] = []
    var value = ""
    var open: [Character] = []
    var quote: Character?
    var isEscaped = false
    for character in text {
      if let end = quote {
        if character == end, !isEscaped { quote = nil }
        isEscaped = character == "\\" && !isEscaped
      } else if character == ",", open.isEmpty {
        values.append(value)
        value = ""
        continue
      } else if let bracket = closing[character] {
        open.append(bracket)
      } else if closing.values.contains(character) {
        guard open.popLast() == character else { throw Failure(.usage, at: place, "found '\(character)' that closes nothing; put such a value in quotes") }
      } else if "\"'".contains(character), !open.isEmpty || value.allSatisfy(\.isWhitespace) {
        // An apostrophe in the middle of a word is one.
        quote = character
      }
      value.append(character)
    }
    guard quote == nil, open.isEmpty else { throw Failure(.usage, at: place, "expected '\(quote ?? open[open.count - 1])' before the end") }
    values.append(value)
    let trimmed = values.map(trimmed)
    guard !trimmed.contains("") else { throw Failure(.usage, at: place, "expected values with commas between them, found an empty one") }
    return trimmed
  }

  private static let closing: [Character: Character] = ["[": "]", "{": "}"]

  private static func trimmed(_ text: String) -> String {
    var text = Substring(text).drop(while: \.isWhitespace)
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
