import Failures

extension ONNXModel {
  /// No message of Protocol Buffers may be longer.
  static let mostBytes = 1 << 31 - 1

  /// The file of the model. Equal models are equal bytes: no time is recorded, and what has no order is sorted.
  ///
  /// Field numbers are those of github.com/onnx/onnx, onnx/onnx.proto.
  ///
  /// - Throws: `.badData` where the tensors are more than a file can hold.
  public func encode() throws(Failure) -> [UInt8] {
    let bytesOfTensors = tensors.reduce(0) { $0 + 4 * $1.values.count }
    // All else is a few kilobytes.
    guard bytesOfTensors < Self.mostBytes - 1 << 20 else {
      throw Failure(.badData, at: "ONNX", "the weights have \(bytesOfTensors) bytes; such a file holds at most 2 GB")
    }
    return ProtobufWriter.message { model in
      model.integer(1, Self.irVersion)
      model.text(2, "lockstep")
      model.message(7) { write(to: &$0) }
      model.message(8) { operators in
        operators.text(1, "")
        operators.integer(2, Self.operatorSet)
      }
      for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
        model.message(14) { entry in
          entry.text(1, key)
          entry.text(2, value)
        }
      }
    }
  }

  /// A GraphProto.
  private func write(to graph: inout ProtobufWriter) {
    for node in nodes { graph.message(1) { node.write(to: &$0) } }
    graph.text(2, name)
    for tensor in tensors {
      graph.message(5) { message in
        for dimension in tensor.shape { message.integer(1, dimension) }
        message.integer(2, ElementType.float32.code)
        message.text(8, tensor.name)
        message.data(9, [UInt8](littleEndian: tensor.values))
      }
    }
    graph.message(11) { input.write(to: &$0) }
    graph.message(12) { output.write(to: &$0) }
  }
}

extension ONNXModel.Node {
  /// A NodeProto.
  fileprivate func write(to node: inout ProtobufWriter) {
    for input in inputs { node.text(1, input) }
    node.text(2, output)
    node.text(3, output)
    node.text(4, operation)
    for (name, value) in attributes.sorted(by: { $0.key < $1.key }) {
      node.message(5) { attribute in
        attribute.text(1, name)
        switch value {
        case .float(let number):
          attribute.float(2, number)
          attribute.integer(20, 1)
        case .integer(let number):
          attribute.integer(3, number)
          attribute.integer(20, 2)
        }
      }
    }
  }
}

extension ONNXModel.Value {
  /// A ValueInfoProto.
  fileprivate func write(to value: inout ProtobufWriter) {
    value.text(1, name)
    value.message(2) { type in
      type.message(1) { tensor in
        tensor.integer(1, self.type.code)
        tensor.message(2) { shape in
          shape.message(1) { $0.text(2, "N") }
          shape.message(1) { $0.integer(1, width) }
        }
      }
    }
  }
}
