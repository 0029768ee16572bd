import RandomStreams
import Testing

/// Pinned values come from a transcription of the method into Python: a change of any of them changes what every seed means.
@Suite struct CounterGeneratorTests {
  @Test(arguments: [
    (UInt64(1), Stream.validationSplit, [0x547d_ee02_bea3_34a3, 0x3f64_8500_2143_64b0, 0x9e4e_8a67_93b2_318a, 0x6d83_cc02_5a1d_aa7c] as [UInt64]),
    (0, 0, [0x568a_9b0b_1a2c_05ec, 0x44e5_b8b1_47ef_718b, 0x4585_63ab_5552_1133, 0x7aec_6445_39b6_c0f9]),
    (.max, .max, [0x97c5_3905_c4f5_21a3, 0x220f_3ab1_0d7f_df18]),
  ])
  func firstValues(seed: UInt64, stream: UInt64, expected: [UInt64]) {
    var generator = CounterGenerator(seed: seed, stream: stream)
    #expect(expected.map { _ in generator.next() } == expected)
  }

  @Test func firstUnits() {
    var generator = CounterGenerator(seed: 1, stream: Stream.shuffle(epoch: 0))
    #expect((0..<3).map { _ in generator.nextUnit() } == [0.9550757353037636, 0.44957935800810334, 0.010544140597832596])
  }

  @Test func firstBoundedValues() {
    var generator = CounterGenerator(seed: 7, stream: 0)
    #expect((0..<12).map { _ in generator.next(below: 10) } == [9, 8, 9, 0, 7, 1, 2, 6, 8, 6, 3, 7])
  }

  /// At this bound almost half of all draws are rejected, so the sequence also pins the rejection.
  @Test func firstValuesBelowABoundThatRejectsHalf() {
    var generator = CounterGenerator(seed: 7, stream: 0)
    let expected: [UInt64] = [571_841_173_440_777_107, 1_482_853_663_719_962_019, 8_239_762_334_985_553_412]
    #expect((0..<3).map { _ in generator.next(below: 1 << 63 + 1) } == expected)
  }

  @Test func eachValueBelowABoundIsAboutEquallyOften() {
    var generator = CounterGenerator(seed: 3, stream: 5)
    var counts = [Int](repeating: 0, count: 6)
    for _ in 0..<60_000 { counts[Int(generator.next(below: 6))] += 1 }
    // Chi-square with 5 degrees of freedom; 20.5 is exceeded once in a thousand seeds.
    let chiSquare = counts.reduce(0.0) { $0 + (Double($1) - 10_000) * (Double($1) - 10_000) / 10_000 }
    #expect(chiSquare < 20.5, "\(counts)")
  }

  /// Modulo bias would make values in the lower half of this bound twice as likely as those above.
  @Test func aLargeBoundIsNotBiased() {
    var generator = CounterGenerator(seed: 3, stream: 6)
    let bound: UInt64 = 3 << 62
    let lower = (0..<30_000).filter { _ in generator.next(below: bound) < 1 << 62 }.count
    #expect(9_600...10_400 ~= lower, "\(lower) of 30000 in the lowest third")
  }

  @Test func unitsFillTheUnitInterval() {
    var generator = CounterGenerator(seed: 9, stream: 0)
    let values = (0..<10_000).map { _ in generator.nextUnit() }
    #expect(values.allSatisfy { 0..<1 ~= $0 })
    #expect(abs(values.reduce(0, +) / 10_000 - 0.5) < 0.012)
  }
}
