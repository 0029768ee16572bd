import CCurl
import Failures

/// One request for what is missing of a file, by libcurl.
struct Transfer {
  /// Asks `address` for the bytes from `part.count` on. A server that does not know of ranges sends all of them, which then replace what was there.
  ///
  /// - Parameter byteCount: of the whole file; a server that sends more is cut off. Nil where it is not known.
  /// - Returns: nil when all bytes have come, else what went wrong; `part` then has what came before that.
  /// - Throws: what `progress` throws, and `.inputOutput` when `part` cannot be written.
  static func run(
    _ address: String, into part: inout PartFile, byteCount: Int?, patience: Int, progress: (Int) throws(Failure) -> Void
  ) throws(Failure) -> String? {
    guard let library else { throw Failure(.inputOutput, at: address, "libcurl.so.4 is not there to fetch it; on Debian: apt-get install libcurl4") }
    guard let curl = library.easy_init() else { throw Failure(.inputOutput, at: address, "libcurl cannot start") }
    defer { library.easy_cleanup(curl) }
    var words = [CChar](repeating: 0, count: Int(CURL_ERROR_SIZE))
    lockstep_curl_set_string(library, curl, CURLOPT_URL, address)
    lockstep_curl_set_string(library, curl, CURLOPT_PROTOCOLS_STR, "http,https")
    lockstep_curl_set_string(library, curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https")
    lockstep_curl_set_string(library, curl, CURLOPT_USERAGENT, "lockstep")
    // Bytes as they are: no compression is asked for, since gzipped files are to stay so.
    for (option, number) in [
      (CURLOPT_FOLLOWLOCATION, 1), (CURLOPT_MAXREDIRS, 5), (CURLOPT_NOSIGNAL, 1), (CURLOPT_FAILONERROR, 1), (CURLOPT_CONNECTTIMEOUT, patience),
      (CURLOPT_LOW_SPEED_LIMIT, 1), (CURLOPT_LOW_SPEED_TIME, patience),
    ] { lockstep_curl_set_number(library, curl, option, number) }
    if part.count > 0 { lockstep_curl_set_string(library, curl, CURLOPT_RANGE, "\(part.count)-") }
    let offset = part.count
    return try withoutActuallyEscaping(progress) { progress throws(Failure) in
      try withUnsafeMutablePointer(to: &part) { part throws(Failure) in
        let reception = Reception(library, curl, part, offset: offset, byteCount: byteCount, progress)
        let context = Unmanaged.passUnretained(reception).toOpaque()
        lockstep_curl_set_receivers(library, curl, { Reception.of($3).body($0!, $1 * $2) }, { Reception.of($3).header($0!, $1 * $2) }, context)
        lockstep_curl_set_progress(library, curl, { context, _, _, _, _ in Reception.of(context).goesOn() ? 0 : 1 }, context)
        let code = words.withUnsafeMutableBufferPointer { buffer in
          lockstep_curl_set_error_buffer(library, curl, buffer.baseAddress!)
          return library.easy_perform(curl)
        }
        if let failure = reception.failure { throw failure }
        return reception.reason(code, words: String(decoding: words.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
      }
    }
  }

  /// Loaded with the first request, and never changed; nil where there is none.
  nonisolated(unsafe) private static let library: lockstep_curl? = {
    var library = lockstep_curl()
    return lockstep_curl_load(&library) != 0 ? library : nil
  }()
}

/// What libcurl's callbacks do; it lives as long as the transfer.
private final class Reception {
  private let library: lockstep_curl
  private let curl: UnsafeMutableRawPointer
  private let part: UnsafeMutablePointer<PartFile>
  private let offset: Int
  private let byteCount: Int?
  private let progress: (Int) throws(Failure) -> Void
  /// Where the bytes that come begin, as the server says.
  private var rangeStart: Int?
  private var hasBegun = false
  /// Why the transfer was ended from here.
  private var refusal: String?
  private(set) var failure: Failure?

  init(
    _ library: lockstep_curl, _ curl: UnsafeMutableRawPointer, _ part: UnsafeMutablePointer<PartFile>, offset: Int, byteCount: Int?,
    _ progress: @escaping (Int) throws(Failure) -> Void
  ) {
    (self.library, self.curl, self.part, self.offset, self.byteCount, self.progress) = (library, curl, part, offset, byteCount, progress)
  }

  static func of(_ context: UnsafeMutableRawPointer?) -> Reception { Unmanaged.fromOpaque(context!).takeUnretainedValue() }

  /// A line before the body; of `Content-Range: bytes 10-19/20` the 10.
  func header(_ bytes: UnsafeMutablePointer<CChar>, _ count: Int) -> Int {
    let line = String(decoding: UnsafeRawBufferPointer(start: bytes, count: count), as: UTF8.self).lowercased()
    if line.hasPrefix("http/") { rangeStart = nil }
    if line.hasPrefix("content-range:"), let range = line.split(separator: " ").first(where: { $0.contains("-") && $0.first?.isNumber == true }) {
      rangeStart = Int(range.prefix { $0.isNumber })
    }
    return count
  }

  /// Bytes of the file; returns fewer than came to end the transfer.
  func body(_ bytes: UnsafeMutablePointer<CChar>, _ count: Int) -> Int {
    do throws(Failure) {
      if !hasBegun {
        hasBegun = true
        let status = lockstep_curl_status(library, curl)
        if status == 206, rangeStart != offset {
          refusal = "sent the bytes from \(rangeStart.map(String.init) ?? "nowhere") on; expected those from \(offset) on"
          return 0
        }
        // All of it, whatever was asked for.
        if status != 206, part.pointee.count > 0 { try part.pointee.truncate() }
      }
      let limit = byteCount ?? FileDownload.mostBytes
      guard part.pointee.count + count <= limit else {
        refusal = "sends more than the \(limit) bytes \(byteCount == nil ? "that are expected at most" : "of the file")"
        try part.pointee.truncate()
        return 0
      }
      try part.pointee.append(UnsafeRawBufferPointer(start: bytes, count: count))
      try progress(part.pointee.count)
      return count
    } catch {
      failure = error
      return 0
    }
  }

  /// Whether nobody called the transfer off, asked while nothing comes, too.
  func goesOn() -> Bool {
    do throws(Failure) {
      try progress(part.pointee.count)
      return true
    } catch {
      failure = error
      return false
    }
  }

  func reason(_ code: CURLcode, words: String) -> String? {
    if let refusal { return refusal }
    guard code == CURLE_OK else {
      // A part that is longer than the server's file is of no use.
      if lockstep_curl_status(library, curl) == 416 { try? part.pointee.truncate() }
      return words.isEmpty ? String(cString: library.easy_strerror(code)!) : words
    }
    guard let byteCount, part.pointee.count != byteCount else { return nil }
    return "sent \(part.pointee.count) of \(byteCount) bytes"
  }
}
