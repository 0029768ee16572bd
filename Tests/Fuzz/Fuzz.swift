import Datasets
import Failures
import Foundation
import Interchange
import RunConfig
import Training

/// What libFuzzer calls with each input: hands it to the parser that `LOCKSTEP_FUZZ_TARGET` names. A parser may refuse, with a `Failure` of one line; it must not
/// trap, hang, or take more memory than libFuzzer was told to allow.
@_cdecl("LLVMFuzzerTestOneInput") public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  do throws(Failure) {
    try target.parse(bytes)
  } catch {
    precondition(!error.description.isEmpty && !error.description.contains("\n"), "a failure that is not one line")
  }
  return 0
}

private let target: FuzzTarget = {
  let name = ProcessInfo.processInfo.environment["LOCKSTEP_FUZZ_TARGET"] ?? ""
  guard let target = FuzzTarget(rawValue: name) else {
    fatalError("LOCKSTEP_FUZZ_TARGET is '\(name)'; expected one of \(FuzzTarget.allCases.map(\.rawValue).joined(separator: ", "))")
  }
  return target
}()

private enum FuzzTarget: String, CaseIterable {
  /// Images, plain or gzipped: the reader takes both.
  case idx
  case safetensors
  /// With its checksum put right, which no mutation would hit.
  case checkpoint
  case config
  /// `--set key=value` on a good config.
  case override

  func parse(_ bytes: [UInt8]) throws(Failure) {
    switch self {
    case .idx:
      // A file in memory: the reader maps it.
      let path = "/dev/shm/lockstep-fuzz-\(getpid())"
      guard let file = fopen(path, "w") else { fatalError("\(path) cannot be written") }
      fwrite(bytes, 1, bytes.count, file)
      fclose(file)
      defer { unlink(path) }
      _ = try IDXFile(path)
    case .safetensors:
      let contents = try Safetensors.decode(bytes, file: "fuzz")
      // What was read can be written, and is the same again.
      let again = try Safetensors.decode(try Safetensors.encode(contents.tensors), file: "fuzz")
      precondition(again.tensors.map(\.name) == contents.tensors.map(\.name))
    case .checkpoint: try checkCheckpoint(Safetensors.sealed(bytes))
    case .config:
      let configuration = try RunConfiguration(json5: String(decoding: bytes, as: UTF8.self), name: "fuzz.json")
      let resolved = try RunConfiguration(json5: configuration.resolvedJSON(), name: "fuzz.json")
      precondition(resolved == configuration, "its resolved form is another config")
    case .override:
      _ = try RunConfiguration(json5: Self.base, name: "fuzz.json", overrides: String(decoding: bytes, as: UTF8.self).components(separatedBy: "\n"))
    }
  }

  private static let base = """
    {
      data: { source: "bundled", validation: { fraction: 0.2 } },
      model: { layers: [{ type: "dense", units: 25, activation: "sigmoid" }, { type: "dense", units: 10 }] },
      compile: { optimizer: "adam", loss: { type: "sparse_categorical_crossentropy", from_logits: true }, metrics: ["accuracy"] },
      fit: { epochs: 2 },
    }
    """
}
