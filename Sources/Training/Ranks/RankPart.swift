import Failures
import Foundation
import Ranks

/// What one of the processes that trained together had to do with a run, as `machine.json` keeps it.
public struct RankPart: Equatable, Sendable, Codable {
  /// The name that its host has for itself.
  public let host: String
  /// Threads.
  public let workers: Int
  /// Bytes that it sent a step, on average: its own parts, once for each rank that gets them. Nil before there was a step.
  public let sentBytes: Int?
  /// Bytes that it received a step.
  public let receivedBytes: Int?
  /// Seconds in each phase of the timed epochs, by its name, of the worker that speaks with the other ranks; nil where none were timed.
  public let phases: [String: Double]?
}

extension Ranks {
  /// What each rank had to do, in order. All must ask.
  ///
  /// - Parameters:
  ///   - workers: of this one.
  ///   - traffic: of this one, a step; nil before there was one.
  ///   - phases: for each worker the seconds in each phase, in the order of `Phase`; nil on all ranks or on none.
  func parts(workers: Int, traffic: (sent: Int, received: Int)?, phases: [[Double]]?) -> [RankPart] {
    let hosts = all(ProcessInfo.processInfo.hostName)
    let (threads, sent, received) = (all(workers), all(traffic?.sent ?? -1), all(traffic?.received ?? -1))
    let speaker = phases?.max { $0[Phase.exchange.rawValue] < $1[Phase.exchange.rawValue] }
    let nanoseconds = speaker.map { speaker in Phase.allCases.map { all(Int(speaker[$0.rawValue] * 1e9)) } }
    return (0..<count).map { rank in
      RankPart(
        host: hosts[rank], workers: threads[rank], sentBytes: sent[rank] < 0 ? nil : sent[rank], receivedBytes: received[rank] < 0 ? nil : received[rank],
        phases: nanoseconds.map { times in Dictionary(uniqueKeysWithValues: Phase.allCases.map { ("\($0)", Double(times[$0.rawValue][rank]) * 1e-9) }) })
    }
  }
}
