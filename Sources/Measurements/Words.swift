import Foundation

/// Numbers as people read them in a table.
enum Words {
  /// "8.25 µs": three digits and a unit.
  static func seconds(_ seconds: Double) -> String {
    let (value, unit) = seconds < 1e-6 ? (seconds * 1e9, "ns") : seconds < 1e-3 ? (seconds * 1e6, "µs") : seconds < 1 ? (seconds * 1e3, "ms") : (seconds, "s")
    return "\(threeDigits(value)) \(unit)"
  }

  /// "472k", "1.21M".
  static func rate(_ rate: Double) -> String {
    rate >= 1e6 ? "\(threeDigits(rate / 1e6))M" : rate >= 1e3 ? "\(threeDigits(rate / 1e3))k" : threeDigits(rate)
  }

  static func percent(_ share: Double) -> String { String(format: "%.1f%%", 100 * share) }

  static func threeDigits(_ value: Double) -> String { String(format: value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value) }

  /// "1.5 KiB", "2.10 MiB".
  static func bytes(_ bytes: Int) -> String {
    bytes.magnitude < 1 << 20 ? String(format: "%.1f KiB", Double(bytes) / 1024) : String(format: "%.2f MiB", Double(bytes) / 1_048_576)
  }

  /// "1 worker", "2 workers".
  static func count(_ number: Int, _ noun: String) -> String { number == 1 ? "1 \(noun)" : "\(number) \(noun)s" }
}

/// `value` as JSON knows it: nothing is null.
func orNull(_ value: Any?) -> Any { value ?? NSNull() }
