import Glibc
import Synchronization

/// Whether somebody asked the process to end. A verb that leaves a mess when it ends at once watches, looks now and then, and tidies up first. Who asks twice
/// does not want to wait for that: the second signal ends the process as if nobody watched.
enum Interruption {
  /// 0 for none. Only the handler writes it, and a store is all that it does.
  private static let number = Atomic<Int32>(0)

  /// From now on the first of the usual three signals only leaves its number. One that is ignored, as `nohup` and a shell's background jobs have it, stays so.
  static func watch() {
    // The first use of a static makes it, which a signal handler must not do.
    _ = number.load(ordering: .relaxed)
    _ = watched.load(ordering: .relaxed)
    for each in [SIGINT, SIGTERM, SIGHUP] {
      let earlier = Glibc.signal(each) { signal in
        Interruption.number.store(signal, ordering: .relaxed)
        let watched = Interruption.watched.load(ordering: .relaxed)
        for each in 1...SIGTERM where watched & 1 << each != 0 { Glibc.signal(each, SIG_DFL) }
      }
      if isIgnoring(earlier) { Glibc.signal(each, SIG_IGN) } else { watched.bitwiseOr(1 << each, ordering: .relaxed) }
    }
  }

  /// A bit for each signal that is not ignored.
  private static let watched = Atomic<Int32>(0)

  /// Handlers cannot be compared, but for their addresses.
  private static func isIgnoring(_ handler: sighandler_t?) -> Bool { unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) }

  /// The signal that came; nil when none did.
  static var signal: Int32? {
    let value = number.load(ordering: .relaxed)
    return value == 0 ? nil : value
  }
}
