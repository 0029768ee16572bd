/// What a verb prints with `--json`, in a form of which its JSON Schema is made. A test holds what is really printed to it.
///
/// The last argument of each case describes the value.
indirect enum JSONForm: Sendable {
  case text(String)
  /// One of some words.
  case word([String], String)
  case flag(String)
  /// A whole number from 0 on.
  case count(String)
  /// Any whole number.
  case integer(String)
  case number(String)
  /// Whatever a config may hold.
  case any(String)
  case list(JSONForm, String)
  case record([Key], String)
  /// An object whose keys are data, such as the names of metrics; beside the `keys` that are always the same.
  case map([Key], JSONForm, String)
  /// The value, or null where there is none.
  case maybe(JSONForm)
  /// One of several.
  case either([JSONForm])

  /// A key of an object, and what is behind it.
  struct Key: Sendable {
    let name: String
    let form: JSONForm
    /// False where the key is left out at times.
    let isAlwaysThere: Bool

    init(_ name: String, _ form: JSONForm, isAlwaysThere: Bool = true) { (self.name, self.form, self.isAlwaysThere) = (name, form, isAlwaysThere) }
  }
}

/// What `--json` makes of a verb's output.
struct JSONOutput: Sendable {
  /// Of the one object; of each line where `isLines`.
  let form: JSONForm
  /// Whether there is an object a line, instead of one object.
  let isLines: Bool

  static func object(_ form: JSONForm) -> JSONOutput { JSONOutput(form: form, isLines: false) }
  static func lines(_ form: JSONForm) -> JSONOutput { JSONOutput(form: form, isLines: true) }
}
