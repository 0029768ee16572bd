import Failures
import Foundation

/// Memory that is this process's alone: what it would give back by ending.
package enum PrivateMemory {
  /// In bytes; nil where the system does not tell.
  package static var bytes: Int? { (try? String(contentsOfFile: "/proc/self/smaps_rollup", encoding: .utf8)).flatMap(bytes(in:)) }

  /// The sum of `Private_Clean` and `Private_Dirty`, which the kernel gives in kB (of 1024 bytes).
  package static func bytes(in rollup: String) -> Int? {
    let sizes = rollup.split(separator: "\n").compactMap { line -> Int? in
      let words = line.split(separator: " ")
      guard words.count == 3, ["Private_Clean:", "Private_Dirty:"].contains(words[0]), words[2] == "kB" else { return nil }
      return Int(words[1])
    }
    return sizes.count == 2 ? (sizes[0] + sizes[1]) * 1024 : nil
  }
}
