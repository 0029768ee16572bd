import NeuralNetwork

/// What went wrong in a step whose loss or weights became NaN or infinite, found out after the fact: the workers have left everything as it was.
struct Diagnosis {
  /// Of the epoch, from 0.
  let step: Int
  /// What, in which layer, for which rows, and the likely cause.
  let words: String

  /// Nil when nothing went wrong.
  ///
  /// - Parameter firstStep: steps the model took before this epoch.
  init?(_ loop: StepLoop, _ epoch: EpochPlan, firstStep: Int, _ source: ExampleSource, _ order: [UInt32]) {
    let faults = loop.faults
    if let step = faults.weightsStep, step <= faults.lossPlace?.step ?? step {
      self.step = step
      let rows = step * epoch.batchSize..<min((step + 1) * epoch.batchSize, epoch.rows)
      let what =
        switch loop.parameters.firstNonFinite {
        case (let layer, gradientIsFinite: false)?: "a gradient of layer \(layer) is NaN or infinite"
        case (let layer, gradientIsFinite: true)?: "a weight of layer \(layer) has become NaN or infinite"
        // All of them can be finite, and the sum of their squares not: of the gradients, where their norm is clipped, or of the weights, in a penalty.
        case nil: loop.rule.normLimit == nil ? "the penalty of the weights is infinite" : "the norm of the gradients is infinite"
        }
      words = "\(what), from the batch's \(rows.count) rows; " + Self.cause(order[rows], source, loop, step: firstStep + step)
    } else if let (step, number) = faults.lossPlace {
      self.step = step
      guard number != StepFaults.elsewhere else {
        words = ""
        return
      }
      let plan = epoch.plan(step)
      let begin = step * epoch.batchSize
      // The buffers still hold this section.
      guard let section = plan.sections.first(where: { $0.rows.lowerBound / BatchBuffers.mostRows == number }) else {
        preconditionFailure("a loss in section \(number), which this rank has not")
      }
      guard let place = loop.buffers.firstNonFiniteLoss(0..<section.rows.count) else { preconditionFailure("a loss that was not finite, and now all are") }
      let worker = section.shards.firstIndex { $0.rows.contains(place) } ?? 0
      let rows = section.shards[worker].rows
      let first = section.rows.lowerBound
      let row = Int(order[begin + first + place])
      let layer =
        loop.buffers.firstNonFiniteLayer(row: place).map { "the outputs of layer \($0) are NaN or infinite" } ?? "all layers' outputs are finite"
      words =
        "the loss of row \(row) of the data is NaN or infinite, and \(layer) (worker \(worker), rows \(first + rows.lowerBound) to \(first + rows.upperBound - 1) of the batch); "
        + Self.cause(order[begin..<min(begin + plan.rows, order.count)], source, loop, step: firstStep + step)
    } else {
      return nil
    }
  }

  /// What usually makes numbers grow like that, judged by the rows of the batch.
  private static func cause(_ rows: ArraySlice<UInt32>, _ source: ExampleSource, _ loop: StepLoop, step: Int) -> String {
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
    return "likely cause: a learning rate of \(loop.rule.learningRate.value(step: step)) is too high for this network; try a tenth of it"
  }
}

extension UnsafePointer {
  fileprivate subscript(range: Range<Int>) -> UnsafeBufferPointer<Pointee> { UnsafeBufferPointer(start: self + range.lowerBound, count: range.count) }
}
