import Failures

/// One value of a config and where it stands: everything a typed read needs to succeed, or to fail with a line that helps.
struct ConfigNode {
  /// Never `.argument`: that is unwrapped here.
  let value: JSONValue
  let path: ConfigPath
  /// The `--set` that gave this value or one around it.
  let argument: Argument?
  /// The raw text when this very value was given by `--set`.
  let text: String?
  /// The scalar that this very value took the place of, for a key to be set inside it.
  let replaced: JSONValue?
  /// Hears what is asked of this value and those inside; nil but for a schema.
  let trace: ReadTrace?

  init(_ value: JSONValue, at path: ConfigPath, within outer: Argument? = nil, trace: ReadTrace? = nil) {
    self.path = path
    self.trace = trace
    if case .argument(let argument) = value {
      self.value = argument.value
      self.argument = argument
      text = argument.text
      replaced = argument.replaced
    } else {
      self.value = value
      argument = outer
      text = nil
      replaced = nil
    }
  }

  /// The node of a value inside this one.
  func child(_ value: JSONValue, _ step: ConfigPath.Step) -> ConfigNode {
    ConfigNode(value, at: path.appending(step), within: argument, trace: trace)
  }

  /// A failure at this value: the file and key path, or the `--set` it came from.
  func failure(_ message: String) -> Failure {
    Self.failure(message, at: path, given: argument)
  }

  /// As `failure(_:)`, for a value that is not there.
  static func failure(_ message: String, at path: ConfigPath, given argument: Argument?) -> Failure {
    let place =
      switch argument {
      case nil: path.steps.isEmpty ? path.file : "\(path.file): \(path)"
      case let argument? where argument.path == path.words: argument.place
      case let argument?: "\(argument.place): \(path)"
      }
    return Failure(.badData, at: place, message)
  }

  /// "expected …, found …".
  func expected(_ what: String) -> Failure {
    failure("expected \(what), found \(value.found)")
  }
}
