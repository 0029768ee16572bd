import Glibc

/// The C library's words for the error `code` (an `errno`), for example "No space left on device".
public func systemErrorText(_ code: Int32) -> String {
  String(cString: strerror(code))
}
