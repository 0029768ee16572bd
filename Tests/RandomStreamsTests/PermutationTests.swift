import RandomStreams
import Testing

@Suite struct PermutationTests {
  @Test func firstShuffle() {
    var generator = CounterGenerator(seed: 1, stream: Stream.shuffle(epoch: 3))
    var values = Array(0..<10)
    generator.shuffle(&values)
    #expect(values == [0, 7, 8, 6, 1, 4, 5, 3, 9, 2])
  }

  @Test(arguments: [0, 1, 2, 3, 1000])
  func aShuffleIsAPermutation(count: Int) {
    var generator = CounterGenerator(seed: 4, stream: 0)
    var values = Array(0..<count)
    generator.shuffle(&values)
    #expect(values.sorted() == Array(0..<count))
    if count == 1000 { #expect(values != values.sorted()) }
  }

  @Test func aSliceIsShuffledWithinItself() {
    var generator = CounterGenerator(seed: 4, stream: 0)
    var values = Array(0..<100)
    generator.shuffle(&values[40..<60])
    #expect(Array(values[..<40]) == Array(0..<40))
    #expect(values[40..<60].sorted() == Array(40..<60))
    #expect(Array(values[60...]) == Array(60..<100))
  }

  @Test func eachOrderOfThreeIsAboutEquallyOften() {
    var generator = CounterGenerator(seed: 11, stream: 0)
    var counts: [[Int]: Int] = [:]
    for _ in 0..<6_000 {
      var values = [0, 1, 2]
      generator.shuffle(&values)
      counts[values, default: 0] += 1
    }
    #expect(counts.count == 6)
    #expect(counts.values.allSatisfy { 850...1150 ~= $0 }, "\(counts)")
  }
}

@Suite struct StreamTests {
  static let streams =
    (0..<5).map(Stream.shuffle(epoch:)) + (0..<5).map(Stream.kernel(layer:)) + (0..<5).map(Stream.bias(layer:)) + [Stream.validationSplit]
    + (0..<5).map(Stream.syntheticShape(index:)) + (0..<5).map(Stream.syntheticClasses(block:))

  @Test func everyUseHasItsOwnNumber() {
    #expect(Set(Self.streams).count == Self.streams.count)
  }

  @Test func numbersArePinned() {
    #expect(Stream.shuffle(epoch: 2) == 0x0100_0000_0000_0002)
    #expect(Stream.kernel(layer: 2) == 0x0200_0000_0000_0002)
    #expect(Stream.bias(layer: 2) == 0x0300_0000_0000_0002)
    #expect(Stream.validationSplit == 0x0400_0000_0000_0000)
    #expect(Stream.syntheticShape(index: 2) == 0x0500_0000_0000_0002)
    #expect(Stream.syntheticClasses(block: 2) == 0x0600_0000_0000_0002)
  }

  /// Streams start at different points of one sequence; they must not be near each other, for any seed tried.
  @Test func streamsAndSeedsShareNoValue() {
    var seen: Set<UInt64> = []
    for seed in UInt64(0)..<4 {
      for stream in Self.streams {
        var generator = CounterGenerator(seed: seed, stream: stream)
        for _ in 0..<100 { seen.insert(generator.next()) }
      }
    }
    #expect(seen.count == 4 * Self.streams.count * 100)
  }
}
