import CZip
import Failures

/// The files of a zip archive that is in memory, by way of libzip: NumPy's arrays above all.
struct ZipArchive: ~Copyable {
  private let contents: FileContents
  /// libzip's handle; it reads from `contents`, which live as long as this value.
  private let archive: OpaquePointer

  /// - Throws: `.badData` with libzip's words when the contents are no archive.
  init(_ contents: FileContents) throws(Failure) {
    self.contents = contents
    var error = zip_error_t()
    zip_error_init(&error)
    defer { zip_error_fini(&error) }
    guard let source = zip_source_buffer_create(contents.bytes.baseAddress, UInt64(contents.bytes.count), 0, &error) else {
      throw Self.failure(contents.path, &error)
    }
    guard let archive = zip_open_from_source(source, ZIP_RDONLY, &error) else {
      zip_source_free(source)
      throw Self.failure(contents.path, &error)
    }
    self.archive = archive
  }

  deinit { zip_discard(archive) }

  /// The archive's path, for messages.
  var path: String { contents.path }

  /// What the entries ending in `.npy` are called without that.
  var names: [String] {
    (0..<max(0, zip_get_num_entries(archive, 0))).compactMap { index in
      guard let name = zip_get_name(archive, UInt64(index), zip_flags_t(ZIP_FL_ENC_GUESS)).map({ String(cString: $0) }), name.hasSuffix(".npy") else {
        return nil
      }
      return String(name.dropLast(4))
    }
  }

  /// The array of that name.
  func array(_ name: String) throws(Failure) -> NPYArray {
    let place = "\(contents.path): \(name)"
    let index = zip_name_locate(archive, name + ".npy", 0)
    guard index >= 0 else {
      let names = names
      let known = names.isEmpty ? "no arrays" : names.prefix(8).map(printed).joined(separator: ", ") + (names.count > 8 ? ", …" : "")
      throw Failure(.badData, at: contents.path, "no array is called '\(printed(name))'; there are \(known)")
    }
    return try NPYArray(try bytes(index, place), name: place) { Failure(.badData, at: "\(place): byte \($0)", $1) }
  }

  /// The bytes of the file of that name.
  func file(_ name: String) throws(Failure) -> ByteRegion {
    let index = zip_name_locate(archive, name, 0)
    guard index >= 0 else { throw Failure(.badData, at: path, "holds no \(name)") }
    return try bytes(index, "\(path): \(name)")
  }

  /// No more is inflated than the archive says, nor memory reserved before there is something to fill it.
  private func bytes(_ index: zip_int64_t, _ place: String) throws(Failure) -> ByteRegion {
    var status = zip_stat_t()
    zip_stat_init(&status)
    guard zip_stat_index(archive, UInt64(index), 0, &status) == 0, status.valid & UInt64(ZIP_STAT_SIZE) != 0, status.size < Int.max / 4,
      let file = zip_fopen_index(archive, UInt64(index), 0)
    else { throw Failure(.badData, at: place, "cannot be read from the archive: \(String(cString: zip_strerror(archive)))") }
    defer { zip_fclose(file) }
    var block = try GrowingBlock(path: place, capacity: 1 << 16)
    try block.fill(to: Int(status.size) + 1) { room throws(Failure) in
      var filled = 0
      while filled < room.count {
        let got = zip_fread(file, room.baseAddress! + filled, UInt64(room.count - filled))
        guard got >= 0 else { throw Failure(.badData, at: place, "is damaged in the archive: \(String(cString: zip_file_strerror(file)))") }
        if got == 0 { break }
        filled += Int(got)
      }
      return filled
    }
    return try block.finished()
  }

  private static func failure(_ path: String, _ error: inout zip_error_t) -> Failure {
    Failure(.badData, at: path, "not a zip archive: \(String(cString: zip_error_strerror(&error)))")
  }
}

extension ZipArchive {
  /// zlib's own default, and NumPy's; libzip's would be 9, which takes three times as long and saves a fiftieth.
  private static let level: UInt32 = 6

  /// An archive of `files`, deflated; the same files give the same bytes.
  static func encode(_ files: [(name: String, bytes: [UInt8])]) throws(Failure) -> [UInt8] {
    var error = zip_error_t()
    zip_error_init(&error)
    defer { zip_error_fini(&error) }
    func failure() -> Failure { Failure(.inputOutput, at: "zip archive", "cannot be made: \(String(cString: zip_error_strerror(&error)))") }
    guard let whole = zip_source_buffer_create(nil, 0, 0, &error), let archive = zip_open_from_source(whole, ZIP_CREATE | ZIP_TRUNCATE, &error) else {
      throw failure()
    }
    // So that it can be read once it is closed.
    zip_source_keep(whole)
    defer { zip_source_free(whole) }
    // libzip reads the bytes when the archive is closed.
    let blocks = files.map { file in
      let block = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, file.bytes.count), alignment: 16)
      block.copyBytes(from: file.bytes)
      return block
    }
    defer { blocks.forEach { $0.deallocate() } }
    for (file, block) in zip(files, blocks) {
      let source = zip_source_buffer(archive, block.baseAddress, UInt64(file.bytes.count), 0)
      let index = source.map { zip_file_add(archive, file.name, $0, 0) } ?? -1
      // 1 January 1980, where the time of a zip archive begins.
      guard index >= 0, zip_file_set_dostime(archive, UInt64(index), 0, 0x21, 0) == 0,
        zip_set_file_compression(archive, UInt64(index), ZIP_CM_DEFLATE, Self.level) == 0
      else {
        let words = String(cString: zip_strerror(archive))
        zip_discard(archive)
        throw Failure(.inputOutput, at: "zip archive", "cannot be made: \(words)")
      }
    }
    guard zip_close(archive) == 0 else {
      let words = String(cString: zip_strerror(archive))
      zip_discard(archive)
      throw Failure(.inputOutput, at: "zip archive", "cannot be made: \(words)")
    }
    var status = zip_stat_t()
    zip_stat_init(&status)
    guard zip_source_open(whole) == 0, zip_source_stat(whole, &status) == 0 else { throw Failure(.inputOutput, at: "zip archive", "cannot be read back") }
    defer { zip_source_close(whole) }
    var bytes = [UInt8](repeating: 0, count: Int(status.size))
    let got = bytes.withUnsafeMutableBytes { zip_source_read(whole, $0.baseAddress!, status.size) }
    guard got == Int64(status.size) else { throw Failure(.inputOutput, at: "zip archive", "cannot be read back") }
    return bytes
  }
}
