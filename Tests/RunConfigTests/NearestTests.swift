import Testing

import RunConfig

@Suite struct NearestTests {
  @Test(arguments: [
    ("epoch", "epochs"), ("EPOCHS", "epochs"), ("epcohs", "epochs"), ("batchsize", "batch_size"), ("learningRate", "learning_rate"),
    ("lerning_rat", "learning_rate"), ("sed", "seed"),
  ]) func findsTheNearest(_ typed: String, _ known: String) {
    #expect(Nearest.word(to: typed, among: ["seed", "epochs", "batch_size", "learning_rate"]) == known)
  }

  @Test(arguments: ["", "x", "sd", "momentum", "lr"]) func staysSilentWhenNothingIsNear(_ typed: String) {
    #expect(Nearest.word(to: typed, among: ["seed", "epochs", "batch_size"]) == nil)
  }

  @Test func survivesAVeryLongWord() {
    #expect(Nearest.word(to: String(repeating: "e", count: 1_000_000), among: ["seed"]) == nil)
  }
}
