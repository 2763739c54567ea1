package import Files
package import JSON
package import Journal
package import Rollout

/// A rollout as the rows of its run's journal tell it; nothing else is asked.
package struct RolloutHistory: Sendable {
    package struct Entry: Sendable {
        package let seq: Int64
        package let policy: String
        package let eventID: String
        package let event: RolloutEvent
    }

    /// The document of a stage's last look, which an operator signs.
    package struct Evidence: Equatable, Sendable {
        /// Exactly what the digest is of.
        package let text: String
        package let digest: Digest
    }

    package let plan: RolloutPlan
    /// Names the rollout in the ids of its events.
    package let rollout: Digest
    package let policy: Digest
    package let attempt: Int
    package let entries: [Entry]
    package let state: RolloutState
    package let evidence: Evidence?
    /// Names the candidate: the digests of its models, symbol by symbol.
    package let candidate: Digest

    /// Reads the rows of the table `rollout`, in their order; nil where there are none yet.
    package init?(_ rows: [ChainedRow]) throws(RolloutHistoryError) {
        guard let first = rows.first else { return nil }
        var entries: [Entry] = []
        for row in rows { entries.append(try Entry(row)) }
        guard case .candidateRegistered(let attempt) = entries[0].event.kind,
            let rollout = entries[0].event.input,
            let symbols = Self.symbols(entries[0].event.detail),
            let frozen = entries.first(where: { $0.event.kind == .policyFrozen }),
            let policy = frozen.event.input
        else { throw .headless(seq: first.seq) }
        plan = try Self.plan(frozen)
        guard plan.digest == policy else { throw .otherPlan(seq: frozen.seq) }
        self.attempt = attempt
        self.rollout = rollout
        self.policy = policy
        self.entries = entries
        candidate = Self.candidate(symbols.map(\.candidate))
        state = try Self.state(plan, symbols.map(\.name), entries, rollout, policy)
        evidence = try Self.evidence(entries)
    }

    /// Names the candidate of a rollout that is about to start, as ``candidate`` does.
    package static func candidate(of setup: RolloutSetup) -> Digest {
        candidate(setup.symbols.map { "\($0.candidate.digest)" })
    }

    private static func candidate(_ digests: [String]) -> Digest {
        digest(of: digests.joined(separator: " "))
    }

    /// What preflight announced of the plan's gates and rules; nil where it was not concluded.
    package var characteristics: JSONValue? {
        entries.lazy.compactMap { entry in
            if case .preflightEvaluated = entry.event.kind {
                return entry.event.detail?["characteristics"]
            }
            return nil
        }.first
    }

    /// When it ended; nil while it has not.
    package var closedNs: Int64? {
        entries.first { entry in
            if case .attemptClosed = entry.event.kind { true } else { false }
        }?.event.atNs
    }

    private static func state(
        _ plan: RolloutPlan, _ symbols: [String], _ entries: [Entry], _ rollout: Digest,
        _ policy: Digest
    ) throws(RolloutHistoryError) -> RolloutState {
        var state = RolloutState(plan: plan, symbols: symbols)
        var ids: Set<String> = []
        for entry in entries {
            guard entry.policy == "\(policy)" else { throw .otherPolicy(seq: entry.seq) }
            guard entry.eventID == "\(entry.event.id(of: rollout))" else {
                throw .changed(seq: entry.seq)
            }
            guard ids.insert(entry.eventID).inserted else { throw .repeated(seq: entry.seq) }
            do throws(RolloutLogError) {
                try state.apply(entry.event)
            } catch {
                throw .log(seq: entry.seq, error)
            }
        }
        return state
    }

    static func plan(_ frozen: Entry) throws(RolloutHistoryError) -> RolloutPlan {
        guard let document = frozen.event.detail?["plan"] else {
            throw .headless(seq: frozen.seq)
        }
        do throws(JSONError) {
            let node = try JSONNode.parse(document.text())
            return try RolloutPlan(document: JSONField(node))
        } catch {
            throw .plan(seq: frozen.seq, error)
        }
    }

    static func symbols(
        _ detail: JSONValue?
    ) -> [(name: String, candidate: String)]? {
        guard case .array(let elements) = detail?["symbols"], !elements.isEmpty else { return nil }
        let symbols = elements.compactMap { element -> (name: String, candidate: String)? in
            guard case .string(let name) = element["symbol"],
                case .string(let digest) = element["candidate"]?["digest"]
            else { return nil }
            return (name, digest)
        }
        return symbols.count == elements.count ? symbols : nil
    }

    private static func evidence(_ entries: [Entry]) throws(RolloutHistoryError) -> Evidence? {
        let looks = entries.filter { entry in
            if case .stageEvaluated = entry.event.kind { true } else { false }
        }
        guard let last = looks.last else { return nil }
        let text = (last.event.detail?.text() ?? "") + "\n"
        let digest = digest(of: text)
        guard digest == last.event.input else { throw .otherEvidence(seq: last.seq) }
        return Evidence(text: text, digest: digest)
    }

    private static func digest(of text: String) -> Digest {
        var hash = SHA256()
        hash.update(Array(text.utf8))
        return hash.finish()
    }
}

extension RolloutHistory.Entry {
    /// The inverse of what the scribe writes.
    init(_ row: ChainedRow) throws(RolloutHistoryError) {
        let values = row.row.values
        guard row.row.table == .rollout, case .text(let name) = values[0],
            case .integer(let fromNs) = values[3], case .integer(let toNs) = values[4],
            case .text(let policy) = values[6], case .text(let eventID) = values[7],
            case .text(let payload) = values[9]
        else { throw .changed(seq: row.seq) }
        var input: Digest?
        if let text = values[5].optionalText {
            guard let digest = Digest(hexadecimal: text) else { throw .changed(seq: row.seq) }
            input = digest
        }
        seq = row.seq
        self.policy = policy
        self.eventID = eventID
        do throws(RolloutLogError) {
            event = try RolloutEvent(
                name: name, symbol: values[1].optionalText, rule: values[2].optionalText,
                payload: payload, atNs: row.row.atNs, fromNs: fromNs, toNs: toNs, input: input,
                by: values[8].optionalText)
        } catch {
            throw .log(seq: row.seq, error)
        }
    }
}

extension JournalValue {
    fileprivate var optionalText: String? {
        if case .text(let text) = self { text } else { nil }
    }
}

/// Why rows are no rollout's; each names the row.
package enum RolloutHistoryError: Error, Equatable {
    /// It does not begin with a candidate and a plan.
    case headless(seq: Int64)
    case plan(seq: Int64, JSONError)
    /// The plan that was frozen has another digest than the events carry.
    case otherPlan(seq: Int64)
    case otherPolicy(seq: Int64)
    case changed(seq: Int64)
    case repeated(seq: Int64)
    case otherEvidence(seq: Int64)
    case log(seq: Int64, RolloutLogError)

    package var seq: Int64 {
        switch self {
        case .headless(let seq), .plan(let seq, _), .otherPlan(let seq), .otherPolicy(let seq),
            .changed(let seq),
            .repeated(let seq), .otherEvidence(let seq), .log(let seq, _):
            seq
        }
    }
}

extension RolloutHistoryError: CustomStringConvertible {
    package var description: String {
        let problem =
            switch self {
            case .headless: "the rollout does not begin with a candidate and its plan"
            case .plan(_, let error): "the plan that was frozen cannot be read: \(error)"
            case .otherPlan: "the plan in it has another digest than the one that was frozen"
            case .otherPolicy: "its plan is not the one that was frozen"
            case .changed: "its id is not that of its content"
            case .repeated: "the event is there twice"
            case .otherEvidence: "its digest is not that of its evidence"
            case .log(_, let error): error.description
            }
        return "row \(seq) (rollout): \(problem)"
    }
}
