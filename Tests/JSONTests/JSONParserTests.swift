import JSON
import TestSupport
import Testing

@Suite("JSON and JSON5 parser", .tags(.bytes))
struct JSONParserTests {
    @Test(
        "reads every kind of value",
        arguments: [
            ("null", JSONValue.null), (" true ", true), ("false", false),
            ("0", 0), ("-0", 0), ("-9223372036854775808", .integer(.min)),
            ("9223372036854775807", .integer(.max)), ("1.5", 1.5), ("-2e3", -2000.0),
            ("1E-2", 0.01), ("\"\"", ""), ("[]", []), ("{}", [:]),
            ("[1, [2], {\"a\": null}]", [1, [2], ["a": nil]]),
            (#""\"\\\/\b\f\n\r\tA\u00e9\ud83d\ude00é""#, "\"\\/\u{8}\u{C}\n\r\tAé😀é"),
        ] as [(String, JSONValue)])
    func values(text: String, expected: JSONValue) throws {
        #expect(try JSONNode.parse(text).value == expected)
        #expect(try JSONNode.parse(text, dialect: .json5).value == expected)
    }

    @Test(
        "JSON5 adds what people write by hand, JSON refuses it",
        arguments: [
            ("// why\n1", JSONValue.integer(1)), ("/* why\n */ 1", 1), ("[1, 2,]", [1, 2]),
            ("{a: 1, $b_2: 2,}", ["a": 1, "$b_2": 2]), ("'it\\'s'", "it's"),
            ("0xFF", 255), ("-0X10", -16), ("+1", 1), (".5", 0.5), ("5.", 5.0), ("+.5e1", 5.0),
            ("'a\\\nb'", "ab"), ("'\\x41\\v\\0'", "A\u{B}\0"), ("\u{A0}\u{C}1", 1),
            ("{'a': \"'\"}", ["a": "'"]),
        ] as [(String, JSONValue)])
    func json5(text: String, expected: JSONValue) throws {
        #expect(try JSONNode.parse(text, dialect: .json5).value == expected)
        #expect(throws: JSONError.self) { try JSONNode.parse(text, dialect: .json) }
    }

    @Test(
        "refuses what is no document in either dialect",
        arguments: [
            "", " ", "{", "[", "[1", "[1 2]", "[,]", "[,1]", "{,}", "{\"a\"}", "{\"a\":}", "{1:2}",
            "{\"a\" 1}", "tru", "nul", "01", "-01", "00", "1.e", "1e", "1e+", "1x", "1.2.3", "--1",
            "\"", "\"\\", "\"\\q\"", "\"\\u12\"", "\"\\ud800\"", "\"\\udc00\"",
            "\"\\ud800\\u0041\"",
            "\"a\nb\"", "1 2", "]", "}", "NaN", "Infinity", "-Infinity", "+NaN", "1e999", "@", "é",
            "9223372036854775808", "-9223372036854775809", "0x", "0x8000000000000000", ".", "+",
            "-",
            "/* 1", "{\"a\": 1, \"a\": 2}", "[1,,2]",
        ])
    func refusals(text: String) {
        for dialect in [JSONNode.Dialect.json, .json5] {
            #expect(throws: JSONError.self) { try JSONNode.parse(text, dialect: dialect) }
        }
    }

    @Test("a string that is not UTF-8 is refused")
    func notUTF8() {
        let bytes: [UInt8] = [34, 0xC3, 34]
        #expect(throws: JSONError(.notUTF8, line: 1, column: 1)) { try JSONNode.parse(bytes) }
    }

    @Test("errors name the line and the column of the culprit")
    func places() {
        #expect(throws: JSONError(.duplicateKey("a"), line: 3, column: 3)) {
            try JSONNode.parse("{\n  \"a\": 1,\n  \"a\": 2\n}")
        }
        #expect(throws: JSONError(.notFinite("Infinity"), line: 2, column: 5)) {
            try JSONNode.parse("/*\n*/ [-Infinity]", dialect: .json5)
        }
        #expect(throws: JSONError(.outOfNumberRange("9223372036854775808"), line: 1, column: 2)) {
            try JSONNode.parse("[9223372036854775808]")
        }
    }

    @Test("every node knows where it stands")
    func nodePlaces() throws {
        let node = try JSONNode.parse("{\n  'a': [1,\n    'x\\\ny', 2]}", dialect: .json5)
        let list = try #require(node["a"])
        #expect(list.line == 2 && list.column == 8)
        guard case .array(let elements) = list.content else { throw Mismatch() }
        #expect(elements.map(\.line) == [2, 3, 4])
        #expect(elements.map(\.column) == [9, 5, 5])
    }

    @Test("the bounds on size and depth hold, to the byte and the level")
    func bounds() throws {
        #expect(try JSONNode.parse("[1]", sizeMax: 3).value == [1])
        #expect(throws: JSONError(.tooLarge(size: 3, sizeMax: 2), line: 1, column: 1)) {
            try JSONNode.parse("[1]", sizeMax: 2)
        }
        #expect(try JSONNode.parse("[[]]", depthMax: 2).value == [[]])
        #expect(throws: JSONError(.tooDeep(depthMax: 2), line: 1, column: 3)) {
            try JSONNode.parse("[[[]]]", depthMax: 2)
        }
        let bottomless = String(repeating: "[{\"a\":", count: 100_000)
        #expect(throws: JSONError.self) { try JSONNode.parse(bottomless, depthMax: 256) }
    }

    @Test("a span, an array and a string of the same bytes give the same node")
    func inputs() throws {
        let text = "{\"a\": [1, 2.5]}"
        let bytes = Array(text.utf8)
        #expect(try JSONNode.parse(bytes) == JSONNode.parse(text))
        #expect(try JSONNode.parse(bytes.span) == JSONNode.parse(text))
    }

    private struct Mismatch: Error {}
}
