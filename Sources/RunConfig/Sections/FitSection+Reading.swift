import Failures

extension FitSection {
  init(_ reader: inout ObjectReader) throws(Failure) {
    self.init()
    if let epochs = try reader.optional("epochs")?.integer(1...Int(Int32.max)) { self.epochs = epochs }
    if let batchSize = try reader.optional("batch_size")?.integer(1...Int(Int32.max)) { self.batchSize = batchSize }
    if let shuffle = try reader.optional("shuffle")?.bool() { self.shuffle = shuffle }
  }
}
