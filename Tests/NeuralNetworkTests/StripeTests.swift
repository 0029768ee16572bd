import NeuralNetwork
import RunConfig
import Testing

/// The promise: the workers' stripes cover the parameter arena once and cut no row, so that every weight, moment and transposed number has one writer.
@Suite struct StripeTests {
  static let networks: [(Int, [Int], Bool)] = [
    (1, [1], true), (1, [1], false), (3, [2, 1], true), (784, [25, 15, 10], true), (784, [25, 15, 10], false), (5, [100, 1, 33], true),
    (2, [16, 16, 16, 16], false),
  ]

  @Test(arguments: Array(1...17) + [64, 240])
  func stripesCoverTheArenaOnce(_ workers: Int) throws {
    for (inputs, units, useBias) in Self.networks {
      let network = try Network(inputs: inputs, layers: units.map { .dense(Dense($0, useBias: useBias)) })
      let stripes = (0..<workers).map { Stripe($0, of: workers, network: network) }
      var next = 0
      for segment in stripes.flatMap(\.segments) {
        let layer = network.layers[segment.layer]
        #expect(segment.offset == next, "the segments follow each other")
        #expect(segment.width == min(32, layer.columns - 32 * segment.panel))
        #expect(segment.offset == layer.index(row: segment.firstRow, unit: 32 * segment.panel) && segment.count == segment.rows * segment.width, "whole rows")
        #expect(segment.rows > 0 && segment.firstRow + segment.rows <= layer.rows)
        next = segment.offset + segment.count
      }
      #expect(next == network.arenaCount)
      // Transposing costs half as much as the rest. A stripe is off its share by less than a row at either end.
      func work(_ segments: [Stripe.Segment]) -> Double { segments.reduce(0) { $0 + Double($1.count) * ($1.layer == 0 ? 1 : 1.5) } }
      let share = work(stripes.flatMap(\.segments)) / Double(workers)
      for stripe in stripes { #expect(abs(work(stripe.segments) - share) <= 48) }
    }
  }
}
