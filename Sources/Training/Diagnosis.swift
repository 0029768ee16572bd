import NeuralNetwork

/// What went wrong in a step whose loss or weights became NaN or infinite, found out after the fact: the workers have left everything as it was.
struct Diagnosis {
  /// Of the epoch, from 0.
  let step: Int
  /// What, in which layer, for which rows, and the likely cause.
  let words: String

  /// Nil when nothing went wrong.
  init?(_ loop: StepLoop, _ epoch: EpochPlan, _ source: ExampleSource, _ order: [UInt32]) {
    let (weightsStep, lossStep) = (loop.faults.weightsStep, loop.faults.lossStep)
    if let step = weightsStep, step <= lossStep ?? step {
      self.step = step
      let rows = step * epoch.batchSize..<min((step + 1) * epoch.batchSize, epoch.rows)
      let found = loop.parameters.firstNonFinite
      let layer = found.map { "of layer \($0.layer.name)" } ?? "of some layer"
      let what = found?.gradientIsFinite == false ? "a gradient \(layer) is NaN or infinite" : "a weight \(layer) has become NaN or infinite"
      words = "\(what), from the batch's \(rows.count) rows; " + Self.cause(order[rows], source, loop)
    } else if let step = lossStep {
      self.step = step
      let plan = epoch.plan(step)
      let begin = step * epoch.batchSize
      // The buffers hold the section in which it happened.
      let places = plan.sections.lazy.compactMap { section in loop.buffers.firstNonFiniteLoss(0..<section.rows.count).map { (section: section, row: $0) } }
      guard let place = places.first else { preconditionFailure("a loss that was not finite, and now all are") }
      let worker = place.section.shards.firstIndex { $0.rows.contains(place.row) } ?? 0
      let rows = place.section.shards[worker].rows
      let row = Int(order[begin + place.section.rows.lowerBound + place.row])
      let layer =
        loop.buffers.firstNonFiniteLayer(row: place.row).map { "the outputs of layer \($0.name) are NaN or infinite" } ?? "all layers' outputs are finite"
      let first = place.section.rows.lowerBound
      words =
        "the loss of row \(row) of the data is NaN or infinite, and \(layer) (worker \(worker), rows \(first + rows.lowerBound) to \(first + rows.upperBound - 1) of the batch); "
        + Self.cause(order[begin..<min(begin + plan.rows, order.count)], source, loop)
    } else {
      return nil
    }
  }

  /// What usually makes numbers grow like that, judged by the rows of the batch.
  private static func cause(_ rows: ArraySlice<UInt32>, _ source: ExampleSource, _ loop: StepLoop) -> String {
    var input: Float = 0
    var target: Float = 0
    for row in rows.map(Int.init) {
      for column in row * source.width..<(row + 1) * source.width {
        switch source.features {
        case .bytes(let bytes): input = max(input, Float(bytes[column]))
        case .floats(let floats): input = max(input, abs(floats[column]))
        }
      }
      if let vectors = source.vectors {
        let width = loop.parameters.network.outputs
        for value in vectors[row * width..<(row + 1) * width] { target = max(target, abs(value)) }
      }
    }
    input /= source.scale
    if input > 30 { return "likely cause: inputs as large as \(input); divide them by more with data.scale, so that they lie between 0 and 1 or so" }
    if target > 1000 { return "likely cause: labels as large as \(target); bring them to 1 or so" }
    return "likely cause: a learning rate of \(loop.rule.learningRate) is too high for this network; try a tenth of it"
  }
}

extension UnsafePointer {
  fileprivate subscript(range: Range<Int>) -> UnsafeBufferPointer<Pointee> { UnsafeBufferPointer(start: self + range.lowerBound, count: range.count) }
}
