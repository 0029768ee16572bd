import Testing

import RunConfig

/// What one config says otherwise than another, key by key.
@Suite struct ChangesTests {
  private static func changes(_ overrides: String...) throws -> [String] {
    try Example.read(Example.text, overrides).changes(from: try Example.read()).map { "\($0.path) \($0.before ?? "-") \($0.after ?? "-")" }
  }

  @Test func ofKeysListsAndObjects() throws {
    #expect(try Self.changes() == [])
    #expect(try Self.changes("fit.epochs=6", "seed=7") == ["fit.epochs 5 6", "seed 1 7"])
    #expect(try Self.changes("model.layers.0.activation={type:'elu',alpha:0.5}") == [#"model.layers[0].activation "sigmoid" {"alpha":0.5,"type":"elu"}"#])
    #expect(try Self.changes("compile.metrics=['accuracy','sparse_categorical_accuracy']") == [#"compile.metrics[1] - "sparse_categorical_accuracy""#])
    #expect(try Self.changes("compile.metrics=[]") == [#"compile.metrics[0] "accuracy" -"#])
    #expect(
      try Self.changes("compile.optimizer=adagrad") == [
        "compile.optimizer.amsgrad false -", "compile.optimizer.beta_1 0.9 -", "compile.optimizer.beta_2 0.999 -",
        "compile.optimizer.initial_accumulator_value - 0.1", #"compile.optimizer.type "adam" "adagrad""#,
      ])
  }
}
