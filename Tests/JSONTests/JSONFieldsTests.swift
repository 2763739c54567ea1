import JSON
import TestSupport
import Testing

@Suite("Fields of an object")
struct JSONFieldsTests {
    private enum Mode: String, CaseIterable {
        case slow, fast
    }

    private func fields(_ text: String) throws -> JSONFields {
        try JSONFields(JSONNode.parse(text, dialect: .json5))
    }

    private func problem(_ body: () throws -> Void) -> JSONError? {
        do {
            try body()
        } catch let error as JSONError {
            return error
        } catch {}
        return nil
    }

    @Test("come out by name and type")
    func types() throws {
        var fields = try fields(
            "{i: 7, n: 1, x: .5, s: 'a', b: true, m: 'fast', l: [1, 2], o: {k: 1}}")
        #expect(try fields.integer("i", in: 0...10) == 7)
        #expect(try fields.number("n", in: 0...1) == 1)
        #expect(try fields.number("x", in: 0...1) == 0.5)
        #expect(try fields.string("s") == "a")
        #expect(try fields.bool("b"))
        #expect(try fields.choice("m", Mode.self) == .fast)
        #expect(try fields.array("l", count: 1...2).map { try $0.integer(in: 0...9) } == [1, 2])
        var nested = try fields.object("o")
        #expect(try nested.integer("k", in: 0...10 as ClosedRange<UInt8>) == 1)
        try nested.finish()
        try fields.finish()
    }

    @Test("that are absent take their default")
    func defaults() throws {
        var fields = try fields("{}")
        #expect(try fields.integer("i", in: 0...10, default: 3) == 3)
        #expect(try fields.number("n", in: 0...1, default: 0.5) == 0.5)
        #expect(try fields.string("s", default: "a") == "a")
        #expect(try fields.bool("b", default: true))
        #expect(try fields.choice("m", Mode.self, default: .slow) == .slow)
        #expect(try fields.array("l", default: []).isEmpty)
        #expect(try fields.optionalObject("o") == nil)
    }

    @Test("that are absent and required are named, with the key that may be theirs")
    func missing() throws {
        var fields = try fields("\n{a: {sede: 1}}")
        var nested = try fields.object("a")
        let misspelt = JSONError(
            .missing(resembling: "sede"), line: 2, column: 5, path: "a.seed")
        #expect(throws: misspelt) { try nested.integer("seed", in: 0...1) }
        #expect(throws: JSONError(.missing(resembling: nil), line: 2, column: 1, path: "b")) {
            try fields.integer("b", in: 0...1)
        }
    }

    @Test("that nobody asked for are refused with the nearest known name")
    func unknown() throws {
        var fields = try fields("{\n  sede: 1, \n}")
        _ = fields.optional("seed")
        _ = fields.optional("strength")
        let expected = JSONError(
            .unknown(nearest: "seed", known: ["seed", "strength"]), line: 2, column: 3, path: "sede"
        )
        #expect(throws: expected) { try fields.finish() }
        #expect(
            expected.description
                == "line 2, column 3: sede: no such field; did you mean `seed`?")
    }

    @Test("of the wrong type, range, choice or length are refused by path and value")
    func wrong() throws {
        var fields = try fields("{i: 11, s: 3, m: 'fats', e: '', l: [1, {d: 'x'}]}")
        #expect(
            problem { _ = try fields.integer("i", in: 0...10) }?.description
                == "line 1, column 5: i: 11 is outside 0...10")
        #expect(
            problem { _ = try fields.string("s") }?.problem
                == .wrongType(found: "3", expected: "a string"))
        #expect(
            problem { _ = try fields.choice("m", Mode.self) }?.problem
                == .notAChoice(value: "fats", nearest: "fast", choices: ["slow", "fast"]))
        #expect(problem { _ = try fields.string("e") }?.path == "e")
        #expect(
            problem { _ = try fields.array("l", count: 3...4) }?.problem
                == .wrongCount(found: 2, range: "3...4"))
        var element = try fields.array("l")[1].object()
        #expect(problem { _ = try element.number("d", in: 0...1) }?.path == "l[1].d")
        #expect(
            problem { throw try element.required("d").refusal("no such day") }?.description
                == "line 1, column 44: l[1].d: \"x\": no such day")
    }

    @Test("of anything but an object are refused")
    func noObject() {
        #expect(
            problem { _ = try fields("[1]") }?.problem
                == .wrongType(found: "a list", expected: "an object"))
    }

    @Test(
        "nearest spellings",
        arguments: [
            ("sede", "seed"), ("SEED", "seed"), ("strenght", "strength"), ("zzz", nil), ("", nil),
            ("stre", nil),
        ])
    func spelling(word: String, expected: String?) {
        #expect(Spelling.nearest(to: word, among: ["seed", "strength"]) == expected)
    }
}
