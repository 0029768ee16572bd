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
    #expect(fit["epochs"] as NSDictionary? == ["type": "integer", "minimum": 1, "maximum": 2_147_483_647, "default": 1])
    let definitions = try #require(schema["$defs"] as? [String: [String: Any]])
    for word in [
      "dense", "dropout", "random_rotation", "adam", "adamw", "cosine_decay", "piecewise_constant_decay", "huber", "auc", "early_stopping", "csv_logger",
    ] {
      #expect(definitions[word]?["type"] as? String == "object", "\(word)")
    }
    let dense = try #require(definitions["dense"]?["properties"] as? [String: [String: Any]])
    #expect(dense.count == 11 && dense["use_bias"] as NSDictionary? == ["type": "boolean", "default": true])
    let matrices = "orthogonal"
    func words(_ key: String) -> String { "\(dense[key] ?? [:])" }
    #expect(words("kernel_initializer").contains(matrices) && !words("bias_initializer").contains(matrices), "a bias is no matrix")
  }
}
