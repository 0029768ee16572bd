/// Numbers as they come from text: bytes while all of them are whole numbers from 0 to 255, and floats from the first one on that is not.
struct NumberList {
  private var bytes: [UInt8] = []
  private var floats: [Float] = []
  private var areBytes = true

  var count: Int { areBytes ? bytes.count : floats.count }

  /// Room for `count` numbers that are bytes.
  mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

  @inline(__always)
  mutating func append(_ value: Float) {
    if areBytes {
      if let byte = UInt8(pixel: value) { return bytes.append(byte) }
      spread()
    }
    floats.append(value)
  }

  private mutating func spread() {
    floats.reserveCapacity(bytes.capacity)
    floats += bytes.lazy.map(Float.init)
    bytes = []
    areBytes = false
  }

  /// The numbers, of which there must be at least one.
  var features: ExampleStore.Features {
    areBytes ? .bytes(ByteRows(ByteRegion(copying: bytes), byteCount: bytes.count)) : .floats(floats)
  }
}

extension UInt8 {
  /// A whole number from 0 to 255; nil for others, among them -0.
  @inline(__always)
  init?(pixel value: Float) {
    // False for NaN, too.
    guard value >= 0, value <= 255, value.sign == .plus else { return nil }
    let byte = UInt8(value)
    guard Float(byte) == value else { return nil }
    self = byte
  }
}
