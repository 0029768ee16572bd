import Foundation
import RunConfig

/// The probabilities that a loss `from_logits` takes each row of `logits` for: its sigmoid or softmax, in Double.
///
/// - Parameters:
///   - logits: row-major.
///   - loss: which says what they are logits of.
///   - width: outputs a row.
public func probabilities(_ logits: [Float], width: Int, loss: Loss) -> [Float] {
  if loss.ownActivation == .sigmoid { return logits.map { Float(1 / (1 + exp(-Double($0)))) } }
  return stride(from: 0, to: logits.count, by: width).flatMap { start in
    let row = logits[start..<start + width].map(Double.init)
    let top = row.max() ?? 0
    let powers = row.map { exp($0 - top) }
    let sum = powers.reduce(0, +)
    return powers.map { Float($0 / sum) }
  }
}
