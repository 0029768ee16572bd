import Glibc
import Synchronization

/// The connections that are open, and until when each must have an answer.
///
/// libmicrohttpd closes those that are silent; one that sends a byte now and then it would keep forever.
final class OpenConnections: Sendable {
  private struct Connection {
    let descriptor: Int32
    var deadline: ContinuousClock.Instant
    /// Whether there were enough when it came.
    let isBeyond: Bool
  }

  /// By the address that libmicrohttpd has for each.
  ///
  /// The daemon's thread takes a connection out before it closes the descriptor; so one that is in here, under the lock, is open.
  private let table = Mutex<[UInt: Connection]>([:])
  private let limit: Int
  private let patience: Duration

  /// - Parameters:
  ///   - limit: so many are answered.
  ///   - patience: how long a connection may be open, or go on after an answer, until the next one is complete.
  init(limit: Int, patience: Duration) {
    self.limit = limit
    self.patience = patience
  }

  func opened(_ connection: UInt, descriptor: Int32) {
    table.withLock { $0[connection] = Connection(descriptor: descriptor, deadline: ContinuousClock.now + patience, isBeyond: $0.count >= limit) }
  }

  func answered(_ connection: UInt) { table.withLock { $0[connection]?.deadline = ContinuousClock.now + patience } }

  func closed(_ connection: UInt) { table.withLock { $0[connection] = nil } }

  /// Whether it is one too many.
  func isTooMany(_ connection: UInt) -> Bool { table.withLock { $0.count > limit && $0[connection]?.isBeyond == true } }

  /// Ends those that are overdue: the daemon sees them closed, and tidies up.
  func endOverdue() {
    let now = ContinuousClock.now
    table.withLock { connections in
      for connection in connections.values where connection.deadline < now { shutdown(connection.descriptor, Int32(SHUT_RDWR)) }
    }
  }
}
