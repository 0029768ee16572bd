import KernelTemplates
import RandomStreams

/// What is done to a row of inputs before the first layer, and each worker's memory for it.
struct PreparedInputs {
  private enum Operation {
    case scaling(centers: UnsafeMutablePointer<Float>, factors: UnsafeMutablePointer<Float>, offsets: UnsafeMutablePointer<Float>)
    case dropout(rate: Float, family: UInt64)
    case gaussianNoise(deviation: Float, family: UInt64)
    case image(ImageOperation)
  }

  private let width: Int
  private let operations: [Operation]
  private let rows: UnsafeMutablePointer<Float>
  /// Floats of one worker.
  private let stride: Int
  /// 0, 1, 2, …: the numbers of a chunk's prepared rows.
  private let order: UnsafeMutablePointer<UInt32>
  /// Nil where no operation is of images.
  private let images: Images?

  private struct Images {
    let shape: ImageShape
    let xs: UnsafeMutablePointer<Float>
    let ys: UnsafeMutablePointer<Float>
    /// How often a row is sampled.
    let samplings: Int
    /// Each worker's: two images, from one to the other.
    let memory: UnsafeMutablePointer<Float>

    var grid: ImageGrid { ImageGrid(height: shape.height, width: shape.width, xs: xs, ys: ys) }
    /// Floats of an image, and what may be written behind it.
    var stride: Int { paddedToVector(shape.count + 32) }

    func picture(_ number: Int, worker: Int) -> UnsafeMutablePointer<Float> { memory + (2 * worker + number % 2) * stride }
  }

  /// Nil where inputs are taken as they are. Without a seed nothing is learned, and nothing drawn.
  init?(_ network: Network, workers: Int, seed: UInt64?, _ plan: inout BufferPlan) {
    width = network.inputs
    var operations: [Operation] = []
    var images = ImageOperations()
    for preparation in network.preparation {
      if case .augmentation(let layer, let stream) = preparation {
        guard let seed else { continue }
        guard let image = network.image else { preconditionFailure("\(layer.name) without the shape of images") }
        images.push(layer, family: BatchPosition.family(seed: seed, stream: stream), image, workers: workers, &plan)
        continue
      }
      operations += images.take().map(Operation.image)
      switch preparation {
      case .rescaling, .normalization:
        operations.append(.scaling(centers: plan.floats(width + 32), factors: plan.floats(width + 32), offsets: plan.floats(width + 32)))
      case .dropout(let rate, let stream):
        if let seed { operations.append(.dropout(rate: rate, family: BatchPosition.family(seed: seed, stream: stream))) }
      case .gaussianNoise(let deviation, let stream):
        if let seed { operations.append(.gaussianNoise(deviation: deviation, family: BatchPosition.family(seed: seed, stream: stream))) }
      case .augmentation: break
      }
    }
    operations += images.take().map(Operation.image)
    guard !operations.isEmpty else { return nil }
    self.operations = operations
    let samplings = operations.count { if case .image(.sample) = $0 { true } else { false } }
    if operations.contains(where: { if case .image = $0 { true } else { false } }), let shape = network.image {
      self.images = Images(
        shape: shape, xs: plan.floats(width + 32), ys: plan.floats(width + 32), samplings: samplings,
        memory: plan.floats(workers * 2 * paddedToVector(width + 32)))
    } else {
      self.images = nil
    }
    // What is done to a row may write behind its end: into the next one, before that is written.
    stride = paddedToVector(BatchBuffers.chunkRows * width + 32)
    rows = plan.floats(workers * stride)
    order = plan.numbers(BatchBuffers.chunkRows, UInt32.self)
  }

  /// Writes what never changes, once there is memory and the arena holds the weights.
  func fill(_ parameters: ParameterArena) {
    for row in 0..<BatchBuffers.chunkRows { order[row] = UInt32(row) }
    if let images {
      for pixel in 0..<width { (images.xs[pixel], images.ys[pixel]) = (Float(pixel % images.shape.width), Float(pixel / images.shape.width)) }
    }
    let scalings: [(Int) -> (center: Float, factor: Float, offset: Float)] = parameters.network.preparation.compactMap { preparation in
      switch preparation {
      case .rescaling(let scale, let offset): { _ in (0, Float(scale), Float(offset)) }
      case .normalization(let layout):
        { input in
          let (mean, variance) = (parameters.weights.base[layout.index(row: 0, unit: input)], parameters.weights.base[layout.index(row: 1, unit: input)])
          // Keras's least deviation. The mean is taken away first, so that an input that never changes becomes 0, whatever it is divided by.
          return (mean, 1 / max(variance.squareRoot(), 1e-7), 0)
        }
      case .dropout, .gaussianNoise, .augmentation: nil
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
    let wanted = runs.lowerBound * 8..<min(runs.upperBound * 8, width)
    let values = rows + worker * stride
    for operation in operations { if case .image(.sample(_, let moves?, _)) = operation { moves.prepare(position, worker: worker) } }
    if !wanted.isEmpty {
      for row in 0..<count {
        let place = values + row * width
        let start = images.map { $0.samplings > 0 ? $0.picture($0.samplings, worker: worker) : place } ?? place
        let columns = start == place ? wanted : 0..<width
        expand(kernels, source, row: Int(numbers[row]), ahead: Int(numbers[min(row + rowsAhead, count - 1)]), columns, into: start)
        prepare(kernels, start, into: place, wanted, row: firstRow + row, position, worker: worker)
      }
    }
    kernels.gatherFloats(
      values, width: width, rows: order, count: count, following: UnsafeBufferPointer(start: nil, count: 0), scale: 1, runs: runs, into: lists)
  }

  /// Does to the row of this number in the batch what is to be done; it begins at `start` and ends at `place`. What is sampled may come from anywhere, so up
  /// to the last sampling it is the whole row, and then the columns that are wanted.
  private func prepare(
    _ kernels: any KernelSet.Type, _ start: UnsafeMutablePointer<Float>, into place: UnsafeMutablePointer<Float>, _ wanted: Range<Int>, row: Int,
    _ position: BatchPosition, worker: Int
  ) {
    var current = start
    var samplings = images?.samplings ?? 0
    var columns = samplings > 0 ? 0..<width : wanted
    var map = AffineMap.identity
    for operation in operations {
      switch operation {
      case .scaling(let centers, let factors, let offsets):
        kernels.scaleInputs(current, centers: centers, factors: factors, offsets: offsets, columns: columns)
      case .dropout(let rate, let family):
        kernels.dropOutInputs(current, rate: rate, scale: 1 / (1 - rate), key: position.key(family), row: row, columns: columns)
      case .gaussianNoise(let deviation, let family):
        kernels.addNoiseToInputs(current, deviation: deviation, key: position.key(family), row: row, columns: columns)
      case .image(.map(let random, let family)):
        guard let images else { continue }
        var generator = CounterGenerator(seed: position.key(family), stream: UInt64(row))
        map = map.followed(by: random.draw(&generator, images.shape))
      case .image(.sample(let fill, let elastic, let limits)):
        guard let images else { continue }
        samplings -= 1
        if samplings == 0 { columns = wanted }
        let next = samplings > 0 ? images.picture(samplings, worker: worker) : place
        let moves = elastic?.draw(kernels, images.grid, row: row, columns: columns, position, worker: worker)
        kernels.sampleImage(current, images.grid, map: map.kernel, moves: moves, fill: fill, limits: limits, columns: columns, into: next)
        (current, map) = (next, .identity)
      case .image(.erase(let erasure, let family)):
        guard let images else { continue }
        erase(kernels, erasure, images, position.key(family), row: row, columns, in: current)
      }
    }
  }

  /// Writes some columns of a row as floats; of one that is `ahead` they are asked for.
  private func expand(
    _ kernels: any KernelSet.Type, _ source: ExampleSource, row: Int, ahead: Int, _ columns: Range<Int>, into values: UnsafeMutablePointer<Float>
  ) {
    switch source.features {
    case .bytes(let bytes):
      prefetch(bytes + ahead * width, columns)
      kernels.expandBytes(bytes + row * width, scale: source.scale, columns: columns, into: values)
    case .floats(let floats):
      prefetch(floats + ahead * width, columns)
      kernels.expandFloats(floats + row * width, scale: source.scale, columns: columns, into: values)
    }
  }

  private func erase(
    _ kernels: any KernelSet.Type, _ erasure: RandomErasure, _ images: Images, _ key: UInt64, row: Int, _ columns: Range<Int>,
    in values: UnsafeMutablePointer<Float>
  ) {
    var generator = CounterGenerator(seed: key, stream: UInt64(row))
    guard let box = erasure.draw(&generator, images.shape) else { return }
    if let value = erasure.value {
      kernels.eraseInputs(values, images.grid, box, value: value, columns: columns)
    } else {
      kernels.eraseInputsWithNoise(
        values, images.grid, box, deviation: erasure.deviation, limits: erasure.limits, key: key, row: row, columns: columns)
    }
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
