import Failures

/// One `--set key.path=value`, put into the tree before it is read; so the reader that knows the keys refuses unknown ones here too.
struct Override {
  private let place: String
  private let path: [String]
  private let text: String

  /// - Parameter argument: `fit.epochs=5`, `model.layers.0.units=30` or `model.layers[0].units=30`.
  /// - Throws: `.usage` when it has another form.
  init(_ argument: String) throws(Failure) {
    let setting = try KeySetting(argument, of: "--set")
    (place, path, text) = (setting.place, setting.path, setting.text)
  }

  /// The tree with the value in its place.
  ///
  /// - Throws: `.badData` when an array has no such element.
  func applied(to tree: JSONValue) throws(Failure) -> JSONValue {
    try applied(to: tree, at: 0)
  }

  private func applied(to value: JSONValue?, at depth: Int) throws(Failure) -> JSONValue {
    guard depth < path.count else { return .argument(argument(text: text, value: (try? JSON5Parser.parse(text)) ?? .string(text))) }
    switch value {
    case .object(var fields):
      fields[path[depth]] = try applied(to: fields[path[depth]], at: depth + 1)
      return .object(fields)
    case .array(var elements):
      let number = try element(of: elements.count, at: depth)
      elements[number] = try applied(to: elements[number], at: depth + 1)
      return .array(elements)
    case .argument(var earlier) where earlier.value.isContainer:
      earlier.value = try applied(to: earlier.value, at: depth)
      earlier.text = nil
      return .argument(earlier)
    default:
      return .argument(argument(text: nil, value: .object([path[depth]: try applied(to: nil, at: depth + 1)]), replaced: value))
    }
  }

  private func argument(text: String?, value: JSONValue, replaced: JSONValue? = nil) -> Argument {
    Argument(place: place, path: path, text: text, value: value, replaced: replaced)
  }

  private func element(of count: Int, at depth: Int) throws(Failure) -> Int {
    guard let number = Int(path[depth]), 0..<count ~= number else {
      let array = path[..<depth].joined(separator: ".")
      let range = count == 0 ? "\(array) is empty" : "\(array) has the elements 0 to \(count - 1)"
      throw Failure(.badData, at: place, "no element '\(printable(path[depth]))'; \(range)")
    }
    return number
  }
}

extension JSONValue {
  /// An object or an array.
  fileprivate var isContainer: Bool {
    switch self {
    case .object, .array: true
    default: false
    }
  }
}
