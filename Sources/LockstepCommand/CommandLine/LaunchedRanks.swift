import Failures
import Foundation
import Ranks

extension Ranks {
  /// Calls `body`, which does what `arguments` ask for, with the processes that a launcher has started with this one; nil where none has. What it throws on one of them
  /// ends all.
  static func launched(_ arguments: Arguments, _ body: (Ranks?) throws(Failure) -> Void) throws(Failure) {
    let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    let folder = URL(fileURLWithPath: program).deletingLastPathComponent().path
    guard let ranks = try Ranks.join(environment: ProcessInfo.processInfo.environment, folder: folder) else { return try body(nil) }
    do throws(Failure) { try body(ranks) } catch { ranks.end(arguments.atOption(error)) }
    ranks.leave()
  }
}
