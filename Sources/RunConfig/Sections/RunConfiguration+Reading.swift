import Failures
import Foundation

extension RunConfiguration {
  /// Reads a JSON5 config file, with every default filled in.
  ///
  /// Relative paths inside the file (`data.path`, `model.initial_weights`, …) are relative to the current directory, as a shell user expects,
  /// and are kept as written.
  ///
  /// - Parameters:
  ///   - path: The file. Its base name is the run's name unless the file has a `name`.
  ///   - overrides: What follows each `--set`: `fit.epochs=5`, `model.layers[0].units=30`. Later ones win.
  /// - Throws: `.missingInput` when there is no such file, `.inputOutput` when it cannot be read, `.usage` for an override that is not
  ///   `key.path=value`, and otherwise `.badData` with the file and line, the file and key path, or the `--set` as its place.
  public init(file path: String, overrides: [String] = []) throws(Failure) {
    try self.init(json5: ConfigFile.text(of: path), name: path, overrides: overrides)
  }

  /// Reads a config from its JSON5 text.
  ///
  /// - Parameters:
  ///   - text: The config.
  ///   - name: Names the text in errors; its last path component without the extension is the run's name unless the text has a `name`.
  ///   - overrides: As for `init(file:overrides:)`.
  /// - Throws: As `init(file:overrides:)`, but for the kinds about files.
  public init(json5 text: String, name: String, overrides: [String] = []) throws(Failure) {
    let arguments = try overrides.map { argument throws(Failure) in try Override(argument) }
    var tree: JSONValue
    do {
      tree = try JSON5Parser.parse(text)
    } catch {
      throw error.inside(name)
    }
    let root = ConfigNode(tree, at: ConfigPath(file: name))
    guard case .object = tree else { throw root.expected("an object") }
    for argument in arguments { tree = try argument.applied(to: tree) }
    self = try Self.read(tree, file: name)
    do {
      try checkAgreement()
    } catch {
      throw error.inside(name)
    }
  }

  /// Reads a tree section by section; what the sections ask of each other is not looked at.
  ///
  /// - Parameter trace: hears what is asked of the tree.
  static func read(_ tree: JSONValue, file: String, trace: ReadTrace? = nil) throws(Failure) -> RunConfiguration {
    try ConfigNode(tree, at: ConfigPath(file: file), trace: trace).object { (reader: inout ObjectReader) throws(Failure) in
      try RunConfiguration(&reader, defaultName: (file as NSString).lastPathComponent)
    }
  }

  private init(_ reader: inout ObjectReader, defaultName: String) throws(Failure) {
    // For editors, which find the schema by it.
    _ = try reader.optional("$schema", "Where the editor finds this schema.")?.string()
    let name: String
    if let given = reader.optional("name", "The run's name, and its folder's in runs; the file's name unless it is given.") {
      name = try given.runName()
    } else {
      name = try Self.runName(ofFile: defaultName, reader.node)
    }
    let seed = try reader.optional("seed", "What weights, order and noise are drawn from: equal seeds, equal bits.")?.integer(0...UInt64.max)
    let data = try reader.required("data", "What it learns from.").object(DataSection.init)
    let model = try reader.required("model", "The layers.").object(ModelSection.init)
    let compile = try reader.required("compile", "The loss, the optimizer and the metrics.").object(CompileSection.init)
    let fit = try reader.optional("fit", "How long and in what steps it learns.")?.object(FitSection.init)
    let engine = try reader.optional("engine", "How the machine is used; it changes the speed and never the result.")?.object(EngineSection.init)
    self.init(name: name, data: data, model: model, compile: compile, fit: fit ?? FitSection(), engine: engine ?? EngineSection())
    if let seed { self.seed = seed }
  }

  private static func runName(ofFile file: String, _ root: ConfigNode) throws(Failure) -> String {
    let base = (file as NSString).deletingPathExtension
    guard ConfigNode.isRunName(base) else {
      throw Failure(.badData, at: root.path.file, "the file's name cannot name the run; add a name of \(ConfigNode.runNameRule)")
    }
    return base
  }
}

extension ConfigNode {
  fileprivate static let runNameRule = "1 to 100 letters a-z, digits, '-', '_' and '.', not beginning with '.'"

  /// A name that is safe as a folder's on every file system.
  fileprivate static func isRunName(_ text: String) -> Bool {
    let allowed = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
      default: byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
      }
    }
    return allowed && 1...100 ~= text.utf8.count && !text.hasPrefix(".")
  }

  fileprivate func runName() throws(Failure) -> String {
    let name = try string()
    guard Self.isRunName(name) else { throw failure("expected \(Self.runNameRule), found '\(printable(name))'") }
    return name
  }
}
