import JSON
import TestSupport
import Testing

@Suite("Canonical JSON text")
struct JSONTextTests {
    @Test(
        "is compact and keeps the order of members",
        arguments: [
            (JSONValue.null, "null"), (["b": 1, "a": [true, nil]], #"{"b":1,"a":[true,null]}"#),
            (.integer(.min), "-9223372036854775808"), (0.1, "0.1"), (1.0, "1.0"), (1e300, "1e+300"),
            (-0.0, "-0.0"), (.number(.leastNonzeroMagnitude), "5e-324"), ([], "[]"), ([:], "{}"),
            ("\"\\/\u{8}\u{C}\n\r\t\u{1}é😀\u{7F}", "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001é😀\u{7F}\""),
        ] as [(JSONValue, String)])
    func compact(value: JSONValue, expected: String) {
        #expect(value.text() == expected)
    }

    @Test("pretty text indents by two spaces and leaves empty lists on one line")
    func pretty() {
        let value: JSONValue = ["a": [1, 2], "b": [], "c": ["d": [:]]]
        let expected = """
            {
              "a": [
                1,
                2
              ],
              "b": [],
              "c": {
                "d": {}
              }
            }
            """
        #expect(value.text(pretty: true) == expected)
    }

    @Test("what was written reads back equal, to the bit", arguments: UInt64(0)..<40)
    func roundTrip(seed: UInt64) throws {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
        let value = randomValue(&state, depth: 5)
        for text in [value.text(), value.text(pretty: true)] {
            for dialect in [JSONNode.Dialect.json, .json5] {
                let read = try JSONNode.parse(text, dialect: dialect).value
                #expect(read == value, "seed \(seed)")
                #expect(read.text() == value.text(), "seed \(seed)")
            }
        }
    }

    @Test("a number that is not finite is a bug of the caller")
    func notFinite() async {
        await #expect(processExitsWith: .failure) { _ = JSONValue.number(.nan).text() }
    }

    private func randomValue(_ state: inout UInt64, depth: Int) -> JSONValue {
        switch random(&state) % (depth > 0 ? 7 : 5) {
        case 0: return [nil, true, false][Int(random(&state) % 3)]
        case 1: return .integer(Int64(bitPattern: random(&state)))
        case 2: return .integer(Int64(random(&state) % 100))
        case 3:
            let number = Double(bitPattern: random(&state))
            return .number(number.isFinite ? number : 0.1)
        case 4: return .string(randomString(&state))
        case 5:
            let count = random(&state) % 5
            return .array((0..<count).map { _ in randomValue(&state, depth: depth - 1) })
        default:
            return .object(
                (0..<random(&state) % 5).map {
                    JSONMember(
                        "\($0)" + randomString(&state), randomValue(&state, depth: depth - 1))
                })
        }
    }

    private func randomString(_ state: inout UInt64) -> String {
        String(
            String.UnicodeScalarView(
                (0..<random(&state) % 6).map { _ in
                    Unicode.Scalar(UInt32(random(&state) % 0x11_0000)) ?? "\n"
                }))
    }

    private func random(_ state: inout UInt64) -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
