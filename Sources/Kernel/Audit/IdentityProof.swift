import JSON
import Scenarios

/// Injections of every kind at the size at which they do nothing go through the code, and change
/// nothing in the journal's body.
struct IdentityProof {
    let runner: AuditRunner
    let clean: RunTrace

    func result() async throws -> AuditResult {
        let (plan, kinds, idle) = try await planned()
        guard let plan else {
            return AuditResult(
                .identity, tried: [AuditResult.Count("kinds", 0)], findings: [], isShort: true)
        }
        let body = try await runner.body(
            plan, LineOptions(lanes: runner.lanes), against: clean)
        let findings = body.difference.map {
            [AuditResult.Finding("zero-size injections", $0)]
        }
        var result = AuditResult(
            .identity,
            tried: [
                AuditResult.Count("kinds", kinds.count),
                AuditResult.Count("journal_rows", body.rowCount),
            ], findings: findings ?? [],
            notes: idle.map { "\($0.rawValue) is left out: the tapes have nothing for it" })
        result.details = [
            JSONMember("kinds", .array(kinds.map { .string($0.rawValue) }))
        ]
        return result
    }

    /// All kinds at once, and where that is refused all that the tapes have something for.
    private func planned() async throws -> (
        plan: ReplayPlan?, kinds: [InjectionKind], idle: [InjectionKind]
    ) {
        let all = InjectionKind.allCases
        do {
            return (try await plan(all), all, [])
        } catch is StartUpError {
            var kinds: [InjectionKind] = []
            for kind in all where try await isAccepted(kind) { kinds.append(kind) }
            let idle = all.filter { !kinds.contains($0) }
            return (kinds.isEmpty ? nil : try await plan(kinds), kinds, idle)
        }
    }

    private func isAccepted(_ kind: InjectionKind) async throws -> Bool {
        do {
            _ = try await plan([kind])
            return true
        } catch is StartUpError {
            return false
        }
    }

    private func plan(_ kinds: [InjectionKind]) async throws -> ReplayPlan {
        let subject = runner.subject
        let schedule = subject.plan.run.schedule
        // A third of the window after its start there are bars before and after.
        let afterNs = (schedule.lastCloseNs - schedule.firstWindowCloseNs) / 3
        let text: JSONValue = [
            "base": .string(subject.path),
            "injections": .array(kinds.map { $0.zeroText(afterNs: afterNs) }),
        ]
        return try await subject.replay(
            ScenarioDocument(
                Array(text.text().utf8), over: subject.document, path: subject.path))
    }
}

extension InjectionKind {
    /// As a file declares it, at its zero.
    fileprivate func zeroText(afterNs: Int64) -> JSONValue {
        var members = [
            JSONMember("kind", .string(rawValue)), JSONMember("at", .string("\(afterNs)ns")),
        ]
        for field in fields {
            guard let zero = field.zero else { continue }
            let value: JSONValue =
                switch field.unit {
                case .millionths: .number(Double(zero) / 1_000_000)
                case .nanoseconds: .string("\(zero)ns")
                }
            members.append(JSONMember(field.parameter.rawValue, value))
        }
        return .object(members)
    }
}
