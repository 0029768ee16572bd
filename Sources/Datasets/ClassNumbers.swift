/// Class numbers at an address that stays: data sets share them, and workers read them where they are, so that there is one copy of them however many
/// rows there are.
///
/// `@unchecked Sendable`: nobody writes to them after `init`.
public final class ClassNumbers: RandomAccessCollection, ExpressibleByArrayLiteral, Equatable, @unchecked Sendable {
  /// Valid while this object lives.
  public let base: UnsafePointer<Int32>
  public let count: Int

  /// The numbers `number(0)` to `number(count - 1)`.
  public init(count: Int, _ number: (Int) -> Int32) {
    let numbers = UnsafeMutableBufferPointer<Int32>.allocate(capacity: count)
    HugePages.advise(UnsafeMutableRawBufferPointer(numbers))
    for index in 0..<count { numbers.initializeElement(at: index, to: number(index)) }
    base = UnsafePointer(numbers.baseAddress!)
    self.count = count
  }

  public convenience init(arrayLiteral numbers: Int32...) {
    self.init(count: numbers.count) { numbers[$0] }
  }

  deinit { base.deallocate() }

  public var startIndex: Int { 0 }
  public var endIndex: Int { count }

  @inlinable public subscript(index: Int) -> Int32 {
    precondition(0..<count ~= index, "class number \(index) of \(count)")
    return base[index]
  }

  public static func == (left: ClassNumbers, right: ClassNumbers) -> Bool { left.elementsEqual(right) }
}
