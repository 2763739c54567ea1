import Market

extension StressReport {
    /// An alert from when it fired to when it was over.
    package struct RaisedAlert: Equatable, Sendable {
        package let name: String
        /// `P1` and `P2` call a person and are the level `act`; `warn` calls nobody.
        package let severity: String
        /// Nil for all symbols.
        package let symbol: String?
        package let detail: String
        package let firedNs: Int64
        /// Nil where it still fired when the run ended.
        package fileprivate(set) var endedNs: Int64?
        /// `resolved`, or `no_data` where what it was about left its window.
        package fileprivate(set) var ending: String?
        /// Whether the other run raised it at the same instant, so that no injection did.
        package let isShared: Bool

        package var isAct: Bool { severity != "warn" }

        fileprivate func concerns(_ symbol: String) -> Bool {
            self.symbol == nil || self.symbol == symbol
        }
    }

    /// How many alerts a run raised, of those how many of level `act`, and how many of each the
    /// other run did not raise at the same instant.
    package struct AlertCounts: Equatable, Sendable {
        package let raised: Int
        package let act: Int
        package let alone: Int
        package let actAlone: Int

        init(_ alerts: [RaisedAlert]) {
            raised = alerts.count
            act = alerts.count(where: \.isAct)
            alone = alerts.count { !$0.isShared }
            actAlone = alerts.count { $0.isAct && !$0.isShared }
        }
    }

    /// When a run showed that something was wrong with a symbol, and when it was over it.
    package struct Response: Equatable, Sendable {
        package let injection: Int
        package let symbol: String
        package let detect: Delay
        package let recover: Delay

        /// A length of time, or why there is none.
        package enum Delay: Equatable, Sendable {
            /// What ended it: the alert that fired or was over last, or the features.
            case known(Int64, by: String)
            case unknown(String)

            package var spanNs: Int64? {
                if case .known(let spanNs, _) = self { spanNs } else { nil }
            }
        }
    }
}

extension StressReport.RaisedAlert {
    /// What makes two rows rows of one alert.
    private static func key(_ incident: Incident) -> [String] {
        [incident.name, incident.severity ?? "", incident.symbol ?? "", incident.detail]
    }

    /// In the order in which they fired.
    static func all(of run: StressRun, beside other: StressRun) -> [Self] {
        var shared: Set<[String]> = []
        for incident in other.tally.incidents where incident.state == "firing" {
            shared.insert(key(incident) + ["\(incident.atNs)"])
        }
        var alerts: [Self] = []
        var open: [[String]: Int] = [:]
        for incident in run.tally.incidents where incident.kind == .alert {
            let key = key(incident)
            switch incident.state {
            case "firing":
                // One that fires on with more evidence says so again.
                guard open[key] == nil else { continue }
                open[key] = alerts.count
                alerts.append(
                    Self(
                        name: incident.name, severity: incident.severity ?? "",
                        symbol: incident.symbol, detail: incident.detail, firedNs: incident.atNs,
                        isShared: shared.contains(key + ["\(incident.atNs)"])))
            case "resolved", "no_data":
                if let index = open.removeValue(forKey: key) {
                    alerts[index].endedNs = incident.atNs
                    alerts[index].ending = incident.state
                }
            default: break
            }
        }
        return alerts
    }
}

extension StressReport.Response {
    init(
        _ span: StressReport.Span, _ alerts: [StressReport.RaisedAlert], _ stressed: StressRun,
        _ unstressed: StressRun
    ) {
        // What the twin raised as well, the market did and not the injection.
        let own = alerts.filter {
            !$0.isShared && $0.firedNs >= span.startNs && $0.concerns(span.symbol)
        }
        injection = span.injection
        symbol = span.symbol
        detect =
            own.first(where: \.isAct).map { .known($0.firedNs - span.startNs, by: $0.name) }
            ?? .unknown("no alert of level act that the twin has not")
        recover = Self.recovery(
            span, own.filter { $0.firedNs <= span.scoredToNs },
            Outage(span, stressed, unstressed))
    }

    /// From the injection's end until the last of its alerts is over and features have values.
    private static func recovery(
        _ span: StressReport.Span, _ alerts: [StressReport.RaisedAlert], _ outage: Outage
    ) -> Delay {
        if let open = alerts.first(where: { $0.endedNs == nil }) {
            return .unknown("\(open.name) still fires when the run ends")
        }
        var last: (atNs: Int64, by: String)?
        for alert in alerts {
            guard let endedNs = alert.endedNs, endedNs > last?.atNs ?? .min else {
                continue
            }
            last = (endedNs, alert.name)
        }
        switch outage {
        case .none: break
        case .untilNs(let untilNs):
            if untilNs > last?.atNs ?? .min { last = (untilNs, "features") }
        case .lasting: return .unknown("features have no values when the run ends")
        }
        guard let last else {
            return .unknown("nothing to recover from: no alert, and features as in the twin")
        }
        return .known(max(0, last.atNs - span.endNs), by: last.by)
    }

    /// Bars on which fewer features had values than in the twin, or that were missing there.
    private enum Outage {
        case none
        /// The tick of the first bar after them.
        case untilNs(Int64)
        case lasting

        init(_ span: StressReport.Span, _ stressed: StressRun, _ unstressed: StressRun) {
            let others = unstressed.bars(of: span.symbol)
            var next = 0
            var isOut = false
            var untilNs: Int64?
            for bar in stressed.bars(of: span.symbol) {
                while next < others.count, others[next].closeNs < bar.closeNs { next += 1 }
                guard bar.closeNs >= span.startNs else { continue }
                let twin =
                    next < others.count && others[next].closeNs == bar.closeNs
                    ? others[next] : nil
                let isWorse =
                    bar.nanCount > twin?.nanCount ?? 0
                    || (bar.action == .missing && twin?.action != .missing)
                if isWorse, bar.closeNs <= span.scoredToNs || isOut {
                    isOut = true
                } else if isOut {
                    isOut = false
                    untilNs = bar.closeNs + stressed.tally.context.barDelayNs
                }
            }
            self = isOut ? .lasting : untilNs.map { .untilNs($0) } ?? .none
        }
    }
}
