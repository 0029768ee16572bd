import Failures

extension FitSection {
  init(_ reader: inout ObjectReader) throws(Failure) {
    self.init()
    if let epochs = try reader.optional("epochs", "Passes over the training rows.")?.integer(1...Int(Int32.max)) { self.epochs = epochs }
    if let batchSize = try reader.optional("batch_size", "Rows a step.")?.integer(1...Int(Int32.max)) { self.batchSize = batchSize }
    if let shuffle = try reader.optional("shuffle", "Whether rows come in another order in each epoch.")?.bool() { self.shuffle = shuffle }
    if let terminates = try reader.optional("terminate_on_nan", "Whether a loss, gradient or weight that is no finite number ends the run.")?.bool() {
      terminateOnNaN = terminates
    }
    if let weight = reader.nullable("class_weight", "How much each class counts: 'balanced', or an object of a factor for each class.") {
      classWeight = try ClassWeight(weight)
    }
    if let epoch = try reader.optional("initial_epoch", "Epochs that an earlier run has trained: the first one here has the next number.")?.integer(
      0...Int(Int32.max))
    {
      initialEpoch = epoch
    }
    if let steps = try reader.nullable("steps_per_epoch", "Steps an epoch; null for all rows.")?.integer(1...Int(Int32.max)) { stepsPerEpoch = steps }
    if let steps = try reader.nullable("validation_steps", "Batches to validate with; null for all rows.")?.integer(1...Int(Int32.max)) {
      validationSteps = steps
    }
    if let epochs = try reader.optional("validation_freq", "Epochs from one validation to the next.")?.integer(1...Int(Int32.max)) { validationFreq = epochs }
    if let diagnostics = try reader.optional("diagnostics", "Whether norms and activations of each layer are noted for lockstep inspect and report.")?.bool() {
      self.diagnostics = diagnostics
    }
    if let list = reader.optional("callbacks", "What else is done after each epoch.") {
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
    if let checkpoint = try reader.optional("checkpoint", "When the state of the run is saved, so that it can go on after an interruption.")?.object(
      CheckpointSection.init)
    {
      self.checkpoint = checkpoint
    }
  }
}

extension CheckpointSection {
  init(_ reader: inout ObjectReader) throws(Failure) {
    self.init()
    if let epochs = reader.optional("every_epochs", "Epochs from one checkpoint to the next; null for none by epochs.") {
      everyEpochs = epochs.value == .null ? nil : try epochs.integer(1...Int(Int32.max))
    }
    if let seconds = reader.optional("every_seconds", "Seconds from one checkpoint to the next; null for none by time.") {
      everySeconds = seconds.value == .null ? nil : try seconds.number(.positive)
    }
    if let keep = try reader.optional("keep", "How many checkpoints are kept.")?.integer(1...1_000_000) { self.keep = keep }
    if let monitor = try reader.nullable("monitor", "The figure whose best epoch is kept, too; null for none.")?.string() { self.monitor = monitor }
  }
}
