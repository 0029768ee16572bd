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
  case csv, npy, npz, libsvm, png
  /// A request of `lockstep serve`.
  case instances
  case safetensors
  /// With its checksum put right, which no mutation would hit.
  case checkpoint
  case config
  /// `--set key=value` on a good config.
  case override

  func parse(_ bytes: [UInt8]) throws(Failure) {
    switch self {
    case .idx: try Self.withFile(bytes) { path throws(Failure) in _ = try IDXFile(path) }
    case .csv: try Self.withFile(bytes) { path throws(Failure) in try Self.readAgain(try ExampleTable(csv: path, label: .number(0)), .csv) }
    case .npy: try Self.withFile(bytes) { path throws(Failure) in try Self.readAgain(try ExampleTable(npy: path), .npz) }
    case .npz: try Self.withFile(bytes) { path throws(Failure) in _ = try TableRequest(path, format: .npz).open() }
    case .libsvm: try Self.withFile(bytes) { path throws(Failure) in try Self.readAgain(try ExampleTable(libsvm: path), .libsvm) }
    case .png: try Self.withFile(bytes) { path throws(Failure) in _ = try PNGImage(path) }
    case .instances:
      let store = try ExampleStore(instances: bytes, width: 4, place: "fuzz")
      precondition((0..<store.count).allSatisfy { store.row($0).allSatisfy(\.isFinite) }, "a number that is none")
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

  /// Calls `body` with a file in memory: the readers map it.
  private static func withFile(_ bytes: [UInt8], _ name: String = "input", _ body: (String) throws(Failure) -> Void) throws(Failure) {
    let path = "/dev/shm/lockstep-fuzz-\(getpid())-\(name)"
    guard let file = fopen(path, "w") else { fatalError("\(path) cannot be written") }
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
    defer { unlink(path) }
    try body(path)
  }

  /// What was read can be written, and is the same again.
  private static func readAgain(_ table: ExampleTable, _ format: DataFormat) throws(Failure) {
    _ = try? Dataset(table)
    _ = TableSummary(table)
    // What is sparse may be long in full.
    guard table.count * table.width < 1 << 16 else { return }
    let files = try TableEncoder(format).files(training: table, test: nil)
    // Beside the first file, which is mapped.
    try withFile(files[0].bytes, "again") { path throws(Failure) in
      let again = try TableRequest(path, format: format).open().training
      precondition(again.count == table.count && again.shape == table.shape, "it is another table when it is written and read again")
      precondition(Self.bits(again.features) == Self.bits(table.features), "it has other numbers when it is written and read again")
    }
  }

  private static func bits(_ features: ExampleStore.Features) -> [UInt32] {
    switch features {
    case .bytes(let rows): (0..<rows.byteCount).map { UInt32(rows.base[$0]) }
    case .floats(let values): values.map { $0.isNaN ? Float.nan.bitPattern : $0.bitPattern }
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
