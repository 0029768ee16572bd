import NeuralNetwork
import RunConfig
import Testing
import Topology
import Training

/// Who of several processes takes what: every row and weight once, in order, and whole blocks.
@Suite struct RankPlaceTests {
  @Test(arguments: [1, 7, 32, 128, 129, 256, 1000, 1024, 1500, 60_000]) func everyRowHasOneRank(_ rows: Int) {
    for count in [1, 2, 3, 4, 7, 64, 1024] {
      let places = RankPlace(rank: 0, count: count).all
      #expect(Self.areConsecutive(places.map { $0.blocks(ofBatch: rows) }, to: BatchPlan.blocks(rows)), "\(rows) rows, \(count) ranks")
      let blocks = places.map { $0.blocks(ofBatch: rows).count }
      #expect(blocks.max()! - blocks.min()! <= 1)
      let taken = places.map { BatchPlan(rows: rows, leaves: InputLeaves(inputs: 785, units: 25), shares: .even(2), blocks: $0.blocks(ofBatch: rows)).taken }
      #expect(Self.areConsecutive(taken, to: rows))
    }
  }

  /// Of networks with narrow and wide layers, in one part and in several, with numbers that nobody trains, and more ranks than some have rows of panels.
  @Test(arguments: [(20, [25, 15, 10]), (20, [512, 512, 10]), (20, [1]), (20, [40, 33, 3]), (784, [512, 512, 10]), (784, [90, 1000, 70])])
  func everyWeightHasOneRank(_ inputs: Int, _ units: [Int]) throws {
    for isNormalized in [false, true] {
      let network = try Self.network(units, inputs: inputs, isNormalized: isNormalized)
      let all = Stripe(floats: 0..<network.arenaCount, network: network).segments
      let trained = all.map(\.count).reduce(0, +)
      #expect(trained >= network.blocks.map(\.trainedCount).reduce(0, +))
      let parts = RankPlace.parts(network)
      for count in [1, 2, 3, 5, 64] {
        let places = RankPlace(rank: 0, count: count).all
        let shares = parts.sorted { $0.lowerBound < $1.lowerBound }.map { part in places.map { $0.owned(network, of: part) } }
        let owned = shares.joined().filter { !$0.isEmpty }
        #expect(zip(owned, owned.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound }, "\(owned)")
        // What a rank's workers share are the same rows, and none is cut.
        let stripes = owned.map { Stripe(floats: $0, network: network).segments }
        #expect(stripes.joined().map(\.count).reduce(0, +) == trained, "\(count) ranks")
        #expect(zip(owned, stripes).allSatisfy { $0.lowerBound == $1.first?.offset && $0.upperBound == $1.last.map { $0.offset + $0.count } }, "\(owned)")
        // The first layer's gradients are summed by the run of eight inputs.
        #expect(stripes.joined().allSatisfy { $0.block > 0 || $0.rows.lowerBound % 8 == 0 && $0.rows.upperBound % 8 == 0 })
        // All have as much to update, but for a run of a panel at either end; without what nobody trains.
        for counts in shares.map({ $0.map(\.count) }) where !isNormalized { #expect(counts.max()! - counts.min()! <= 2 * 8 * 32, "\(counts)") }
      }
    }
  }

  /// Large layers travel one by one, the largest first; small ones with what lies before them, and the first, if it is small, with the next.
  @Test func whatIsExchangedAtOnce() throws {
    func parts(_ units: [Int], inputs: Int = 784, isNormalized: Bool = false) throws -> (Network, [Range<Int>]) {
      let network = try Self.network(units, inputs: inputs, isNormalized: isNormalized)
      return (network, RankPlace.parts(network))
    }
    for (units, inputs, isNormalized) in [([25, 15, 10], 784, false), ([512, 512, 10], 20, false), ([512, 96], 784, false), ([512, 10], 784, true)] {
      let (network, one) = try parts(units, inputs: inputs, isNormalized: isNormalized)
      #expect(one == [0..<network.arenaCount], "\(units) of \(inputs)")
    }
    // The second layer of the latter is a little more than 65,536 numbers.
    for units in [[512, 512, 10], [512, 128]] {
      let (large, two) = try parts(units)
      #expect(two == [0..<large.layers[1].offset, large.layers[1].offset..<large.arenaCount], "\(units)")
    }
    let (wide, three) = try parts([256, 1024, 1024, 10])
    let offsets = wide.layers.map(\.offset)
    #expect(three == [offsets[2]..<wide.arenaCount, offsets[1]..<offsets[2], offsets[0]..<offsets[1]])
    // There are no more than 16 parts; the last has all that is left.
    let (deep, most) = try parts(Array(repeating: 300, count: 20), inputs: 300)
    #expect(most.count == 16 && most[0] == deep.layers[15].offset..<deep.arenaCount)
    #expect(Set(most.dropFirst()) == Set((0..<15).map { deep.layers[$0].offset..<deep.layers[$0 + 1].offset }))
  }

  private static func network(_ units: [Int], inputs: Int, isNormalized: Bool) throws -> Network {
    try Network(inputs: inputs, layers: units.flatMap { isNormalized ? [.dense(Dense($0)), .batchNormalization(BatchNormalization())] : [.dense(Dense($0))] })
  }

  private static func areConsecutive(_ ranges: [Range<Int>], to end: Int) -> Bool {
    ranges.first?.lowerBound == 0 && ranges.last?.upperBound == end && zip(ranges, ranges.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound }
  }
}

/// Where the workers of ranks on one host sit.
@Suite struct RankSeatTests {
  private static let eight = (0..<8).map { [$0, $0 + 8] }

  @Test func ranksThatALauncherHasBoundStayThere() {
    let seat = RankSeat(cores: [[0, 8], [1, 9]], seats: [[0, 1, 8, 9], [2, 3, 10, 11]], own: 0, workers: nil, strategy: .compact)
    #expect(seat.strategy == .compact && seat.workers == nil && seat.warning == nil)
  }

  @Test func othersDivideTheCores() {
    let seats = (0..<3).map { rank in
      RankSeat(cores: Self.eight, seats: Array(repeating: Array(0..<16), count: 3), own: rank, workers: nil, strategy: .cores)
    }
    #expect(seats.map(\.strategy) == [.cpus([0, 1]), .cpus([2, 3, 4]), .cpus([5, 6, 7])])
    #expect(seats.map(\.workers) == [2, 3, 3] && seats.allSatisfy { $0.warning == nil })
    for strategy in [PlacementStrategy.cores, .compact, .threads] {
      let few = RankSeat(cores: Self.eight, seats: [Array(0..<16), Array(0..<16)], own: 1, workers: 2, strategy: strategy)
      #expect(few.strategy == .cpus([4, 5]) && few.workers == 2)
    }
    // Bound to sockets, in turn: the first and the third divide one socket, the second has the other alone.
    let (one, other) = ([0, 1, 2, 3], [4, 5, 6, 7])
    let sockets = [(0, one), (1, other), (2, one)].map { own, cpus in
      RankSeat(cores: cpus.map { [$0] }, seats: [one, other, one], own: own, workers: nil, strategy: .cores)
    }
    #expect(sockets[0].strategy == .cpus([0, 1]) && sockets[2].strategy == .cpus([2, 3]) && sockets.allSatisfy { $0.warning == nil })
    #expect(sockets[1].strategy == .cores && sockets[1].workers == nil)
    // Some of one rank's CPUs are another's: which part that one takes nobody knows.
    for other in [[2, 3, 4, 5], [2, 3], [0, 1, 2, 3, 4, 5]] {
      let partly = RankSeat(cores: one.map { [$0] }, seats: [one, other], own: 0, workers: nil, strategy: .cores)
      #expect(partly.warning == "ranks on this host were bound to CPUs of which some are the same, and may meet there", "\(other)")
    }
  }

  @Test func moreThanThereAreCoresIsSaid() {
    let seat = RankSeat(cores: [[0], [1]], seats: Array(repeating: [0, 1], count: 4), own: 2, workers: 2, strategy: .cores)
    #expect(seat.strategy == .none && seat.workers == 2)
    #expect(seat.warning == "4 ranks share 2 cores of this host: the 2 workers of rank 2 on it run unpinned, and ranks will wait for each other")
    // Two ranks of four have no core of their own.
    let none = RankSeat(cores: [[0], [1]], seats: Array(repeating: [0, 1], count: 4), own: 0, workers: nil, strategy: .cores)
    #expect(none.workers == 1 && none.strategy == .none && none.warning != nil)
    // Those elsewhere are not counted.
    let three = RankSeat(cores: [[0]], seats: [[1], [0], [0], [0]], own: 1, workers: nil, strategy: .cores)
    #expect(three.warning?.hasPrefix("3 ranks share 1 core of this host: the 1 worker of rank ") == true && three.workers == 1, "\(three)")
  }

  @Test func whatTheConfigSaysIsLeft() {
    let seat = RankSeat(cores: Self.eight, seats: [Array(0..<16), Array(0..<16)], own: 0, workers: 1, strategy: .cpus([3]))
    #expect(seat.strategy == .cpus([3]) && seat.warning == "ranks on this host may use the same CPUs, and engine.placement leaves it at that")
    #expect(RankSeat(cores: Self.eight, seats: [Array(0..<16), Array(0..<16)], own: 0, workers: 1, strategy: .none).warning == nil)
  }
}
