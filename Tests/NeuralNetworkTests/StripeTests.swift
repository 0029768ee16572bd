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
      let network = try Network(
        inputs: inputs,
        layers: units.flatMap { units -> [Layer] in
          [
            .dense(Dense(units, useBias: useBias)), .batchNormalization(BatchNormalization()), .layerNormalization(LayerNormalization(scale: false)),
            .batchNormalization(BatchNormalization(center: false, scale: false)),
          ]
        })
      let runs = InputLeaves(network.layers[0]).runs
      let stripes = (0..<workers).map { worker in
        Stripe(
          runs: runs * worker / workers..<runs * (worker + 1) / workers, share: Double(worker) / Double(workers)..<Double(worker + 1) / Double(workers),
          network: network)
      }
      var covered = [Int](repeating: 0, count: network.arenaCount)
      for segment in stripes.flatMap(\.segments) {
        let block = network.blocks[segment.block]
        #expect(segment.width == min(32, block.columns - 32 * segment.panel))
        #expect(segment.offset == block.index(row: segment.rows.lowerBound, unit: 32 * segment.panel), "whole rows")
        #expect(segment.count == segment.rows.count * segment.width)
        #expect(!segment.rows.isEmpty && block.trainedRows.contains(segment.rows.lowerBound) && segment.rows.upperBound <= block.trainedRows.upperBound)
        for place in segment.offset..<segment.offset + segment.count { covered[place] += 1 }
      }
      var expected = [Int](repeating: 0, count: network.arenaCount)
      for block in network.blocks {
        for row in block.trainedRows { for unit in 0..<block.columns { expected[block.index(row: row, unit: unit)] = 1 } }
      }
      #expect(covered == expected, "\(workers) workers, \(inputs) inputs, \(units) units")
      // Of the layers behind the first a stripe is off its share by less than a row at either end.
      func floats(_ stripe: Stripe) -> Double { Double(stripe.blocks.dropFirst().joined().reduce(0) { $0 + $1.count }) }
      let share = stripes.reduce(0) { $0 + floats($1) } / Double(workers)
      for stripe in stripes { #expect(abs(floats(stripe) - share) <= 64) }
    }
  }
}
