/// The safetensors file format (github.com/huggingface/safetensors), as pure functions between tensors and bytes.
///
/// A file is the header's length (8 bytes, little-endian), the header (JSON: for each tensor its `dtype`, `shape` and `data_offsets`, and
/// text pairs in `__metadata__`), and then the values, little-endian, row-major, one tensor after the other without gaps.
public struct Safetensors: Equatable, Sendable {
  /// In the order of their values.
  public var tensors: [NamedTensor]
  /// Free words in the header, `__metadata__`.
  public var metadata: [String: String]

  /// - Parameters:
  ///   - tensors: with names of their own.
  ///   - metadata: free words.
  public init(tensors: [NamedTensor], metadata: [String: String] = [:]) {
    self.tensors = tensors
    self.metadata = metadata
  }

  /// The header's key that is no tensor.
  static let metadataKey = "__metadata__"
  /// No header may be longer, as in the reference implementation.
  static let largestHeader = 100_000_000
  /// Bytes of the header's length.
  static let lengthByteCount = 8
}
