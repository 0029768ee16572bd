import Failures
import Glibc

/// A folder of IDX files of synthetic digits under MNIST's names, ready for a config's `data: { source: "idx", path: … }`.
public struct SyntheticFolder: Sendable {
  /// Which digits, and of what size.
  public let digits: SyntheticDigits
  /// Digits in the train files, at least 1: the source's digits from number 0 on.
  public let training: Int
  /// Digits in the t10k files; 0 for none.
  public let test: Int

  /// Rows that the header of an IDX file, and a row number of 32 bits, can count.
  public static let mostRows = Int(UInt32.max)
  /// The number of the first test digit: beyond every training digit, whatever the number of those, and a multiple of ten.
  public static let firstTestIndex: UInt64 = 10 << 32

  /// - Parameters:
  ///   - digits: what they are drawn by.
  ///   - training: must be in 1 ... `mostRows`.
  ///   - test: must be in 0 ... `mostRows`.
  public init(digits: SyntheticDigits, training: Int, test: Int) {
    precondition(1...Self.mostRows ~= training && 0...Self.mostRows ~= test, "\(training) and \(test) digits")
    (self.digits, self.training, self.test) = (digits, training, test)
  }

  /// Bytes of all files together.
  public var byteCount: Int { parts.reduce(0) { $0 + $1.imageByteCount + $1.labelByteCount } }

  /// Writes the files into `folder`, which is made if it is missing, and those above it too.
  ///
  /// No file has its name before all are whole and on the disk. Memory is a megabyte a thread, whatever the number of digits.
  ///
  /// - Parameters:
  ///   - folder: where the files go.
  ///   - threads: how many make digits at once, at most; at least 1. The bytes are the same for any number.
  ///   - progress: is told how many digits are written so far, from any thread, one call at a time, and once more before the files get
  ///     their names. What it throws ends the writing.
  /// - Throws: `.alreadyThere` when one of the files is, also as `.gz`; `.inputOutput` with the system's words. No file is then left, unless
  ///   the last step failed, the renaming.
  public func write(to folder: String, threads: Int, progress: @Sendable (Int) throws(Failure) -> Void = { _ in }) throws(Failure) {
    try write(to: folder, threads: threads, calls: FileCalls(), progress: progress)
  }

  package func write(
    to folder: String, threads: Int, calls: FileCalls, progress: @Sendable (Int) throws(Failure) -> Void = { _ in }
  ) throws(Failure) {
    precondition(threads > 0, "\(threads) threads")
    for part in parts { try part.refuseExisting(in: folder) }
    let made = try makeFolders(folder)
    do throws(Failure) {
      try writeParts(to: folder, threads: threads, calls: calls, progress: progress)
    } catch {
      removeEmptyFolders(made)
      throw error
    }
  }

  private func writeParts(to folder: String, threads: Int, calls: FileCalls, progress: @Sendable (Int) throws(Failure) -> Void) throws(Failure) {
    let (trainingPart, testPart) = (parts[0], parts.dropFirst().first)
    var trainingFiles = try PartFiles(trainingPart, in: folder, calls: calls)
    var testFiles: PartFiles? = nil
    if let testPart { testFiles = try PartFiles(testPart, in: folder, calls: calls) }
    try trainingPart.fill(trainingFiles, threads: threads, progress: progress)
    try trainingFiles.finish()
    if let testPart, testFiles != nil {
      try testPart.fill(testFiles!, threads: threads) { done throws(Failure) in try progress(training + done) }
      try testFiles!.finish()
    }
    // The sync may have taken a minute: one more chance to call it off.
    try progress(training + test)
    try trainingFiles.publish()
    if testFiles != nil { try testFiles!.publish() }
    try sync(folder, calls: calls)
  }

  /// A rename is on the disk only when its folder is.
  private func sync(_ folder: String, calls: FileCalls) throws(Failure) {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    let code = descriptor >= 0 && calls.sync(descriptor) == 0 ? 0 : errno
    if descriptor >= 0 { close(descriptor) }
    guard code == 0 else { throw Failure(.inputOutput, at: folder, "cannot be written: \(systemErrorText(code))") }
  }

  /// The training part, and the test part if there is one.
  private var parts: [SyntheticPart] {
    let all = [
      SyntheticPart(digits: digits, prefix: "train", first: 0, count: training),
      SyntheticPart(digits: digits, prefix: "t10k", first: Self.firstTestIndex, count: test),
    ]
    return all.filter { $0.count > 0 }
  }
}
