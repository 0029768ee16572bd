import Lockstep
import TestSupport
import Testing

/// The promise: from Swift, too, a model can be checked and explained, and its gradients be held against the loss; none of which changes it.
@Suite(.serialized) struct InsightTests {
  @Test func aModelIsLookedAtAndStaysAsItIs() throws {
    let data = try ThreeCallsTests.xor(120)
    let model = try ThreeCallsTests.model()
    let weights = model.weights
    let checkup = try model.check(data, epochs: 3, batchSize: 50, validationData: try ThreeCallsTests.halves(40))
    #expect(checkup.findings == [] && checkup.stepsPerEpoch == 3 && checkup.parameters == 65)
    #expect(try model.check(data, batchSize: 121).findings.map(\.place) == ["fit.batch_size"])

    let gradients = try model.checkGradients(data, rows: 10, samples: 20, workers: .exactly(2), placement: .none)
    #expect(gradients.passes && gradients.rows == 10 && gradients.tensors.map(\.checked) == [20, 16, 16, 1])

    let explanation = try model.explain(data, row: 5)
    #expect(try model.predict(data)[5] == explanation.trace.outputs && explanation.truth != nil)
    #expect(explanation.layers.map(\.name) == ["dense", "dense_1"])
    #expect(model.weights == weights)
  }

  /// Mean and variance of the inputs are those that a fit would find first, or has found.
  @Test func inputsAreNormalizedAsAFitWould() throws {
    let data = try ThreeCallsTests.xor(50)
    let model = try Sequential(inputs: 2) {
      Normalization()
      Dense(1, activation: .sigmoid)
    }
    try model.compile(optimizer: .adam(learningRate: 1e-9), loss: .binaryCrossentropy())
    let before = try model.explain(data, row: 3).trace.inputs
    #expect(before != data.store.row(3))
    try model.fit(data, observer: ProgressDisplay.silent())
    #expect(try model.explain(data, row: 3).trace.inputs == before)
    #expect(try model.checkGradients(data).passes)
  }

  @Test func whatIsNotCompiledIsRefused() throws {
    let data = try ThreeCallsTests.xor(20)
    let model = try Sequential(inputs: 2) { Dense(1, activation: .sigmoid) }
    for failure in [
      #expect(throws: Failure.self) { try model.check(data) }, #expect(throws: Failure.self) { try model.checkGradients(data) },
      #expect(throws: Failure.self) { try model.explain(data, row: 0) },
    ] {
      #expect(failure?.message == "the model is not compiled; call compile(optimizer:loss:metrics:) first")
    }
  }
}
