import Pictures

/// An entry of a file that TensorBoard reads, as TensorFlow 2 writes it: every value a tensor, with the word of the plugin that shows it.
///
/// Field numbers are those of github.com/tensorflow/tensorboard, tensorboard/compat/proto: event.proto, summary.proto, tensor.proto.
package struct TensorBoardEvent: Sendable {
  package enum Content: Sendable {
    /// What a file begins with.
    case version
    case scalar(String, Double)
    case histogram(String, [HistogramBucket])
    case image(String, PNGPicture)
    /// In Markdown.
    case text(String, String)
  }

  /// Seconds since 1970.
  package let time: Double
  package let step: Int
  package let content: Content

  package init(time: Double, step: Int = 0, _ content: Content) {
    self.time = time
    self.step = step
    self.content = content
  }

  /// The entry as it stands in a file.
  package var record: [UInt8] {
    TFRecord.framed(
      ProtobufWriter.message { event in
        event.double(1, time)
        if step != 0 { event.integer(2, step) }
        switch content {
        case .version: event.text(3, "brain.Event:2")
        case .scalar(let tag, let value):
          // A class of data says how values are thinned out and read.
          summary(of: tag, plugin: "scalars", dataClass: 1, to: &event) { tensor in
            Self.shape([], type: 1, of: &tensor)
            tensor.float(5, Float(value))
          }
        case .histogram(let tag, let buckets):
          summary(of: tag, plugin: "histograms", dataClass: 2, to: &event) { tensor in
            Self.shape([buckets.count, 3], type: 2, of: &tensor)
            tensor.data(
              4,
              buckets.flatMap { [$0.lower, $0.upper, Double($0.count)] }.flatMap { number in
                withUnsafeBytes(of: number.bitPattern.littleEndian) { Array($0) }
              })
          }
        case .image(let tag, let image):
          summary(of: tag, plugin: "images", dataClass: 3, to: &event) { tensor in
            Self.shape([3], type: 7, of: &tensor)
            tensor.text(8, "\(image.width)")
            tensor.text(8, "\(image.height)")
            tensor.data(8, image.encode())
          }
        case .text(let tag, let text):
          summary(of: tag, plugin: "text", dataClass: 2, to: &event) { tensor in
            Self.shape([], type: 7, of: &tensor)
            tensor.text(8, text)
          }
        }
      })
  }

  /// A Summary with one value.
  private func summary(of tag: String, plugin: String, dataClass: Int, to event: inout ProtobufWriter, _ tensor: (inout ProtobufWriter) -> Void) {
    event.message(5) { summary in
      summary.message(1) { value in
        value.text(1, tag)
        value.message(8, tensor)
        value.message(9) { metadata in
          metadata.message(1) { $0.text(1, plugin) }
          metadata.integer(4, dataClass)
        }
      }
    }
  }

  /// A TensorProto's type and shape.
  private static func shape(_ dimensions: [Int], type: Int, of tensor: inout ProtobufWriter) {
    tensor.integer(1, type)
    tensor.message(2) { shape in for dimension in dimensions { shape.message(2) { $0.integer(1, dimension) } } }
  }
}

/// How many values lie in a range; the upper end belongs to the next one, but that of the last.
package struct HistogramBucket: Equatable, Sendable {
  package let lower: Double
  package let upper: Double
  package let count: Int

  package init(lower: Double, upper: Double, count: Int) {
    self.lower = lower
    self.upper = upper
    self.count = count
  }

  /// Thirty ranges of equal width from the least to the greatest value, as `tf.summary.histogram` has them; where all are equal, one around them. What is not finite
  /// is not counted.
  package static func of(_ values: [Float]) -> [HistogramBucket] {
    let values = values.filter(\.isFinite)
    guard let low = values.min().map(Double.init), let high = values.max().map(Double.init) else { return [] }
    guard low < high else { return [HistogramBucket(lower: low - 0.5, upper: low + 0.5, count: values.count)] }
    let width = (high - low) / 30
    var counts = [Int](repeating: 0, count: 30)
    for value in values { counts[min(29, Int((Double(value) - low) / width))] += 1 }
    return counts.enumerated().map { HistogramBucket(lower: low + Double($0) * width, upper: $0 == 29 ? high : low + Double($0 + 1) * width, count: $1) }
  }
}
