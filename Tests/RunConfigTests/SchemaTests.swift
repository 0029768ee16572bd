import Foundation
import RunConfig
import TestSupport
import Testing

/// The promise: `configs/schema.json` is what the reader of configs asks for, today.
@Suite struct SchemaTests {
  private static let text = ConfigSchema.text()

  private static func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test func theFileIsOfToday() throws {
    let file = PackageFiles.root.appendingPathComponent("configs/schema.json")
    #expect(try String(contentsOf: file, encoding: .utf8) == Self.text, "stale: make schema writes it anew")
  }

  /// Every key of the resolved configs that ship is known, and has a type.
  @Test func everyKeyIsThere() throws {
    let schema = try Self.object(Self.text)
    let properties = try #require(schema["properties"] as? [String: [String: Any]])
    #expect(Set(properties.keys) == ["$schema", "name", "seed", "data", "model", "compile", "fit", "engine"])
    #expect(schema["required"] as? [String] == ["data", "model", "compile"] && schema["additionalProperties"] as? Bool == false)
    let fit = try #require(properties["fit"]?["properties"] as? [String: [String: Any]])
    #expect(
      fit["epochs"] as NSDictionary? == [
        "type": "integer", "minimum": 1, "maximum": 2_147_483_647, "default": 1, "description": "Passes over the training rows.",
      ])
    let definitions = try #require(schema["$defs"] as? [String: [String: Any]])
    for word in [
      "dense", "dropout", "random_rotation", "adam", "adamw", "cosine_decay", "piecewise_constant_decay", "huber", "auc", "early_stopping", "csv_logger",
    ] {
      #expect(definitions[word]?["type"] as? String == "object", "\(word)")
    }
    let dense = try #require(definitions["dense"]?["properties"] as? [String: [String: Any]])
    #expect(dense.count == 11 && dense["use_bias"] as NSDictionary? == ["type": "boolean", "default": true, "description": "Whether a bias is added."])
    let matrices = "orthogonal"
    func words(_ key: String) -> String { "\(dense[key] ?? [:])" }
    #expect(words("kernel_initializer").contains(matrices) && !words("bias_initializer").contains(matrices), "a bias is no matrix")
  }

  /// Editors show them beside each key and word.
  @Test func everyKeyAndWordIsDescribed() throws {
    var (keys, words) = (0, 0)
    func look(_ value: Any, _ place: String) {
      if let list = value as? [Any] { list.forEach { look($0, place) } }
      guard let schema = value as? [String: Any] else { return }
      for (key, property) in schema["properties"] as? [String: [String: Any]] ?? [:] {
        keys += 1
        let words = property["description"] as? String ?? ""
        #expect(words.count > 3 && words.hasSuffix(".") && words.count < 160 || words.hasSuffix("…"), "\(place).\(key): '\(words)'")
      }
      if let known = schema["enum"] as? [String] {
        let descriptions = schema["enumDescriptions"] as? [String] ?? []
        words += known.count
        #expect(descriptions.count == known.count && descriptions.allSatisfy { !$0.isEmpty }, "\(place): \(known)")
      }
      for (key, value) in schema where key != "default" { look(value, "\(place).\(key)") }
    }
    look(try Self.object(Self.text), "")
    let definitions = try #require(try Self.object(Self.text)["$defs"] as? [String: [String: Any]])
    for (name, definition) in definitions { #expect((definition["description"] as? String)?.isEmpty == false, "\(name)") }
    #expect(keys > 250 && words > 100, "\(keys) keys, \(words) words")
  }
}
