import Foundation
import Training

/// A check of gradients as text or JSON.
struct GradcheckReport {
  let name: String
  let check: GradientCheck

  var text: String {
    let rows = check.tensors.map { tensor in
      [
        tensor.name, "\(tensor.checked) of \(tensor.count)", String(format: "%.2e", tensor.largest), String(format: "%.1e", tensor.error),
        String(format: "%.1e", tensor.relativeError), "\(tensor.kinks)", tensor.passes ? Ink.output.good("agrees") : Ink.output.bad("WRONG"),
      ]
    }
    let workers = "\(check.workers) worker\(check.workers == 1 ? "" : "s")"
    return Paragraph.text(
      "", "\(name): the gradient of the mean loss over \(check.rows) rows, by the engine (\(workers)) and by differences of the loss in Double")
      + "\n" + Paragraph.table([["tensor", "looked at", "largest slope", "error", "relative", "at a kink", ""]] + rows, left: [0, 6])
      + String(format: "loss %.6f, by the reference %.6f\n", check.loss, check.referenceLoss) + "\n"
      + Paragraph.text(
        "",
        "An error passes up to a thousandth of its layer's largest slope, or \(GradientCheck.leastError): rounding to single precision leaves some millionths, a wrong "
          + "formula a hundredth and more. At a kink the gradient must lie between the slopes on either side.")
  }

  /// Numbers that are not finite are null.
  var json: [String: Any] {
    [
      "rows": check.rows, "loss": Self.json(check.loss), "reference_loss": Self.json(check.referenceLoss), "passes": check.passes,
      "tolerance": GradientCheck.tolerance,
      "tensors": check.tensors.map { tensor in
        [
          "name": tensor.name, "count": tensor.count, "checked": tensor.checked, "kinks": tensor.kinks, "largest": Self.json(tensor.largest),
          "error": Self.json(tensor.error), "relative_error": Self.json(tensor.relativeError), "passes": tensor.passes,
          "worst": ["element": tensor.worst.element, "gradient": Self.json(tensor.worst.gradient), "slope": Self.json(tensor.worst.slope)] as [String: Any],
        ] as [String: Any]
      },
    ]
  }

  private static func json(_ value: Double) -> Any { value.isFinite ? value as Any : NSNull() }
}
