import Datasets
import Glibc
import Testing

/// The promise: memory that was taken ahead is there, and still zero; what is not worth a thread is left alone.
@Suite struct HugePagesTests {
  private static let systemTakesPages: Bool = {
    guard let page = mmap(nil, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), page != MAP_FAILED else { return false }
    defer { munmap(page, 4096) }
    return madvise(page, 4096, MADV_POPULATE_WRITE) == 0
  }()

  @Test(.enabled(if: systemTakesPages, "needs Linux 5.14"))
  func pagesAreTakenAhead() throws {
    let count = 5 * HugePages.byteCount
    let block = try #require(mmap(nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
    defer { munmap(block, count) }
    let bytes = UnsafeMutableRawBufferPointer(start: block, count: count)
    #expect(Self.residentPages(bytes) == 0)
    let pages = try #require(HugePages.takeAhead(bytes))
    pages.wait()
    #expect(Self.residentPages(bytes) == count / 4096)
    #expect(bytes.allSatisfy { $0 == 0 })
  }

  @Test func smallBlocksAreLeftAlone() {
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: HugePages.byteCount, alignment: 16)
    defer { bytes.deallocate() }
    #expect(HugePages.takeAhead(bytes) == nil)
    #expect(HugePages.takeAhead(UnsafeMutableRawBufferPointer(start: nil, count: 0)) == nil)
  }

  private static func residentPages(_ bytes: UnsafeMutableRawBufferPointer) -> Int {
    var states = [UInt8](repeating: 0, count: bytes.count / 4096)
    mincore(bytes.baseAddress, bytes.count, &states)
    return states.count { $0 & 1 == 1 }
  }
}
