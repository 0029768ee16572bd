import Lockstep
import Testing

/// The promise: numbers are shown in few digits, with the unit that fits.
@Suite struct AmountTests {
  @Test func words() {
    #expect([0, 999, 1000, 20_175, 1_234_567].map(Amount.count) == ["0", "999", "1,000", "20,175", "1,234,567"])
    #expect([900, 663_400, 3_940_000, 7_850_000_000].map(Amount.bytes) == ["1 kB", "663 kB", "3.9 MB", "7.8 GB"])
    #expect([0.234, 9.999, 12.3, 119.6, 600].map(Amount.seconds) == ["0.23 s", "10.00 s", "12 s", "120 s", "10 min"])
    #expect([0, 7.2, 125, 12_000, 1e99].map(Amount.duration) == ["0 s", "8 s", "2:05 min", "3:20 h", "277777:46 h"])
    #expect([12.4, 190_400, 1_254_000].map(Amount.rate) == ["12", "190k", "1.25M"])
  }
}
