package import Files
package import JSON
import Scenarios

/// What one stress test of a candidate came to, as `tapedeck stress` wrote it down.
package struct StressTest: Equatable, Sendable {
    package enum Verdict: String, CaseIterable, Sendable {
        case pass, fail, short
    }

    /// One of the injections that were played; of its parameters those that preflight asks for.
    struct Injected: Equatable, Sendable {
        let kind: InjectionKind
        /// Nil for all of the run.
        let symbols: [String]?
        let depthPpm: Int64
        let fallNs: Int64
        let sizePpm: Int64
    }

    /// Of one symbol.
    struct Candidate: Equatable, Sendable {
        let symbol: String
        let digest: Digest
    }

    /// Of the report's bytes: it names the report wherever it lies.
    package let digest: Digest
    let verdict: Verdict
    /// In words, what the verdict is about.
    let reasons: [String]
    /// F1 of BUY that was lost to the run without stress; nil where either is undefined.
    let lostOnWhole: Double?
    /// The most that was lost around one of the injections.
    let lostAround: Double?
    let fromNs: Int64
    let toNs: Int64
    let injections: [Injected]
    let candidates: [Candidate]

    package static let fileName = "report.json"
    package static let sizeMax = 1 << 24
    private static let schema = "tapedeck.stress/1"

    /// Reads a `report.json`; whatever else it holds is left alone.
    package init(_ text: [UInt8]) throws(JSONError) {
        var hash = SHA256()
        hash.update(text)
        digest = hash.finish()
        var fields = try JSONFields(try JSONNode.parse(text, sizeMax: Self.sizeMax))
        let schema = try fields.required("schema")
        guard try schema.string() == Self.schema else {
            throw schema.refusal("must be \"\(Self.schema)\"; name a folder of `tapedeck stress`")
        }
        verdict = try fields.choice("verdict", Verdict.self)
        var reasons: [String] = []
        for reason in try fields.array("reasons") { reasons.append(try reason.string()) }
        self.reasons = reasons
        var f1 = try fields.object("f1")
        lostOnWhole = try Self.lost(f1.required("whole"))
        var around: [Double] = []
        for scope in try f1.array("injections") {
            if let lost = try Self.lost(scope) { around.append(lost) }
        }
        lostAround = around.max()
        var window = try fields.object("window")
        fromNs = try window.integer("from_ns", in: 0...Int64.max)
        toNs = try window.integer("to_ns", in: fromNs...Int64.max)
        var injections: [Injected] = []
        for injection in try fields.array("injections") {
            injections.append(try Injected(injection))
        }
        self.injections = injections
        var candidates: [Candidate] = []
        for candidate in try fields.array("candidates") {
            candidates.append(try Candidate(candidate))
        }
        self.candidates = candidates
    }

    private static func lost(_ scope: JSONField) throws(JSONError) -> Double? {
        var scope = try scope.object()
        var pooled = try scope.object("pooled")
        var figure = try pooled.object("lost")
        let value = try figure.required("value")
        return value.node.content == .null ? nil : try value.number(in: -1...1)
    }
}

extension StressTest.Injected {
    fileprivate init(_ field: JSONField) throws(JSONError) {
        var fields = try field.object()
        kind = try fields.choice("kind", InjectionKind.self)
        let named = try fields.required("symbols")
        if named.node.content == .null {
            symbols = nil
        } else {
            var names: [String] = []
            for name in try named.array() { names.append(try name.string()) }
            symbols = names
        }
        func value(_ key: String, isThere: Bool) throws(JSONError) -> Int64 {
            isThere ? try fields.integer(key, in: Int64.min...Int64.max) : 0
        }
        let isCrash = kind == .flashCrash
        depthPpm = try value("depth_ppm", isThere: isCrash)
        fallNs = try value("fall_ns", isThere: isCrash)
        sizePpm = try value("size_ppm", isThere: kind == .halvingStep)
    }
}

extension StressTest.Candidate {
    fileprivate init(_ field: JSONField) throws(JSONError) {
        var fields = try field.object()
        symbol = try fields.string("symbol")
        let text = try fields.required("digest")
        guard let digest = Digest(hexadecimal: try text.string()) else {
            throw text.refusal("must be 64 hexadecimal digits")
        }
        self.digest = digest
    }
}
