/// Class numbers at an address that stays: data sets share them, and workers read them where they are, so that there is one copy of them however many
/// rows there are.
///
/// `@unchecked Sendable`: nobody writes to them after `init`.
public final class ClassNumbers: RandomAccessCollection, ExpressibleByArrayLiteral, Equatable, @unchecked Sendable {
  /// Valid while this object lives.
  public let base: UnsafePointer<Int32>
  /// How many there are.
  public let count: Int

  /// The numbers `number(0)` to `number(count - 1)`.
  public init(count: Int, _ number: (Int) -> Int32) {
    let numbers = UnsafeMutableBufferPointer<Int32>.allocate(capacity: count)
    HugePages.advise(UnsafeMutableRawBufferPointer(numbers))
    for index in 0..<count { numbers.initializeElement(at: index, to: number(index)) }
    base = UnsafePointer(numbers.baseAddress!)
    self.count = count
  }

  /// The numbers of an array literal.
  public convenience init(arrayLiteral numbers: Int32...) {
    self.init(count: numbers.count) { numbers[$0] }
  }

  deinit { base.deallocate() }

  /// 0.
  public var startIndex: Int { 0 }
  /// `count`.
  public var endIndex: Int { count }

  /// The number of row `index`; traps beyond the last.
  @inlinable public subscript(index: Int) -> Int32 {
    precondition(0..<count ~= index, "class number \(index) of \(count)")
    return base[index]
  }

  /// Whether both hold the same numbers in the same order.
  public static func == (left: ClassNumbers, right: ClassNumbers) -> Bool { left.elementsEqual(right) }
}
