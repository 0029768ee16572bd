import Foundation

/// A key of which two configs say different things.
public struct ConfigChange: Equatable, Sendable {
  /// `compile.optimizer.learning_rate`.
  public let path: String
  /// The values as JSON in one line; nil where a config has no such key.
  public let before: String?
  /// The same of the later config; nil where the key is not there.
  public let after: String?
}

extension RunConfiguration {
  /// What this config says otherwise than `earlier`, defaults included, sorted by path.
  public func changes(from earlier: RunConfiguration) -> [ConfigChange] { Self.changes(earlier.json, json, at: "") }

  private static func changes(_ old: JSONValue?, _ new: JSONValue?, at path: String) -> [ConfigChange] {
    if old == new { return [] }
    if case .object(let olds)? = old, case .object(let news)? = new {
      return Set(olds.keys).union(news.keys).sorted().flatMap { key in changes(olds[key], news[key], at: path.isEmpty ? key : "\(path).\(key)") }
    }
    if case .array(let olds)? = old, case .array(let news)? = new {
      return (0..<max(olds.count, news.count)).flatMap { index in
        changes(index < olds.count ? olds[index] : nil, index < news.count ? news[index] : nil, at: "\(path)[\(index)]")
      }
    }
    return [ConfigChange(path: path, before: old?.line, after: new?.line)]
  }
}

extension JSONValue {
  /// The value as JSON in one line, keys sorted.
  fileprivate var line: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    do {
      return String(decoding: try encoder.encode(self), as: UTF8.self)
    } catch {
      preconditionFailure("a tree of numbers, words and lists did not encode: \(error)")
    }
  }
}
