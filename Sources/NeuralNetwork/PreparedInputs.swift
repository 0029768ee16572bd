import KernelTemplates

/// What is done to a row of inputs before the first layer, and each worker's memory for it.
struct PreparedInputs {
  private enum Operation {
    case scaling(centers: UnsafeMutablePointer<Float>, factors: UnsafeMutablePointer<Float>, offsets: UnsafeMutablePointer<Float>)
    case dropout(rate: Float, family: UInt64)
    case gaussianNoise(deviation: Float, family: UInt64)
  }

  private let width: Int
  private let operations: [Operation]
  private let rows: UnsafeMutablePointer<Float>
  /// Floats of one worker.
  private let stride: Int
  /// 0, 1, 2, …: the numbers of a chunk's prepared rows.
  private let order: UnsafeMutablePointer<UInt32>

  /// Nil where inputs are taken as they are. Without a seed nothing is learned, and nothing drawn.
  init?(_ network: Network, workers: Int, seed: UInt64?, _ plan: inout BufferPlan) {
    width = network.inputs
    var operations: [Operation] = []
    for preparation in network.preparation {
      switch preparation {
      case .rescaling, .normalization:
        operations.append(.scaling(centers: plan.floats(width + 32), factors: plan.floats(width + 32), offsets: plan.floats(width + 32)))
      case .dropout(let rate, let stream):
        if let seed { operations.append(.dropout(rate: rate, family: BatchPosition.family(seed: seed, stream: stream))) }
      case .gaussianNoise(let deviation, let stream):
        if let seed { operations.append(.gaussianNoise(deviation: deviation, family: BatchPosition.family(seed: seed, stream: stream))) }
      }
    }
    guard !operations.isEmpty else { return nil }
    self.operations = operations
    // What is done to a row may write behind its end: into the next one, before that is written.
    stride = paddedToVector(BatchBuffers.chunkRows * width + 32)
    rows = plan.floats(workers * stride)
    order = plan.numbers(BatchBuffers.chunkRows, UInt32.self)
  }

  /// Writes what never changes, once there is memory and the arena holds the weights.
  func fill(_ parameters: ParameterArena) {
    for row in 0..<BatchBuffers.chunkRows { order[row] = UInt32(row) }
    let scalings: [(Int) -> (center: Float, factor: Float, offset: Float)] = parameters.network.preparation.compactMap { preparation in
      switch preparation {
      case .rescaling(let scale, let offset): { _ in (0, Float(scale), Float(offset)) }
      case .normalization(let layout):
        { input in
          let (mean, variance) = (parameters.weights.base[layout.index(row: 0, unit: input)], parameters.weights.base[layout.index(row: 1, unit: input)])
          // Keras's least deviation. The mean is taken away first, so that an input that never changes becomes 0, whatever it is divided by.
          return (mean, 1 / max(variance.squareRoot(), 1e-7), 0)
        }
      case .dropout, .gaussianNoise: nil
      }
    }
    let places = operations.compactMap {
      if case .scaling(let centers, let factors, let offsets) = $0 { (centers: centers, factors: factors, offsets: offsets) } else { nil }
    }
    for (scaling, places) in zip(scalings, places) {
      for input in 0..<width { (places.centers[input], places.factors[input], places.offsets[input]) = scaling(input) }
    }
  }

  /// Prepares the inputs of the runs of some rows, and gathers them; `position` is the first row's.
  func gather(
    _ kernels: any KernelSet.Type, _ source: ExampleSource, rows numbers: UnsafePointer<UInt32>, count: Int, runs: Range<Int>, firstRow: Int,
    _ position: BatchPosition, worker: Int, into lists: InputRuns
  ) {
    // No runs, or the bias's alone, may begin behind the last input.
    let columns = min(runs.lowerBound * 8, width)..<min(runs.upperBound * 8, width)
    let values = rows + worker * stride
    for row in 0..<count {
      let place = values + row * width
      let number = Int(numbers[row])
      let ahead = Int(numbers[min(row + rowsAhead, count - 1)])
      switch source.features {
      case .bytes(let bytes):
        prefetch(bytes + ahead * width, columns)
        kernels.expandBytes(bytes + number * width, scale: source.scale, columns: columns, into: place)
      case .floats(let floats):
        prefetch(floats + ahead * width, columns)
        kernels.expandFloats(floats + number * width, scale: source.scale, columns: columns, into: place)
      }
      for operation in operations {
        switch operation {
        case .scaling(let centers, let factors, let offsets):
          kernels.scaleInputs(place, centers: centers, factors: factors, offsets: offsets, columns: columns)
        case .dropout(let rate, let family):
          kernels.dropOutInputs(place, rate: rate, scale: 1 / (1 - rate), key: position.key(family), row: firstRow + row, columns: columns)
        case .gaussianNoise(let deviation, let family):
          kernels.addNoiseToInputs(place, deviation: deviation, key: position.key(family), row: firstRow + row, columns: columns)
        }
      }
    }
    kernels.gatherFloats(
      values, width: width, rows: order, count: count, following: UnsafeBufferPointer(start: nil, count: 0), scale: 1, runs: runs, into: lists)
  }

  private func prefetch<Element>(_ row: UnsafePointer<Element>, _ columns: Range<Int>) {
    var line = UnsafeRawPointer(row + columns.lowerBound).alignedDown(toMultipleOf: 64)
    let end = UnsafeRawPointer(row + columns.upperBound)
    while line < end {
      prefetchLine(line)
      line += 64
    }
  }
}
