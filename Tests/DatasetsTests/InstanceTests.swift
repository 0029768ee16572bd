import Datasets
import Failures
import TestSupport
import Testing

/// The promise: the rows of a request have the numbers that are written there, to the bit; and what is no such request is one line with its byte.
@Suite struct InstanceTests {
  private func rows(_ text: String, width: Int) throws -> ExampleStore { try ExampleStore(instances: Array(text.utf8), width: width, place: "body") }

  @Test func bytesStayBytes() throws {
    let store = try rows(" {\n\t\"instances\" : [ [0, 255 ,1e1],[2.0,3,4] ] } ", width: 3)
    #expect(store.count == 2 && store.row(0) == [0, 255, 10] && store.row(1) == [2, 3, 4])
    guard case .bytes = store.features else { return #expect(Bool(false), "no bytes") }
  }

  @Test func othersAreFloatsAsTheyAreRead() throws {
    let words = ["0.1", "-0", "3.4028234e38", "1e-45", "16777217", "-12.50", "0.30000001192092896", "7E+2"]
    let store = try rows(#"{"instances":[[\#(words.joined(separator: ","))]]}"#, width: words.count)
    #expect(store.row(0).map(\.bitPattern) == words.map { Float($0)!.bitPattern })
  }

  @Test(arguments: [
    #"{"instances": [[[1,2],[3,4]], [[5,6],[7,8]]]}"#, #"{"instances": [[[[1],[2]],[[3],[4]]], [[[5],[6]],[[7],[8]]]]}"#,
    #"{"instances": [[1,2,3,4],[5,6,7,8]]}"#, #"{"signature_name": "serving_default", "instances": [[1,2,3,4],[5,6,7,8]]}"#,
    #"{"instances": [[1,2,3,4],[5,6,7,8]] , "signature_name":"serving_default"}"#,
  ])
  func imagesMayBeNested(_ text: String) throws {
    let store = try rows(text, width: 4)
    #expect(store.count == 2 && store.row(0) == [1, 2, 3, 4] && store.row(1) == [5, 6, 7, 8])
  }

  @Test(arguments: [
    ("", #"body: is empty; expected {"instances": [[…]]}"#), ("[1]", "body: byte 0: expected '{', found '['"),
    ("{}", #"body: byte 1: expected the key "instances", found '}'"#),
    (#"{"instance": 1}"#, "body: byte 2: unknown key 'instance'; expected 'instances'"),
    (#"{"inst\#u{7}"#, "body: byte 2: unknown key 'inst·'; expected 'instances'"),
    (#"{"instances" [[1]]}"#, "body: byte 13: expected ':', found '['"), (#"{"instances": 1}"#, "body: byte 14: expected '[', found '1'"),
    (#"{"instances": []}"#, "body: byte 15: expected '[', found ']'"), (#"{"instances": [1, 2]}"#, "body: byte 15: expected '[', found '1'"),
    (#"{"instances": [[]]}"#, "body: byte 16: expected a number, found ']'"), (#"{"instances": [[1, 2,]]}"#, "body: byte 21: expected a number, found ']'"),
    (#"{"instances": [[1 2]]}"#, "body: byte 18: expected ']', found '2'"), (#"{"instances": [[1, true]]}"#, "body: byte 19: expected a number, found 'true'"),
    (#"{"instances": [["1", 2]]}"#, #"body: byte 16: expected a number, found '"1"'"#),
    (#"{"instances": [[nan, 1]]}"#, "body: byte 16: expected a number, found 'nan'"),
    (#"{"instances": [[-inf, 1]]}"#, "body: byte 16: expected a number, found '-inf'"),
    (#"{"instances": [[.5, 1]]}"#, "body: byte 16: expected a number, found '.5'"),
    (#"{"instances": [[1, 1e39]]}"#, "body: byte 19: the value is inf; expected a finite number"),
    (#"{"instances": [[1, 2x]]}"#, "body: byte 20: expected ']', found 'x'"),
    (#"{"instances": [[1, 2]"#, "body: byte 21: expected ']', found the end"), (#"{"instances": [[1, 2]]"#, "body: byte 22: expected '}', found the end"),
    (#"{"instances": [[1, 2]]} {"#, "body: byte 24: expected nothing more, found '{'"),
    (#"{"instances": [[1, 2]], "instances": [[1, 2]]}"#, "body: byte 36: the key 'instances' is there already"),
    (#"{"instances": [[1, 2]],}"#, "body: byte 23: expected a key, found '}'"),
    (#"{"signature_name": "serving_default"}"#, #"body: byte 36: expected the key "instances", found '}'"#),
    (#"{"signature_name": "other", "instances": [[1, 2]]}"#, "body: byte 20: there is no signature 'other'; expected 'serving_default'"),
    (#"{"signature_name": "serving_default"#, "body: byte 35: expected '\"', found the end"),
    (#"{"signature_name": null, "instances": [[1, 2]]}"#, #"body: byte 19: expected "serving_default", found 'null'"#),
    (#"{"instances": [[1]]}"#, "body: instances[0]: holds 1 number; the network takes 2"),
    (#"{"instances": [[1, 2], [1, 2, 3]]}"#, "body: instances[1]: holds 3 numbers; the network takes 2"),
    (#"{"instances": [[1, [2]]]}"#, "body: byte 19: a list where others hold numbers"),
    (#"{"instances": [[[1], 2]]}"#, "body: byte 21: a number where others hold lists"),
    (#"{"instances": [[1, 2], [[1], [2]]]}"#, "body: byte 24: a list where others hold numbers"),
    (#"{"instances": [[[1, 2], [3]]]}"#, "body: byte 27: a list of 1, where others are of 2"),
    (#"{"instances": [[[[[1]]]]]}"#, "body: byte 18: nested too deeply; expected at most 3 levels in an instance"),
    ("{\"instances\": [" + String(repeating: "[", count: 100_000), "body: byte 18: nested too deeply; expected at most 3 levels in an instance"),
  ])
  func whatIsNoRequest(_ text: String, _ message: String) throws {
    let failure = #expect(throws: Failure.self) { try rows(text, width: 2) }
    #expect(failure?.description == message)
    #expect(failure?.kind == .badData)
  }
}
