/// Where a value stands in a config: the file, and the keys and element numbers that lead to it.
struct ConfigPath: Equatable, Sendable, CustomStringConvertible {
  enum Step: Equatable, Sendable {
    case key(String)
    case element(Int)
  }

  /// The file's name, as errors give it.
  let file: String
  private(set) var steps: [Step] = []

  init(file: String) {
    self.file = file
  }

  /// The path one step further in.
  func appending(_ step: Step) -> ConfigPath {
    var longer = self
    longer.steps.append(step)
    return longer
  }

  /// Each step as `--set` spells it.
  var words: [String] {
    steps.map { step in
      switch step {
      case .key(let key): key
      case .element(let number): "\(number)"
      }
    }
  }

  /// `model.layers[1].units`, without the file.
  var description: String {
    steps.reduce(into: "") { text, step in
      switch step {
      case .key(let key): text += (text.isEmpty ? "" : ".") + printable(key)
      case .element(let number): text += "[\(number)]"
      }
    }
  }
}
