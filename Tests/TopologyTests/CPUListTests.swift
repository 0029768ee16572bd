import Failures
import Testing
import Topology

@Suite struct CPUListTests {
  @Test(arguments: [
    ([], ""), ([5], "5"), ([0, 1], "0-1"), ([0, 1, 2, 3, 8], "0-3,8"), ([8, 0, 1], "8,0-1"), ([3, 2, 1], "3,2,1"), ([1, 1], "1,1"),
  ])
  func printsRuns(numbers: [Int], text: String) {
    #expect(CPUList(numbers).description == text)
  }

  @Test(arguments: [("0", [0]), ("0-3,8", [0, 1, 2, 3, 8]), (" 8 , 0-1", [8, 0, 1]), ("4-4", [4])])
  func reads(text: String, numbers: [Int]) throws {
    #expect(try CPUList(parsing: text).numbers == numbers)
  }

  @Test(arguments: [
    ("", "'' is not a CPU number or a range of them; write a list like 0-3,8"),
    ("1,,2", "'' is not a CPU number or a range of them; write a list like 0-3,8"),
    ("3-1", "'3-1' is not a CPU number or a range of them; write a list like 0-3,8"),
    ("-1", "'-1' is not a CPU number or a range of them; write a list like 0-3,8"),
    ("+1", "'+1' is not a CPU number or a range of them; write a list like 0-3,8"),
    ("1 2", "'1 2' is not a CPU number or a range of them; write a list like 0-3,8"),
    ("1-2-3", "'1-2-3' is not a CPU number or a range of them; write a list like 0-3,8"),
    ("cores", "'cores' is not a CPU number or a range of them; write a list like 0-3,8"),
    ("99999999999999999999", "'99999999999999999999' is not a CPU number or a range of them; write a list like 0-3,8"),
    ("0-4000000000", "'0-4000000000' is past the largest CPU number, 65535"),
  ])
  func refuses(text: String, message: String) {
    #expect(throws: Failure(.badData, message)) { try CPUList(parsing: text) }
  }
}
