/// What readers ask of one value of a config, noted as they ask: so that the code which reads a key is also what its schema is made of.
final class ReadTrace {
  /// Where the value stands.
  private let steps: [ConfigPath.Step]

  init(at steps: [ConfigPath.Step]) { self.steps = steps }

  /// What a value was asked to be.
  enum Question: Equatable {
    case bool
    case string
    case integer(ClosedRange<Int128>)
    case number(NumberRange)
    /// Words, each with what it stands for.
    case words([Word])
    case array
    /// Nil where a plain word will not do.
    case object(wordKey: String?)
    /// A constant that the code compares with.
    case constant(JSONValue)
    /// A string of this form, as a regular expression of ECMAScript.
    case pattern(String)
    /// An object with keys of this form, and numbers for values.
    case numbers(keys: String, NumberRange)
  }

  /// One of the words that a value may be.
  struct Word: Equatable {
    let name: String
    let about: String
  }

  /// A key that an object was asked for.
  struct Key: Equatable {
    let name: String
    let about: String
    var isRequired: Bool
  }

  /// In the order in which they were asked.
  private(set) var questions: [Question] = []
  private(set) var keys: [Key] = []

  func note(_ question: @autoclosure () -> Question, at path: ConfigPath) {
    if path.steps == steps { questions.append(question()) }
  }

  func ask(_ name: String, _ about: String, isRequired: Bool, at path: ConfigPath) {
    guard path.steps == steps else { return }
    if let known = keys.firstIndex(where: { $0.name == name }) {
      if isRequired { keys[known].isRequired = true }
    } else {
      keys.append(Key(name: name, about: about, isRequired: isRequired))
    }
  }
}

extension ConfigNode {
  /// Notes what the value is asked to be, where somebody listens.
  func note(_ question: @autoclosure () -> ReadTrace.Question) { trace?.note(question(), at: path) }
}
