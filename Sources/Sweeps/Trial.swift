/// One run of a sweep: its number, and what it sets.
public struct Trial: Equatable, Sendable {
  /// A key and the value it has in this trial.
  public struct Setting: Equatable, Sendable {
    public let key: String
    public let value: String
    let path: [String]

    init(_ axis: Axis, _ value: String) { (key, self.value, path) = (axis.key, value, axis.path) }

    /// As `--set` takes it.
    var argument: String { "\(key)=\(value)" }
  }

  /// From 1.
  public let number: Int
  /// One an axis, in their order.
  public let settings: [Setting]

  /// The name of its run directory: `trial-0007`.
  public var name: String {
    let digits = String(number)
    return "trial-" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  /// What `--set` gets, an object before the keys inside it: `compile.optimizer=sgd` would take a learning rate away that was set before.
  package var overrides: [String] {
    let order = settings.indices.sorted { (settings[$0].path.count, $0) < (settings[$1].path.count, $1) }
    return order.map { settings[$0].argument }
  }

  /// Name and settings, for messages.
  var words: String { "\(name) (\(settings.map(\.argument).joined(separator: ", ")))" }
}
