import Datasets
import Failures
import Foundation
import Kernels
import NeuralNetwork
import Reference
import RandomStreams
import RunConfig
import TestSupport
import Testing
import Training

/// The promise: image layers do to the rows of a batch, as they are gathered, what Keras's do with the same numbers; alike on any workers; only in training.
@Suite(.serialized) struct AugmentationTests {
  /// `Tests/Golden/augmentations.json`; layers as a config writes them.
  struct Golden {
    let height, width: Int
    let image, framed, stacked: [Float]
    let cases: [(layer: String, pixels: [[Float]])]
    let stack: [String]

    init() throws {
      let data = try Data(contentsOf: PackageFiles.root.appendingPathComponent("Tests/Golden/augmentations.json"))
      let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
      func numbers(_ key: String) throws -> [Float] { try #require(object[key] as? [Double]).map { Float($0) } }
      func text(_ value: Any?) throws -> String { String(decoding: try JSONSerialization.data(withJSONObject: try #require(value)), as: UTF8.self) }
      (height, width) = (try #require(object["height"] as? Int), try #require(object["width"] as? Int))
      (image, framed, stacked) = (try numbers("image"), try numbers("framed_image"), try numbers("stacked"))
      cases = try #require(object["layers"] as? [[String: Any]]).map { item in
        (try text(item["layer"]), try #require(item["pixels"] as? [[Double]]).map { $0.map { Float($0) } })
      }
      stack = try #require(object["stack"] as? [Any]).map { try text($0) }
    }
  }

  /// The layers that a config writes so.
  private static func layers(_ texts: [String]) throws -> [Layer] {
    let text = """
      { name: 'x', data: { source: 'bundled' }, model: { layers: [\(texts.joined(separator: ", ")), { type: 'dense', units: 10 }] },
        compile: { optimizer: 'sgd', loss: { type: 'sparse_categorical_crossentropy', from_logits: true } } }
      """
    return try RunConfiguration(json5: text, name: "x").model.layers.dropLast()
  }

  /// What the first dense layer sees of each of `images`, a power of two, in the first step: with kernels of 0, a unit a row, and a target of −½ for it, the
  /// gradient of its column is the row.
  private static func seen(_ layers: [Layer], _ images: [[Float]], workers: Int = 1, set: InstructionSet = InstructionSet.supported[0]) throws -> [[Float]] {
    let count = images.count
    let targets = (0..<count).map { row in (0..<count).map { $0 == row ? Float(-0.5) : 0 } }
    let dataset = try Dataset(floats: images.flatMap { $0 }, width: images[0].count, vectors: targets)
    var fit = SmallFit(
      layers: layers + [.dense(count, useBias: false, kernelInitializer: .zeros)], optimizer: .sgd(learningRate: .constant(Double(count * count))),
      loss: .meanSquaredError,
      options: FitSection(epochs: 1, batchSize: count, shuffle: false), set: set)
    fit.validates = false
    let network = try fit.compiled(dataset).network
    let kernel = network.tensors(arena: try fit.run(dataset, workers: workers).state.weights)[0].values
    return (0..<count).map { row in (0..<images[0].count).map { -kernel[$0 * count + row] } }
  }

  @Test(arguments: InstructionSet.supported) func asKeras(_ set: InstructionSet) throws {
    let golden = try Golden()
    #expect(golden.cases.count == 13)
    let reshape = Layer.reshape(Reshape([golden.height, golden.width]))
    for (layer, pixels) in golden.cases {
      let rows = try Self.seen([reshape] + Self.layers([layer]), Array(repeating: golden.image, count: 8), set: set)
      for row in rows {
        // A sign is each row's own.
        let distances = pixels.map { zip($0, row).reduce(0) { max($0, abs($1.0 - $1.1)) } }
        expectClose(row, pixels[distances.firstIndex(of: distances.min()!)!], within: 2e-5, layer)
      }
      #expect(Set(rows).count == pixels.count, "\(layer)")
    }
  }

  /// One after the other, in the order of the stack.
  @Test func neighboursAreJoined() throws {
    let golden = try Golden()
    let reshape = Layer.reshape(Reshape([golden.height, golden.width, 1]))
    let stack = try Self.layers(golden.stack)
    #expect(stack.count == 2)
    let found = try Self.seen([reshape] + stack, [golden.framed])[0]
    expectClose(found, golden.stacked, within: 2e-5)
    let apart = try Self.seen([reshape, stack[0], .rescaling(Rescaling(2, offset: 1)), .rescaling(Rescaling(0.5, offset: -0.5)), stack[1]], [golden.framed])[0]
    expectClose(apart, golden.stacked, within: 2e-5)
    let backwards = try Self.seen([reshape] + stack.reversed(), [golden.framed])[0]
    #expect(zip(backwards, golden.stacked).contains { abs($0 - $1) > 0.1 })
  }

  /// All maps, and then moves: sampled once, between the pixels of the image itself.
  @Test func theMapIsSampledOnce() throws {
    let image = seededFloats(12 * 17, seed: 8, in: 0...1)
    let shape = ImageShape([12, 17])!
    let layers: [Layer] = [
      .reshape(Reshape([12, 17])), .augmentation(.rotation(RandomRotation(.between(0.1, 0.1)))),
      .augmentation(.translation(RandomTranslation(heightFactor: .between(0.07, 0.07), widthFactor: .between(-0.11, -0.11)))),
      .augmentation(.zoom(RandomZoom(heightFactor: .between(0.2, 0.2), widthFactor: .between(-0.15, -0.15)))),
    ]
    let map = AffineMap.rotation(turns: 0.1, shape).followed(by: .translation(x: -0.11 * 17, y: 0.07 * 12)).followed(by: .zoom(x: 0.85, y: 1.2, shape))
    func place(_ x: Double, _ y: Double) -> (x: Double, y: Double) { (map.a0 * x + map.a1 * y + map.a2, map.b0 * x + map.b1 * y + map.b2) }
    let source = DoubleImage(height: 12, width: 17, pixels: image.map(Double.init))
    expectClose(try Self.seen(layers, [image])[0], source.sampled(place).pixels.map { Float($0) }, within: 2e-5)

    let elastic = Layer.augmentation(.elasticTransform(RandomElasticTransform(factor: .between(1, 1), scale: .between(1, 1))))
    let rows = try Self.seen(layers + [elastic], Array(repeating: image, count: 4))
    for (row, found) in rows.enumerated() {
      let moves = Self.moves(row: row, layer: 3, shape)
      let expected = source.sampled { x, y in
        let pixel = Int(y) * 17 + Int(x)
        return place(x + moves[0][pixel], y + moves[1][pixel])
      }
      expectClose(found, expected.pixels.map { Float($0) }, within: 5e-5, "row \(row)")
    }
    // Behind it the image is sampled anew.
    let turned = AffineMap.rotation(turns: 0.1, shape)
    let after = try Self.seen([layers[0], elastic, layers[1]], [image])[0]
    let moves = Self.moves(row: 0, layer: 0, shape)
    let expected = source.sampled { ($0 + moves[0][Int($1) * 17 + Int($0)], $1 + moves[1][Int($1) * 17 + Int($0)]) }
      .sampled { (turned.a0 * $0 + turned.a1 * $1 + turned.a2, turned.b0 * $0 + turned.b1 * $1 + turned.b2) }
    expectClose(after, expected.pixels.map { Float($0) }, within: 5e-5)
  }

  /// Of the first step, with a scale of 1: noise drawn for places in rows of 32, both ways, and smoothed.
  private static func moves(row: Int, layer: Int, _ shape: ImageShape) -> [[Double]] {
    let drawn = DrawnNumbers(seed: 5, layer: layer, step: 0)
    let deviation = 0.05 * Double(min(shape.height, shape.width))
    let radius = (Int(6 * deviation) | 1) / 2
    let densities = (-radius...radius).map { exp(-0.5 * (Double($0) / deviation) * (Double($0) / deviation)) }
    let sum = densities.reduce(0, +)
    return (0..<2).map { field in
      let noise = (0..<shape.count).map { standardNormal(drawn.uniform(row: row, column: (field * shape.height + $0 / shape.width) * 32 + $0 % shape.width)) }
      return (0..<shape.count).map { pixel in
        var move = 0.0
        for i in -radius...radius {
          for j in -radius...radius {
            let (y, x) = (pixel / shape.width + i, pixel % shape.width + j)
            guard 0..<shape.height ~= y, 0..<shape.width ~= x else { continue }
            move += densities[i + radius] * densities[j + radius] * noise[y * shape.width + x]
          }
        }
        return move / (sum * sum) * deviation * 0.1 * Double(max(shape.height, shape.width))
      }
    }
  }

  /// A box of its own for each row, its value or noise within the limits, and the rest as it was.
  @Test func boxesAreErased() throws {
    let images = seededFloats(64 * 96, seed: 9, in: 0...1).chunks(of: 96)
    for value: Double? in [0.5, nil] {
      let erasing = RandomErasing(factor: .between(1, 1), scale: .between(0.1, 0.3), fillValue: value, valueRange: -2...2)
      let found = try Self.seen([.reshape(Reshape([8, 12])), .augmentation(.erasing(erasing))], images)
      var boxes: Set<[Int]> = []
      var noise: [Float] = []
      for (image, row) in zip(images, found) {
        let changed = (0..<96).filter { row[$0] != image[$0] }
        let (xs, ys) = (Set(changed.map { $0 % 12 }), Set(changed.map { $0 / 12 }))
        boxes.insert([xs.min()!, xs.max()!, ys.min()!, ys.max()!])
        #expect(changed.count == (xs.max()! - xs.min()! + 1) * (ys.max()! - ys.min()! + 1), "a whole box")
        // √0.1 and √0.3 of 12 and 8 pixels.
        #expect(3...7 ~= xs.count && 2...5 ~= ys.count)
        if value != nil { #expect(changed.allSatisfy { row[$0] == 0.5 }) } else { noise += changed.map { row[$0] } }
      }
      #expect(boxes.count > 30)
      guard value == nil else { continue }
      #expect(noise.allSatisfy { -2...2 ~= $0 })
      #expect(noise.contains(2) && noise.contains(-2) && Set(noise).count > noise.count / 2)
      let mean: Float = noise.reduce(0, +) / Float(noise.count)
      let limit: Float = 8 / Float(noise.count).squareRoot()
      #expect(abs(mean) < limit)
    }
  }

  static let stacks: [[Augmentation]] = [
    [.rotation(RandomRotation(0.1)), .zoom(RandomZoom(heightFactor: 0.2)), .elasticTransform(RandomElasticTransform())],
    [
      .elasticTransform(RandomElasticTransform(factor: .between(1, 1), fillMode: .constant)), .shear(RandomShear(xFactor: 0.2, fillMode: .wrap)),
      .translation(RandomTranslation(heightFactor: 0.1, widthFactor: 0.1, fillMode: .nearest)), .erasing(RandomErasing(valueRange: 0...1)),
    ],
    [.erasing(RandomErasing(fillValue: 0.5)), .translation(RandomTranslation(heightFactor: 0.3, widthFactor: 0.3))],
    [.erasing(RandomErasing(valueRange: -1...1))],
  ]

  private static func layers(_ number: Int, firstUnits: Int = 9) -> [Layer] {
    [.reshape(Reshape([7, 37])), .dropout(Dropout(0.1))] + stacks[number].map(Layer.augmentation) + [.gaussianNoise(GaussianNoise(0.1))]
      + [.dense(firstUnits, activation: .tanh), .batchNormalization(BatchNormalization()), .dense(4)]
  }

  @Test(arguments: stacks.indices, [7, 100]) func anyNumberOfWorkers(_ number: Int, _ batchSize: Int) throws {
    let dataset = try SmallData.bytes(201, width: SmallData.leafyWidth)
    var fit = SmallFit(layers: Self.layers(number), options: FitSection(epochs: 2, batchSize: batchSize))
    var fused: SmallFit.Result?
    for set in InstructionSet.supported {
      fit.set = set
      let expected = try fit.run(dataset, workers: 1)
      #expect(expected.state.weights.allSatisfy { $0.isFinite })
      for workers in [2, 3, 5, 13] { #expect(try fit.run(dataset, workers: workers) == expected, "\(workers) workers, \(set)") }
      if set != .portable {
        #expect(fused == nil || fused == expected, "\(set)")
        fused = expected
      }
    }
  }

  /// Rows that are divided, and shares without any inputs.
  @Test(arguments: stacks.indices) func anyNumberOfWorkersForAWideLayer(_ number: Int) throws {
    let dataset = try SmallData.bytes(75, width: SmallData.leafyWidth)
    let fit = SmallFit(layers: Self.layers(number, firstUnits: 400), set: InstructionSet.supported[0])
    let expected = try fit.run(dataset, workers: 1)
    for workers in [2, 5] { #expect(try fit.run(dataset, workers: workers) == expected, "\(workers) workers") }
    let narrow = SmallFit(layers: Self.layers(number), set: InstructionSet.supported[0])
    let alone = try narrow.run(dataset, workers: 1)
    for shares in [[1, 1000], [1000, 1, 1]] { #expect(try narrow.run(dataset, workers: shares.count) { $0.divide(by: Shares(shares)) } == alone) }
  }

  /// Other steps and seeds draw other numbers; what only looks at data draws none.
  @Test(arguments: stacks.indices) func onlyTrainingDraws(_ number: Int) throws {
    let dataset = try SmallData.bytes(64, width: SmallData.leafyWidth)
    let image = Layer.reshape(Reshape([7, 37]))
    let stack = [image] + Self.stacks[number].map(Layer.augmentation) + [.dense(4)]
    let compiled = try SmallFit(layers: stack).compiled(dataset)
    let plain = try SmallFit(layers: [image, .dense(4)]).compiled(dataset)
    let state = compiled.initialState(seed: 5)
    #expect(try evaluate(compiled, state: state, dataset: dataset, crew: try crew(2)) == evaluate(plain, state: state, dataset: dataset, crew: try crew(2)))
    func losses(_ seed: UInt64) throws -> [Double] {
      let options = FitSection(epochs: 2, batchSize: 64, shuffle: false)
      let fit = try SmallFit(layers: stack, optimizer: .sgd(learningRate: 1e-30), options: options).compiled(dataset)
      let fitting = try Fitting(fit, state: state, training: dataset, validation: nil, options: options, seed: seed, crew: try crew(1))
      var observer = SilentObserver()
      return try fitting.run(observer: &observer).records.map { $0["loss"]! }
    }
    #expect(Set(try losses(1) + losses(2)).count == 4)
  }

  /// A file's images have rows and columns; an array's have them by a reshape.
  @Test func imagesHaveAShape() throws {
    let layers: [Layer] = [.augmentation(.rotation(RandomRotation(0.1))), .dense(10)]
    let digits = try Dataset.bundledDigits()
    #expect(digits.store.shape == [28, 28])
    var fit = SmallFit(layers: layers, options: FitSection(epochs: 1, batchSize: 500))
    fit.validates = false
    let result = try fit.run(digits, workers: 2)
    fit.layers.insert(.reshape(Reshape([28, 28])), at: 0)
    #expect(try fit.run(digits, workers: 2) == result)
    fit.layers[0] = .reshape(Reshape([14, 56]))
    #expect(try fit.run(digits, workers: 2) != result)
    let failure = #expect(throws: Failure.self) { try SmallFit(layers: layers).run(try SmallData.bytes(9), workers: 1) }
    #expect(
      failure?.description
        == "training data: random_rotation needs images, and nothing says which rows and columns the 19 numbers of an example are; put a reshape before it")
  }

  static let refusals: [([Layer], String)] = [
    (
      [.dense(4), .augmentation(.rotation(RandomRotation(0.1)))],
      "model.layers[1].type: random_rotation is of images, and must stand before the first dense layer"
    ),
    ([.dense(4), .reshape(Reshape([2, 2]))], "model.layers[1].type: a reshape is of images, and must stand before the first dense layer"),
    ([.reshape(Reshape([4, 5])), .dense(4)], "model.layers[0].target_shape: 4 rows of 5 are 20 numbers; an example has 19"),
    ([.reshape(Reshape([1, 19, 3])), .dense(4)], "model.layers[0].target_shape: expected [rows, columns] or [rows, columns, 1], found [1, 19, 3]"),
    (
      [.reshape(Reshape([1 << 40, 1 << 40])), .dense(4)],
      "model.layers[0].target_shape: expected [rows, columns] or [rows, columns, 1], found [1099511627776, 1099511627776]"
    ),
  ]

  @Test(arguments: refusals.indices) func refused(_ number: Int) {
    let (layers, message) = Self.refusals[number]
    let failure = #expect(throws: Failure.self) { try Network(inputs: 19, layers: layers) }
    #expect(failure?.description == message)
  }
}
