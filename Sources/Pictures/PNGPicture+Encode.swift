import CPng

extension PNGPicture {
  /// The bytes of a PNG file. Equal pictures are equal bytes, as long as libpng and zlib are the same.
  package func encode() -> [UInt8] {
    var count = 0
    func write(_ memory: UnsafeMutableRawPointer?) {
      precondition(lockstep_png_write(CInt(width), CInt(height), CInt(channels.rawValue), pixels, memory, &count) != 0, "no memory to write a picture in")
    }
    write(nil)
    var file = [UInt8](repeating: 0, count: count)
    file.withUnsafeMutableBytes { write($0.baseAddress) }
    return Array(file.prefix(count))
  }
}
