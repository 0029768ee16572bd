import Foundation

/// `object` as one line of JSON, keys sorted. Its values are what JSON knows, numbers finite.
package func jsonLine(_ object: [String: Any]) -> String {
  guard let data = try? JSONSerialization.data(withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes]) else {
    preconditionFailure("not a JSON object: \(object)")
  }
  return String(decoding: data, as: UTF8.self)
}
