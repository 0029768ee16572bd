import Datasets
import Testing

/// The promise: digit `index` is a pure function of seed, size and index, and looks as MNIST's digits do.
@Suite struct SyntheticDigitsTests {
  static let digits = SyntheticDigits(seed: 1)

  /// The images of `indices`, made together, and their labels.
  static func made(_ digits: SyntheticDigits, _ indices: Range<UInt64>) -> (images: [UInt8], labels: [UInt8]) {
    var images = [UInt8](repeating: 7, count: indices.count * digits.imageByteCount)
    var labels = [UInt8](repeating: 77, count: indices.count)
    images.withUnsafeMutableBufferPointer { images in
      labels.withUnsafeMutableBufferPointer { labels in digits.render(indices, images: images, labels: labels) }
    }
    return (images, labels)
  }

  /// One image, made alone, and its label.
  static func made(_ digits: SyntheticDigits, _ index: UInt64) -> (image: [UInt8], label: UInt8) {
    var image = [UInt8](repeating: 7, count: digits.imageByteCount)
    let label = image.withUnsafeMutableBufferPointer { digits.render(index: index, into: $0) }
    return (image, label)
  }

  /// These bytes are a promise: published results name a seed. Whoever changes how digits are drawn changes everybody's data.
  @Test func goldenBytes() throws {
    let (images, labels) = Self.made(Self.digits, 0..<1000)
    #expect(try checksum("sha256sum", of: images) == "fee5cca546e81ba07fb562632073b7318faba79e25fbdeb958283a22757247ac")
    #expect(try checksum("sha256sum", of: labels) == "4f958580562d9ff6d4389606854e4e7db9d98469b95dc2ed02b90f31427c9ed3")
    #expect(
      try checksum("sha256sum", of: Self.made(SyntheticDigits(seed: .max, size: 40), (10 << 32)..<(10 << 32) + 100).images)
        == "f7e75981e7debdf1627d0b37e0a779e16717f8e620f363088a563391b5b6e083")
  }

  @Test func alonePairedOrInAnyOrder() {
    let (images, labels) = Self.made(Self.digits, 95..<145)
    for row in (0..<50).reversed() {
      let (image, label) = Self.made(Self.digits, 95 + UInt64(row))
      #expect(image == Array(images[row * 784..<(row + 1) * 784]))
      #expect(label == labels[row])
      #expect(Self.digits.label(index: 95 + UInt64(row)) == label)
    }
    #expect(Self.made(Self.digits, 5..<5).images.isEmpty)
  }

  @Test func everyTenHaveEveryClassInAnOrderOfTheirOwn() {
    let tens = Self.made(Self.digits, 0..<1000).labels.chunks(of: 10)
    for ten in tens { #expect(ten.sorted() == Array(0...9)) }
    #expect(Set(tens).count == 100, "of 10! orders, a hundred draws hardly meet one twice")
    // No class likes a place: 10 of 100 on average, with a standard deviation of 3.
    for place in 0..<10 {
      for label in 0..<10 { #expect(tens.count { $0[place] == label } <= 25, "class \(label) at place \(place)") }
    }
  }

  /// Of MNIST's pixels 19.1% are not blank.
  @Test func inkIsAsDenseAsInMNIST() {
    let images = Self.made(Self.digits, 0..<2000).images
    let inked = Double(images.count { $0 != 0 }) / Double(images.count)
    #expect(abs(inked - 0.191) < 0.01)
    for image in images.chunks(of: 784) {
      #expect(image.contains { $0 > 200 }, "even the thinnest pen leaves a dark line")
      #expect(40...350 ~= image.count { $0 != 0 })
    }
  }

  @Test func noTwoAreAlike() {
    let all = Self.made(Self.digits, 0..<500).images.chunks(of: 784) + Self.made(SyntheticDigits(seed: 2), 0..<500).images.chunks(of: 784)
    #expect(Set(all).count == 1000)
    #expect(Self.made(Self.digits, 0..<100).labels != Self.made(SyntheticDigits(seed: 2), 0..<100).labels)
  }

  /// A digit keeps its look on an image of any size: as much of it is ink.
  @Test(arguments: [8, 13, 56, 256])
  func anySize(size: Int) {
    let digits = SyntheticDigits(seed: 1, size: size)
    let images = Self.made(digits, 0..<100).images
    let inked = Double(images.count { $0 != 0 }) / Double(images.count)
    #expect(abs(inked - 0.191) < 0.06)
    #expect(images.chunks(of: size * size).allSatisfy { image in image.contains { $0 > 200 } })
  }

  /// Pictures are learned from, so a class must look more like itself than like another: the nearest of ten averages is right most of the time.
  @Test func classesCanBeTold() {
    let (images, labels) = Self.made(Self.digits, 0..<3000)
    var means = [[Float]](repeating: [Float](repeating: 0, count: 784), count: 10)
    for (image, label) in zip(images.chunks(of: 784), labels).prefix(2000) {
      for (pixel, value) in image.enumerated() { means[Int(label)][pixel] += Float(value) / 200 }
    }
    let right = zip(images.chunks(of: 784), labels).dropFirst(2000).count { image, label in
      let distances = means.map { mean in zip(mean, image).reduce(Float(0)) { $0 + ($1.0 - Float($1.1)) * ($1.0 - Float($1.1)) } }
      return distances.firstIndex(of: distances.min()!) == Int(label)
    }
    #expect(right > 750, "\(right) of 1000; MNIST itself gives about 820")
  }
}
