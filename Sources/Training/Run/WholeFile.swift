import Failures
import Foundation

/// The bytes of a file.
///
/// - Throws: `Failure`: missing input, or input and output with the system's words.
func wholeFile(_ path: String) throws(Failure) -> [UInt8] {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else {
    throw errno == ENOENT ? Failure(.missingInput, at: path, "no such file") : Failure(.inputOutput, at: path, systemErrorText(errno))
  }
  let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  do {
    return Array(try handle.readToEnd() ?? Data())
  } catch {
    throw Failure(.inputOutput, at: path, "cannot be read: \((error as NSError).localizedDescription)")
  }
}
