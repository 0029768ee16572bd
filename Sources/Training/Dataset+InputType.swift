import Datasets
import Interchange

extension Dataset {
  /// What a graph that takes such examples as they are takes.
  public var inputType: ONNXModel.ElementType {
    switch store.features {
    case .bytes: .uint8
    case .floats: .float32
    }
  }
}
