import Files
import JSON
import Rollout
import Statistics

extension CanaryMaker {
    private static let alertEntriesMax = 200

    func incidents() -> CanaryReport.Incidents {
        let own = run.history.entries.compactMap { entry(of: $0.event) }
        var calls: [CanaryReport.Incidents.Entry] = []
        var counts = WordCounts()
        for alert in rows.alerts where isInside(alert.atNs) {
            counts.add([alert.id, alert.severity, alert.state])
            guard alert.severity != "warn", alert.state == "firing" || alert.state == "resolved"
            else { continue }
            calls.append(
                CanaryReport.Incidents.Entry(
                    atNs: alert.atNs, kind: .alert, name: alert.id,
                    detail: [alert.state, alert.detail].filter { !$0.isEmpty }
                        .joined(separator: " "),
                    symbol: alert.symbol, severity: alert.severity, by: nil,
                    runbook: AlertID(rawValue: alert.id).map { "docs/runbooks/\($0.rawValue).md" }))
        }
        let commands = rows.commands.map { command in
            CanaryReport.Incidents.Entry(
                atNs: command.atNs, kind: .command, name: command.name,
                detail: [command.detail, command.reason].filter { !$0.isEmpty }
                    .joined(separator: ": "),
                symbol: command.symbol, severity: nil, by: command.by, runbook: nil)
        }
        let kept = calls.prefix(Self.alertEntriesMax)
        let entries = (own + commands + kept).enumerated().sorted {
            ($0.element.atNs, $0.offset) < ($1.element.atNs, $1.offset)
        }.map(\.element)
        return CanaryReport.Incidents(
            entries: entries, leftOut: calls.count - kept.count,
            alerts: counts.sorted.map {
                AlertCount(
                    alert: $0.words[0], severity: $0.words[1], state: $0.words[2], count: $0.count)
            })
    }

    private func entry(of event: RolloutEvent) -> CanaryReport.Incidents.Entry? {
        guard let kind = event.incident else { return nil }
        var words: [String] = []
        if case .object(let members) = event.payload {
            for member in members where member.key != "detail" {
                if case .string(let text) = member.value {
                    words.append(
                        "\(member.key)=\(text.utf8.count == 64 ? String(text.prefix(12)) : text)")
                } else {
                    words.append("\(member.key)=\(member.value.text())")
                }
            }
        }
        if case .string(let reason) = event.detail?["reason"] { words.append(reason) }
        return CanaryReport.Incidents.Entry(
            atNs: event.atNs, kind: kind, name: event.name, detail: words.joined(separator: " "),
            symbol: event.symbol, severity: kind == .fault ? "P1" : nil, by: event.by,
            runbook: event.runbook.map { "docs/runbooks/\($0.rawValue).md" })
    }

    // MARK: - Readiness

    func readiness() -> CanaryReport.Readiness {
        let preflight = run.history.entries.last { entry in
            if case .preflightEvaluated = entry.event.kind { true } else { false }
        }
        let found = preflight?.event.detail?["characteristics"].flatMap {
            CanaryReport.Readiness.Characteristics($0)
        }
        return CanaryReport.Readiness(
            targets: targets, drill: preflight.flatMap { drill($0.event) },
            recoveries: recoveries, stalledAfterNs: 300_000_000_000, characteristics: found,
            simulated: found == nil
                ? .absent("not simulated: `tapedeck rollout characteristics SCENARIO` does")
                : .present)
    }

    private var targets: [CanaryReport.Readiness.Target] {
        guard let first = run.history.entries.first,
            case .array(let elements) = first.event.detail?["symbols"]
        else { return [] }
        return elements.compactMap { element in
            guard case .string(let symbol) = element["symbol"],
                let champion = element["champion"], let digest = champion.digest,
                case .string(let name) = champion["name"],
                case .integer(let version) = champion["version"]
            else { return nil }
            var fallbacks: [Digest] = []
            if case .array(let models) = element["fallbacks"] {
                fallbacks = models.compactMap(\.digest)
            }
            return CanaryReport.Readiness.Target(
                symbol: symbol, model: name, version: version, digest: digest,
                fallbackDigests: fallbacks)
        }
    }

    private func drill(_ event: RolloutEvent) -> CanaryReport.Readiness.Drill? {
        guard case .preflightEvaluated(let verdict) = event.kind, let detail = event.detail,
            case .integer(let sample) = detail["sample_trades"],
            case .integer(let least) = detail["trades_min"],
            case .integer(let labels) = detail["labels"]
        else { return nil }
        func figure(_ key: String) -> Figure {
            guard case .number(let value) = detail[key] else {
                return .undefined(labels == 0 ? .noValues : .classAbsent, n: Int(labels))
            }
            return Figure(value, n: Int(labels))
        }
        return CanaryReport.Readiness.Drill(
            atNs: event.atNs, verdict: verdict, fallbackF1: figure("fallback_f1_buy"),
            championF1: figure("champion_f1_buy"), sampleTrades: Int(sample),
            tradesMin: Int(least))
    }

    /// Of the last rollback, lane by lane.
    private var recoveries: [CanaryReport.Readiness.Recovery] {
        let events = run.history.entries.map(\.event)
        let breach = events.lastIndex { event in
            if case .rollbackTriggered = event.kind { true } else { false }
        }
        guard let breach, case .rollbackTriggered(let rule, let symbol) = events[breach].kind
        else { return [] }
        var names: [String] = []
        for event in events[breach...] {
            if case .flipRequested(let name, .champion, _) = event.kind, !names.contains(name) {
                names.append(name)
            }
        }
        if let symbol { names = [symbol] }
        return names.map { name in
            var applied: Int64?
            var served: Int64?
            for event in events[breach...] {
                switch event.kind {
                case .flipApplied(name, .champion, _): applied = applied ?? event.atNs
                case .flipConfirmed(name, .champion): served = served ?? event.atNs
                default: break
                }
            }
            return CanaryReport.Readiness.Recovery(
                rule: rule, symbol: name, breachNs: events[breach].atNs, appliedNs: applied,
                servedNs: served)
        }
    }
}

extension RolloutEvent {
    /// What it is to a reader; nil for what happens every day.
    fileprivate var incident: CanaryReport.Incidents.Kind? {
        switch kind {
        case .stageEntered, .resumed, .laneDayPassed, .candidateRegistered, .policyFrozen: .stage
        case .preflightEvaluated, .stageEvaluated, .evaluationErred, .leakageDetected: .look
        case .holdEntered, .holdExpired, .approvalExpired: .hold
        case .waiverGranted: .waiver
        case .flipRequested, .flipApplied, .flipConfirmed: .flip
        case .rollbackTriggered, .rollbackStalled, .notRestored, .revertProposed: .rollback
        case .killSwitchSet: .killSwitch
        case .integrityFault: .fault
        case .signedOff, .signOffRefused: .signature
        case .operatorAborted, .superseded, .attemptClosed: .end
        case .retrainRequested: .alert
        case .measurementRecorded: nil
        }
    }
}

extension RolloutEvent {
    /// The alert whose runbook says what to do; nil where nothing is to be done.
    fileprivate var runbook: AlertID? {
        switch kind {
        case .rollbackStalled: .rollbackStalled
        case .integrityFault: .contract
        default:
            switch rule {
            case .laneExpectancy: .expectancy
            case .fleetExpectancy: .expectancyFleet
            case .contract: .contract
            case .dataFault, .drift, .review, .inferior, .staleDrift, .commanded, .notRestored, nil:
                nil
            }
        }
    }
}

extension JSONValue {
    fileprivate var digest: Digest? {
        if case .string(let text) = self["digest"] { Digest(hexadecimal: text) } else { nil }
    }

    fileprivate var double: Double? {
        switch self {
        case .number(let value): value
        case .integer(let value): Double(value)
        default: nil
        }
    }
}

extension CanaryReport.Readiness.Characteristics {
    /// Reads the document that `rollout characteristics` writes; nil for anything else.
    fileprivate init?(_ document: JSONValue) {
        guard case .integer(let worlds) = document["worlds"],
            case .array(let differences) = document["differences"],
            case .string(let name) = document["profile"],
            let own = RolloutPlan.Profile(rawValue: name)
        else { return nil }
        self.worlds = Int(worlds)
        var edge: Double?
        if case .array(let edges) = document["edges"] {
            for each in edges where each["profile"] == .string(own.rawValue) {
                edge = each["difference"]?.double
            }
        }
        self.edge = edge
        points = differences.flatMap { point in
            RolloutPlan.Profile.allCases.compactMap { Self.point(point, $0) }
        }
    }

    private static func point(_ point: JSONValue, _ profile: RolloutPlan.Profile) -> Point? {
        let isStrict = profile == .seedStrict
        guard case .string(let name) = point["at"], let difference = point["difference"]?.double,
            let ends = point[isStrict ? "seed_strict" : "guarded"],
            let promoted = rate(ends["promoted"]), let back = rate(ends["rolled_back"]),
            let open = rate(ends["inconclusive"]), let days = ends["days"]?.double,
            let lane = rate(point["canary_rules"]?[isStrict ? "R1_seed_strict" : "R1_guarded"])
        else { return nil }
        return Point(
            name: name, difference: difference, profile: profile, promoted: promoted,
            rolledBack: back, inconclusive: open, days: days, laneRule: lane)
    }

    private static func rate(_ value: JSONValue?) -> Rate? {
        guard let share = value?["share"]?.double, let low = value?["low"]?.double,
            let high = value?["high"]?.double
        else { return nil }
        return Rate(value: share, low: low, high: high)
    }
}
