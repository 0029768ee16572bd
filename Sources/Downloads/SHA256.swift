import CCrypto
import Failures
import Glibc

/// SHA-256, by libcrypto.
enum SHA256 {
  /// Bytes and checksum of a file; nil when there is none.
  static func ofFile(_ path: String) throws(Failure) -> (count: Int, sum: String)? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw Failure(.inputOutput, at: path, "cannot be opened: \(systemErrorText(errno))")
    }
    defer { close(descriptor) }
    let context = EVP_MD_CTX_new()
    defer { EVP_MD_CTX_free(context) }
    guard EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else { throw Failure(.inputOutput, at: path, "libcrypto has no SHA-256") }
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    var count = 0
    while true {
      let got = read(descriptor, &buffer, buffer.count)
      if got == 0 { break }
      if got < 0 {
        if errno == EINTR { continue }
        throw Failure(.inputOutput, at: path, "cannot be read: \(systemErrorText(errno))")
      }
      EVP_DigestUpdate(context, buffer, got)
      count += got
    }
    var digest = [UInt8](repeating: 0, count: 32)
    EVP_DigestFinal_ex(context, &digest, nil)
    return (count, digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
  }
}
