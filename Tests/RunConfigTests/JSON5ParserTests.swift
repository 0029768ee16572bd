import Failures
import Foundation
import Testing

import RunConfig

@Suite struct JSON5ParserTests {
  @Test(arguments: [
    ("null", JSONValue.null), (" true ", .bool(true)), ("false // done", .bool(false)),
    ("7", .integer(7)), ("+7", .integer(7)), ("-0", .integer(0)), ("0x1f", .integer(31)), ("-0X1F", .integer(-31)), ("0xE", .integer(14)),
    ("18446744073709551615", .integer(Int128(UInt64.max))), ("0.5", .number(0.5)), (".5", .number(0.5)), ("5.", .number(5)),
    ("-1.5e-3", .number(-0.0015)), ("1E5", .number(100000)), ("1e+2", .number(100)), ("Infinity", .number(.infinity)),
    ("-Infinity", .number(-.infinity)), ("+Infinity", .number(.infinity)), ("1e400", .number(.infinity)), ("1e-400", .number(0)),
    ("'a\"b'", .string("a\"b")), ("\"a'b\"", .string("a'b")), ("'\\n\\t\\x41\\u00e9\\ud83d\\ude00\\'\\q'", .string("\n\tAé😀'q")),
    ("'a\\\nb\\\r\nc'", .string("abc")), ("[]", .array([])), ("[1,'b',]", .array([.integer(1), .string("b")])),
    ("{}", .object([:])), ("{a:1,'b c':2,\"d\":3,$_é:4,}", .object(["a": .integer(1), "b c": .integer(2), "d": .integer(3), "$_é": .integer(4)])),
    ("/* a\n b */{\n\u{A0}a\t: /**/ [ ] // c\r\n}", .object(["a": .array([])])), ("\u{FEFF}{}", .object([:])), ("{\\u0061b: 1}", .object(["ab": .integer(1)])),
  ]) func reads(_ text: String, _ value: JSONValue) throws {
    #expect(try JSON5Parser.parse(text) == value)
  }

  @Test func readsNaN() throws {
    guard case .number(let value) = try JSON5Parser.parse("-NaN") else { throw Failure(.badData, "NaN is no number") }
    #expect(value.isNaN)
  }

  @Test(arguments: [
    ("", "line 1, column 1: expected a value, found the end"),
    ("// only a comment", "line 1, column 18: expected a value, found the end"),
    ("{a: 1,\n b: }", "line 2, column 5: expected a value, found '}'"),
    ("{a: 1\n b: 2}", "line 2, column 2: expected ',' or '}', found 'b'"),
    ("{a: 1\r\n b: 2}", "line 2, column 2: expected ',' or '}', found 'b'"),
    ("{a 1}", "line 1, column 4: expected ':' after the key 'a', found '1'"),
    ("{a-b: 1}", "line 1, column 3: expected ':' after the key 'a', found '-'"),
    ("{5: 1}", "line 1, column 2: expected a key or '}', found '5'"),
    ("{a: 1", "line 1, column 6: expected ',' or '}', found the end"),
    ("[1 2]", "line 1, column 4: expected ',' or ']', found '2'"),
    ("[1,,2]", "line 1, column 4: expected a value, found ','"),
    ("{a: 1} x", "line 1, column 8: expected nothing more after the value, found 'x'"),
    ("{a: sigmoid}", "line 1, column 5: expected a value, found 'sigmoid'; a string needs quotes"),
    ("{a: nulls}", "line 1, column 5: expected a value, found 'nulls'; a string needs quotes"),
    ("{a: 1,\n b: 2,\n a: 3}", "line 3, column 2: the key 'a' is given twice"),
    ("{a: 'x\n'}", "line 1, column 5: this string does not end on its line; expected '"),
    ("{a: \"x", "line 1, column 5: this string never ends; expected \""),
    ("{a: 1 /* no end", "line 1, column 7: this comment is never closed; expected '*/'"),
    ("01", "line 1, column 1: expected a number, found '01'"), ("1_000", "line 1, column 1: expected a number, found '1_000'"),
    ("-", "line 1, column 1: expected a number, found '-'"), (".", "line 1, column 1: expected a number, found '.'"),
    ("0x", "line 1, column 1: expected a number, found '0x'"), ("12abc", "line 1, column 1: expected a number, found '12abc'"),
    ("1.2.3", "line 1, column 1: expected a number, found '1.2.3'"), ("1e", "line 1, column 1: expected a number, found '1e'"),
    ("--5", "line 1, column 1: expected a number, found '-'"), ("٣", "line 1, column 1: expected a value, found '٣'"),
    ("'\\x4g'", "line 1, column 5: expected 2 hexadecimal digits, found 'g'"), ("'\\ud800'", "line 1, column 4: half a surrogate pair is no character"),
    ("'\\u0000'", "line 1, column 4: found a NUL character; expected plain text"), ("'\\0'", "line 1, column 3: expected no digit after '\\', found '0'"),
    ("{\n\0}", "line 2, column 1: found a NUL character; expected plain text"),
    ("Infinit", "line 1, column 1: expected a value, found 'Infinit'; a string needs quotes"),
    ("-Nan", "line 1, column 2: expected a value, found 'Nan'; a string needs quotes"),
    ("'\\", "line 1, column 1: this string never ends; expected '"), ("\u{1B}[2J", "line 1, column 1: expected a value, found '\\u{1B}'"),
  ]) func refuses(_ text: String, _ line: String) {
    let failure = #expect(throws: Failure.self) { try JSON5Parser.parse(text) }
    #expect(failure?.description == line)
    #expect(failure?.kind == .badData)
  }

  @Test func limitsTheDepth() throws {
    func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
    #expect(throws: Never.self) { try JSON5Parser.parse(nested(64)) }
    for text in [nested(65), nested(100_000), String(repeating: "{a:", count: 100_000)] {
      let failure = try #require(throws: Failure.self) { try JSON5Parser.parse(text) }
      #expect(failure.message == "nested too deeply; expected at most 64 levels")
    }
    #expect(throws: Never.self) { try JSON5Parser.parse("[" + String(repeating: "[],", count: 1000) + "]") }
  }

  /// What Foundation writes, however wild its strings and numbers, is read as what was written.
  @Test func readsWhatFoundationWrites() throws {
    var generator = Generated(seed: 1)
    for _ in 0..<300 {
      let value = generator.value(depth: 4)
      let data = try JSONEncoder().encode(["root": value])
      #expect(try JSON5Parser.parse(String(decoding: data, as: UTF8.self)) == .object(["root": value]))
    }
  }

  /// A mistake anywhere is an error or another value: no text traps, and no error is longer than a line.
  @Test func survivesDamage() {
    var generator = Generated(seed: 2)
    let text = Array(Example.text.unicodeScalars) + Array("/* */ // '\\u0041\\ud83d\\ude00' 0x1F 1e-7 -Infinity".unicodeScalars)
    for _ in 0..<3000 {
      var damaged = Array(text[Int.random(in: 0..<100, using: &generator)...])
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let other = text.randomElement(using: &generator)!
        damaged[Int.random(in: damaged.indices, using: &generator)] = other
      }
      damaged.removeLast(Int.random(in: 0..<damaged.count, using: &generator))
      var damagedText = String.UnicodeScalarView()
      damagedText.append(contentsOf: damaged)
      let line = Example.refusal(of: String(damagedText))?.description ?? ""
      #expect(!line.contains(where: \.isNewline) && line.count < 400)
    }
  }
}
