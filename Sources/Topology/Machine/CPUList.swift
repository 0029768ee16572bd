import Failures

/// CPU numbers in the compact form of `taskset` and `lscpu`: "0-3,8". The order is kept, so a list can also say which worker goes where.
public struct CPUList: Equatable, Sendable {
  /// The largest CPU number `init(parsing:)` accepts; far above any machine, and it keeps "0-4000000000" from filling the memory.
  public static let largestNumber = 65_535

  /// The CPU numbers, in the order given.
  public let numbers: [Int]

  /// A list of `numbers` in this order.
  public init(_ numbers: [Int]) {
    self.numbers = numbers
  }

  /// Reads "0-3,8": numbers and ascending ranges, separated by commas; spaces around them do not matter.
  ///
  /// - Throws: `.badData` for anything else, naming the part that is wrong.
  public init(parsing text: String) throws(Failure) {
    var numbers: [Int] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let bounds = part.split(separator: "-", omittingEmptySubsequences: false).map { Self.number($0) }
      guard bounds.count <= 2, let first = bounds[0], let last = bounds[bounds.count - 1], first <= last else {
        throw Failure(.badData, "'\(part)' is not a CPU number or a range of them; write a list like 0-3,8")
      }
      guard last <= Self.largestNumber else { throw Failure(.badData, "'\(part)' is past the largest CPU number, \(Self.largestNumber)") }
      numbers.append(contentsOf: first...last)
    }
    self.numbers = numbers
  }

  /// Digits alone: `Int` by itself would also take "+3".
  private static func number(_ text: Substring) -> Int? {
    let digits = text.drop { $0 == " " }.prefix { $0 != " " }
    let isAlone = text.count { $0 != " " } == digits.count
    return isAlone && digits.allSatisfy { $0.isASCII && $0.isNumber } ? Int(digits) : nil
  }
}

extension CPUList: CustomStringConvertible {
  /// The compact form, runs of consecutive ascending numbers as ranges; empty for no CPUs.
  public var description: String {
    var ranges: [ClosedRange<Int>] = []
    for number in numbers {
      if let last = ranges.last, last.upperBound + 1 == number {
        ranges[ranges.count - 1] = last.lowerBound...number
      } else {
        ranges.append(number...number)
      }
    }
    return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ",")
  }
}
