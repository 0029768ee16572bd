import Failures

extension FitSection {
  init(_ reader: inout ObjectReader) throws(Failure) {
    self.init()
    if let epochs = try reader.optional("epochs")?.integer(1...Int(Int32.max)) { self.epochs = epochs }
    if let batchSize = try reader.optional("batch_size")?.integer(1...Int(Int32.max)) { self.batchSize = batchSize }
    if let shuffle = try reader.optional("shuffle")?.bool() { self.shuffle = shuffle }
    if let terminates = try reader.optional("terminate_on_nan")?.bool() { terminateOnNaN = terminates }
    if let weight = reader.nullable("class_weight") { classWeight = try ClassWeight(weight) }
    if let epoch = try reader.optional("initial_epoch")?.integer(0...Int(Int32.max)) { initialEpoch = epoch }
    if let steps = try reader.nullable("steps_per_epoch")?.integer(1...Int(Int32.max)) { stepsPerEpoch = steps }
    if let steps = try reader.nullable("validation_steps")?.integer(1...Int(Int32.max)) { validationSteps = steps }
    if let epochs = try reader.optional("validation_freq")?.integer(1...Int(Int32.max)) { validationFreq = epochs }
    if let diagnostics = try reader.optional("diagnostics")?.bool() { self.diagnostics = diagnostics }
    if let list = reader.optional("callbacks") {
      for element in try list.elements() {
        let callback = try element.object(word: "type", Callback.init)
        let isGivenTwice = callbacks.contains { earlier in
          switch (earlier, callback) {
          case (.earlyStopping, .earlyStopping), (.reduceLROnPlateau, .reduceLROnPlateau), (.csvLogger, .csvLogger),
            (.tensorBoard, .tensorBoard):
            true
          default: false
          }
        }
        if isGivenTwice { throw element.failure("this callback is given twice") }
        callbacks.append(callback)
      }
    }
    if let checkpoint = try reader.optional("checkpoint")?.object(CheckpointSection.init) { self.checkpoint = checkpoint }
  }
}

extension CheckpointSection {
  init(_ reader: inout ObjectReader) throws(Failure) {
    self.init()
    if let epochs = reader.optional("every_epochs") { everyEpochs = epochs.value == .null ? nil : try epochs.integer(1...Int(Int32.max)) }
    if let seconds = reader.optional("every_seconds") { everySeconds = seconds.value == .null ? nil : try seconds.number(.positive) }
    if let keep = try reader.optional("keep")?.integer(1...1_000_000) { self.keep = keep }
    if let monitor = try reader.nullable("monitor")?.string() { self.monitor = monitor }
  }
}
