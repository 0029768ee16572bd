import Glibc
import Synchronization

/// Whether somebody asked the process to end. A verb that leaves a mess when it ends at once watches, looks now and then, and tidies up first.
enum Interruption {
  /// 0 for none. Only the handler writes it, and a store is all that it does.
  private static let number = Atomic<Int32>(0)

  /// From now on the usual three signals only leave their number.
  static func watch() {
    // The first use of a static makes it, which a signal handler must not do.
    _ = number.load(ordering: .relaxed)
    for each in [SIGINT, SIGTERM, SIGHUP] {
      Glibc.signal(each) { Interruption.number.store($0, ordering: .relaxed) }
    }
  }

  /// The signal that came; nil when none did.
  static var signal: Int32? {
    let value = number.load(ordering: .relaxed)
    return value == 0 ? nil : value
  }
}
