import Foundation
import Glibc

/// Runs `body(0)` … `body(count - 1)` on threads of their own, all at once, and waits for them.
func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
  let group = DispatchGroup()
  for number in 0..<count {
    group.enter()
    let thread = Thread {
      body(number)
      group.leave()
    }
    thread.start()
  }
  group.wait()
}

/// Runs `body` on `count` of Dispatch's threads at once, those that worker pools leave behind among them, and waits.
func onDispatchThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
  let group = DispatchGroup()
  for number in 0..<count { DispatchQueue(label: "threads.\(number)").async(group: group) { body(number) } }
  group.wait()
}

/// The CPUs that the calling thread may run on, ascending, as the kernel tells it; empty when it does not.
func affinity() -> [Int] {
  let status = FileHandle(forReadingAtPath: "/proc/thread-self/status").flatMap { try? $0.readToEnd() }
  let lines = String(decoding: status ?? Data(), as: UTF8.self).split(separator: "\n")
  guard let list = lines.first(where: { $0.hasPrefix("Cpus_allowed_list:") })?.split(separator: "\t").last else { return [] }
  return list.split(separator: ",").flatMap { range in
    let ends = range.split(separator: "-").compactMap { Int($0) }
    return Array(ends[0]...ends[ends.count - 1])
  }
}

/// Whether this thread takes numbers below 2^-126 for zero. The number comes from a string, so that the compiler cannot do the division.
func flushesDenormals() -> Bool { strtof("1.2e-38", nil) / 4 == 0 }

/// An array that threads write by index, each its own element.
final class Slots<Element>: @unchecked Sendable {
  private let base: UnsafeMutablePointer<Element>
  private let count: Int

  init(_ count: Int, _ value: Element) {
    self.count = count
    base = .allocate(capacity: count)
    base.initialize(repeating: value, count: count)
  }

  deinit {
    base.deinitialize(count: count)
    base.deallocate()
  }

  subscript(index: Int) -> Element {
    get { base[index] }
    set { base[index] = newValue }
  }

  var all: [Element] { Array(UnsafeBufferPointer(start: base, count: count)) }
}
