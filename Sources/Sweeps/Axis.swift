import Failures
import RunConfig

/// A key of the config that a sweep gives several values.
public struct Axis: Equatable, Sendable {
  /// The key as it was typed: `model.layers[0].units`.
  public let key: String
  /// What was typed after it: `32,64`, or `log:1e-4..1e-1`.
  let text: String
  /// The same key is the same path, however it was typed.
  let path: [String]
  let values: Values

  enum Values: Equatable, Sendable {
    /// Each of these, with each value of the other axes of the grid.
    case grid([String])
    /// One a draw.
    case random(Distribution)
  }

  /// What follows `--grid`: `fit.batch_size=32,64`.
  ///
  /// - Throws: `.usage` when it has another form.
  public init(grid argument: String) throws(Failure) {
    let setting = try KeySetting(argument, of: "--grid")
    let values = try ValueList.values(of: setting.text, at: setting.place)
    if let twice = values.enumerated().first(where: { values[..<$0].contains($1) }) {
      throw Failure(.usage, at: setting.place, "the value \(twice.element) is given twice")
    }
    try self.init(setting, .grid(values))
  }

  /// What follows `--random`: `compile.optimizer.learning_rate=log:1e-4..1e-1`.
  ///
  /// - Throws: `.usage` when it has another form.
  public init(random argument: String) throws(Failure) {
    let setting = try KeySetting(argument, of: "--random")
    try self.init(setting, .random(try Distribution(setting.text, at: setting.place)))
  }

  private init(_ setting: KeySetting, _ values: Values) throws(Failure) {
    try setting.checkSweepable()
    (key, text, path, self.values) = (setting.key, setting.text, setting.path, values)
  }

  /// As it was typed.
  var argument: String { "\(key)=\(text)" }
}

extension KeySetting {
  /// - Throws: `.usage` for a key that each trial gets from the sweep.
  func checkSweepable() throws(Failure) {
    guard path == ["engine"] || path == ["engine", "workers"] || path == ["engine", "placement"] else { return }
    throw Failure(.usage, at: place, "workers and cores are the sweep's own to give, and change no result; see --workers-per-run")
  }
}
