import Failures
import RunConfig

/// The words that can stand in one place of the command line: those that are taken, that a slip is compared with, that help lists and that shells complete.
struct WordList: Equatable {
  /// What each of them is: "format".
  let what: String
  let words: [String]
  /// What else can stand there; nil for nothing.
  let others: String?
  /// Those behind which the usage goes on with something else.
  let opening: [String]

  init(_ what: String, _ words: [String], or others: String? = nil, opening: [String] = []) {
    (self.what, self.words, self.others, self.opening) = (what, words, others, opening)
  }

  /// The words of an enumeration.
  init<Word: RawRepresentable<String> & CaseIterable>(_ what: String, _: Word.Type) { self.init(what, Word.allCases.map(\.rawValue)) }

  /// - Throws: `Failure` (usage) when `word` is none of them, with the nearest one.
  func check(_ word: String, at place: String? = nil) throws(Failure) {
    guard others == nil, !words.contains(word) else { return }
    throw Failure(.usage, at: place ?? word, "unknown \(what); \(Self.hint(word, among: words))")
  }

  /// "did you mean 'csv'?", or what is known.
  static func hint(_ word: String, among known: [String]) -> String {
    Nearest.word(to: word, among: known).map { "did you mean '\($0)'?" } ?? "known are \(known.joined(separator: ", "))"
  }

  /// "idx, csv or npy".
  var list: String {
    if let others { return words.joined(separator: ", ") + ", or \(others)" }
    return words.count < 2 ? words.joined() : words.dropLast().joined(separator: ", ") + " or \(words[words.count - 1])"
  }

  /// The words of verbs, which may be two: "data info".
  var isOfVerbs: Bool { words.contains { $0.contains(" ") } }

  /// The first words alone, each once.
  var firstWords: [String] {
    words.map { String($0.prefix { $0 != " " }) }.reduce(into: []) { firsts, word in
      if !firsts.contains(word) { firsts.append(word) }
    }
  }

  /// For each first word of several its second ones.
  var secondWords: [(first: String, seconds: [String])] {
    firstWords.map { first in (first, words.filter { $0.hasPrefix(first + " ") }.map { String($0.dropFirst(first.count + 1)) }) }.filter { !$0.seconds.isEmpty }
  }
}
