import Failures
import Foundation
import Interchange
import NeuralNetwork
import RunConfig

/// A checkpoint as safetensors: the weights under Keras's names, the optimizer's moments behind them (`optimizer.momentum.dense.kernel`, …), and all else as texts
/// in the metadata, with a checksum over everything.
extension Checkpoint {
  private static let format = "lockstep checkpoint 1"
  private static let logStartKey = "csv_log_start"
  private static let dataKeys = ["training_data", "validation_data"]

  /// The bytes of the file. Equal checkpoints are equal bytes.
  ///
  /// - Throws: `Failure` when the metadata are more than a header may hold.
  func encoded(_ network: Network) throws(Failure) -> [UInt8] {
    var tensors = network.tensors(arena: state.weights)
    for (name, moment) in zip(OptimizerRule(configuration.compile.optimizer).momentNames, state.moments) {
      tensors += network.tensors(arena: moment, trained: true).map { NamedTensor(name: Self.prefix(name) + $0.name, shape: $0.shape, values: $0.values) }
    }
    if let best = progress.bestWeights {
      tensors += network.tensors(arena: best).map { NamedTensor(name: Self.bestPrefix + $0.name, shape: $0.shape, values: $0.values) }
    }
    var metadata = [
      "format": Self.format,
      "config": configuration.resolvedJSON(),
      "history": progress.records.map { $0.jsonLine + "\n" }.joined(),
      "epoch": String(progress.records.count),
      "epoch_step": String(progress.epoch.steps),
      "epoch_loss_sum": String(progress.epoch.sums.loss),
      "epoch_correct": String(progress.epoch.sums.correct),
      "epoch_rows": String(progress.epoch.sums.count),
      "epoch_metric_counts": progress.epoch.metrics.counts.map { String($0) }.joined(separator: " "),
      "epoch_metric_sums": progress.epoch.metrics.sums.map { String($0) }.joined(separator: " "),
      "epoch_seconds": String(progress.seconds),
      "step": String(state.step),
      "seed": String(configuration.seed),
      "fused_multiply_add": String(isFused),
    ]
    if configuration.fit.diagnostics {
      metadata["diagnostics"] = progress.records.compactMap(\.diagnosticsJSONLine).map { $0 + "\n" }.joined()
      metadata["epoch_norms"] = progress.epoch.norms?.json ?? ""
    }
    if let logStart { metadata[Self.logStartKey] = String(logStart) }
    for (key, fingerprint) in zip(Self.dataKeys, data) { metadata[key] = fingerprint.text }
    return try Safetensors.encode(tensors, metadata: metadata, checksum: true)
  }

  /// Reads what `encoded` wrote.
  ///
  /// - Parameter file: the file's name, for messages.
  /// - Throws: `Failure` (bad data) at the file for whatever is damaged, missing or out of place.
  init(_ bytes: [UInt8], file: String) throws(Failure) {
    let contents = try Safetensors.decode(bytes, file: file, needsChecksum: true)
    do {
      try self.init(contents)
    } catch {
      throw error.inside(file)
    }
  }

  private init(_ contents: Safetensors) throws(Failure) {
    func text(_ key: String) throws(Failure) -> String {
      guard let text = contents.metadata[key] else { throw Failure(.badData, at: "metadata", "'\(key)' is missing") }
      return text
    }
    func number(_ key: String) throws(Failure) -> Double {
      guard let number = Double(try text(key)) else { throw Failure(.badData, at: "metadata '\(key)'", "expected a number") }
      return number
    }
    func count(_ key: String) throws(Failure) -> Int {
      // So small that nothing which is added to it overflows.
      guard let count = Int(try text(key)), 0...(1 << 53) ~= count else {
        throw Failure(.badData, at: "metadata '\(key)'", "expected a whole number, 0 or above")
      }
      return count
    }
    /// Empty where a version without metrics wrote the file.
    func list<Number>(_ key: String, _ read: (String) -> Number?) throws(Failure) -> [Number] {
      let words = (contents.metadata[key] ?? "").split(separator: " ").map(String.init)
      let numbers = words.compactMap(read)
      guard numbers.count == words.count else { throw Failure(.badData, at: "metadata '\(key)'", "expected numbers") }
      return numbers
    }
    func flag(_ key: String) throws(Failure) -> Bool {
      guard let flag = Bool(try text(key)) else { throw Failure(.badData, at: "metadata '\(key)'", "expected true or false") }
      return flag
    }
    let format = try text("format")
    guard format == Self.format else { throw Failure(.badData, at: "metadata 'format'", "expected '\(Self.format)', found '\(format.prefix(60))'") }
    let configuration = try RunConfiguration(json5: try text("config"), name: "config.json")
    let network = try Self.network(contents.tensors, configuration)
    let state = try Self.state(contents.tensors, configuration, network, step: try count("step"))
    let metricNames = Array(configuration.compile.metrics.figureNames(outputs: network.outputs).joined())
    var records = try EpochRecord.records(jsonLines: try text("history"), metricNames: metricNames, after: configuration.fit.initialEpoch)
    try records.add(diagnostics: contents.metadata["diagnostics"] ?? "")
    let epochs = try count("epoch")
    guard records.count == epochs else { throw Failure(.badData, at: "metadata 'history'", "expected \(epochs) lines, found \(records.count)") }
    let metrics = MetricTotals(counts: try list("epoch_metric_counts", Int.init), sums: try list("epoch_metric_sums", Double.init))
    guard metrics.fit(MetricPlan(configuration.compile.metrics, outputs: network.outputs)), metrics.counts.allSatisfy({ 0...(1 << 53) ~= $0 }) else {
      throw Failure(.badData, at: "metadata 'epoch_metric_counts'", "not those of the config's metrics")
    }
    let sums = SliceSums(loss: try number("epoch_loss_sum"), correct: try count("epoch_correct"), count: try count("epoch_rows"))
    self.init(
      configuration: configuration, data: Self.dataKeys.compactMap { contents.metadata[$0].map(DataFingerprint.init(text:)) },
      progress: FitProgress(
        records: records,
        epoch: EpochProgress(steps: try count("epoch_step"), sums: sums, metrics: metrics, norms: try Self.norms(contents.metadata["epoch_norms"])),
        seconds: try number("epoch_seconds"),
        bestWeights: try Self.best(contents.tensors, configuration, network)),
      state: state, logStart: contents.metadata[Self.logStartKey] == nil ? nil : try count(Self.logStartKey), isFused: try flag("fused_multiply_add"))
  }

  private static func network(_ tensors: [NamedTensor], _ configuration: RunConfiguration) throws(Failure) -> Network {
    guard let kernel = tensors.first(where: { $0.name == "dense.kernel" }), let inputs = kernel.shape.first, inputs <= Int(Int32.max) else {
      throw Failure(.badData, at: "dense.kernel", "missing; expected the first layer's weights")
    }
    return try Network(inputs: inputs, layers: configuration.model.layers)
  }

  private static func state(
    _ tensors: [NamedTensor], _ configuration: RunConfiguration, _ network: Network, step: Int
  ) throws(Failure) -> ModelState {
    let names = OptimizerRule(configuration.compile.optimizer).momentNames
    let allowsNaN = !configuration.fit.terminateOnNaN
    let weights = tensors.filter { tensor in !tensor.name.hasPrefix(bestPrefix) && !names.contains { tensor.name.hasPrefix(Self.prefix($0)) } }
    var moments: [[Float]] = []
    for name in names { moments.append(try network.arena(tensors: part(Self.prefix(name), of: tensors), trained: true, allowsNaN: allowsNaN)) }
    return ModelState(weights: try network.arena(tensors: weights, allowsNaN: allowsNaN), moments: moments, step: step)
  }

  private static func norms(_ text: String?) throws(Failure) -> [LayerNorms]? {
    guard let text, !text.isEmpty else { return nil }
    return try [LayerNorms](diagnosticsJSON: text)
  }

  /// The weights after the best epoch, if there are some.
  private static func best(_ tensors: [NamedTensor], _ configuration: RunConfiguration, _ network: Network) throws(Failure) -> [Float]? {
    let best = part(bestPrefix, of: tensors)
    return best.isEmpty ? nil : try network.arena(tensors: best, allowsNaN: !configuration.fit.terminateOnNaN)
  }

  /// The tensors whose names begin with `prefix`, without it.
  private static func part(_ prefix: String, of tensors: [NamedTensor]) -> [NamedTensor] {
    tensors.filter { $0.name.hasPrefix(prefix) }.map { NamedTensor(name: String($0.name.dropFirst(prefix.count)), shape: $0.shape, values: $0.values) }
  }

  private static let momentPrefix = "optimizer."
  /// Of the weights after the best epoch.
  private static let bestPrefix = "best."
  private static func prefix(_ moment: String) -> String { "\(momentPrefix)\(moment)." }

  /// The tensors of any file, and those of a checkpoint without the optimizer's.
  static func weights(_ contents: Safetensors) -> [NamedTensor] {
    contents.metadata["format"] == format ? contents.tensors.filter { !$0.name.hasPrefix(momentPrefix) && !$0.name.hasPrefix(bestPrefix) } : contents.tensors
  }
}

extension EpochRecord {
  /// The records of a `history.jsonl`. The figures come in Keras's order: loss, metrics, then the same with `val_`; one that is `null` is NaN.
  ///
  /// - Parameters:
  ///   - metricNames: the metrics' figures in order.
  ///   - initialEpoch: the number before the first line's.
  /// - Throws: `Failure` (bad data) naming the line.
  static func records(jsonLines text: String, metricNames: [String], after initialEpoch: Int) throws(Failure) -> [EpochRecord] {
    let order = Dictionary(uniqueKeysWithValues: (["loss"] + metricNames + (["loss"] + metricNames).map { "val_" + $0 }).enumerated().map { ($1, $0) })
    var records: [EpochRecord] = []
    for (index, line) in text.split(separator: "\n").enumerated() {
      let number = initialEpoch + index + 1
      guard let object = try? JSONDecoder().decode([String: Double?].self, from: Data(line.utf8)),
        let epoch = object["epoch"] ?? nil, epoch == Double(number), let seconds = object["seconds"], let rate = object["samples_per_second"]
      else { throw Failure(.badData, at: "history line \(index + 1)", "expected the figures of epoch \(number)") }
      let names = object.keys.filter { !["epoch", "seconds", "samples_per_second"].contains($0) }.sorted {
        (order[$0] ?? order.count, $0) < (order[$1] ?? order.count, $1)
      }
      records.append(
        EpochRecord(
          epoch: number, figures: names.map { Figure($0, (object[$0] ?? nil) ?? .nan) }, seconds: seconds ?? .nan, samplesPerSecond: rate ?? .nan))
    }
    return records
  }
}

/// Reads a checkpoint and forgets it, for tests that are not of this room.
package func checkCheckpoint(_ bytes: [UInt8]) throws(Failure) { _ = try Checkpoint(bytes, file: "checkpoint") }
