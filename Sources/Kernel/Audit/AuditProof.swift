package import JSON

/// What an audit can prove of a scenario, in the order in which it does.
package enum AuditProof: String, CaseIterable, Sendable {
    /// Nothing that was known at an instant depends on what came after it.
    case causality
    /// BTC's and the books' columns are as old as their purge says.
    case purge
    /// Threads, slices, pacing and processes change nothing.
    case determinism
    /// A run that was stopped or killed goes on to the same end.
    case resume
    /// Rows to train on are the rows that a replay decides by.
    case parity
    /// Injections of size zero change nothing.
    case identity
    /// Every trade and every ledger adds up.
    case costs
}

/// What came of one proof.
package struct AuditResult: Equatable, Sendable {
    package enum Verdict: String, Sendable {
        case pass, fail
        /// There was nothing to look at, which proves nothing.
        case short
    }

    /// How many of something were tried.
    package struct Count: Equatable, Sendable {
        package let name: String
        package let count: Int

        package init(_ name: String, _ count: Int) {
            self.name = name
            self.count = count
        }
    }

    /// Something that is not as the proof claims.
    package struct Finding: Equatable, Sendable {
        /// What it was found in: a column, a table.
        package let subject: String
        package let text: String
        package let figures: [Count]

        package init(_ subject: String, _ text: String, _ figures: [Count] = []) {
            self.subject = subject
            self.text = text
            self.figures = figures
        }
    }

    package let proof: AuditProof
    package internal(set) var verdict: Verdict
    package internal(set) var tried: [Count]
    package internal(set) var findings: [Finding]
    /// What a reader should know of how it was tried.
    package internal(set) var notes: [String] = []
    /// What was measured on the way, finding or not.
    package internal(set) var details: [JSONMember] = []

    /// A finding fails the proof.
    init(
        _ proof: AuditProof, tried: [Count], findings: [Finding], isShort: Bool = false,
        notes: [String] = []
    ) {
        self.proof = proof
        self.tried = tried
        self.findings = findings
        self.notes = notes
        verdict = !findings.isEmpty ? .fail : isShort ? .short : .pass
    }

    package var document: JSONValue {
        var members = [
            JSONMember("proof", .string(proof.rawValue)),
            JSONMember("verdict", .string(verdict.rawValue)),
            JSONMember("tried", tried.document),
            JSONMember("found", .array(findings.map(\.document))),
            JSONMember("notes", .array(notes.map { .string($0) })),
        ]
        members += details
        return .object(members)
    }
}

extension [AuditResult.Count] {
    fileprivate var document: JSONValue {
        .object(map { JSONMember($0.name, JSONValue($0.count)) })
    }
}

extension AuditResult.Finding {
    fileprivate var document: JSONValue {
        [
            "subject": .string(subject), "text": .string(text), "figures": figures.document,
        ]
    }
}
