import Desk
import Features
package import Market
import Models
import Rollout
import Scenarios

/// Scores rows with the models in service, and knows which those are.
///
/// Where a model reads what cannot be trusted, or was switched off, the first declared fallback
/// that does without decides from that same tick on. All of it follows from the market and from
/// commands that are known beforehand: nothing comes back from the desk or a rollout.
package struct ScoringCore: Sendable {
    private let models: [ServedModel]
    /// By symbol, in the order in which they are declared.
    private let fallbacks: [[Int]]
    private let scoresFallbacks: Bool
    /// The columns of a row that are made of books.
    private let bookColumns: [Int]
    /// By role, then by symbol: an index into `models`, nil while the symbol is paused.
    private var service: [[Int?]]
    /// Still to come, in the order in which they take effect.
    private var switches: ArraySlice<ServiceSwitch>
    private var kills: ArraySlice<KillChange>
    private var killed: [FeatureColumn.Family] = []
    private var isHalted = false
    private var ages: BookAges
    /// By symbol; those without a fallback are not looked at.
    private var faults: [DataFault]
    private var probabilities: [Double] = []

    package init(_ plan: ReplayPlan) {
        models = plan.models
        fallbacks = plan.fallbacks
        scoresFallbacks = plan.rollout != nil
        let columns = plan.run.config.columns
        bookColumns = columns.indices.filter { columns[$0].family == .l2 }
        service = plan.service
        switches = plan.switches[...]
        kills = plan.kills[...]
        ages = BookAges(plan.run)
        faults = plan.fallbacks.map { _ in DataFault() }
    }

    /// Scores the rows of a slice: one entry for each traded symbol. `timer` is told of each model
    /// that decides; a core knows no clock.
    mutating func score(
        _ slice: MarketSlice, _ rows: [FeatureRows], _ timer: inout some ScoreTimer
    ) -> SliceScores {
        var scores = SliceScores()
        scores.ages = ages.advance(slice)
        let ticks = rows.first?.tickNs ?? []
        let isFaulty = rows.indices.map { faulty($0, rows[$0], scores.ages) }
        var start = 0
        while start < ticks.count {
            apply(before: ticks[start], &scores)
            // All ticks up to the next change are scored together.
            let switchNs = switches.first?.atNs ?? .max
            let killNs = kills.first?.atNs ?? .max
            var end = start + 1
            while end < ticks.count, ticks[end] <= switchNs, ticks[end] < killNs { end += 1 }
            score(rows, start..<end, isFaulty, &scores, &timer)
            start = end
        }
        apply(before: slice.endNs + 1, &scores)
        if scoresFallbacks { scores.fallbacks = fallbackPredictions(rows) }
        return scores
    }

    /// Puts in force what came before a tick. A switch of models is followed from the tick after its
    /// own on; a kill switch at its own already.
    private mutating func apply(before tickNs: Int64, _ scores: inout SliceScores) {
        while let next = switches.first, next.atNs < tickNs {
            switches.removeFirst()
            switch next.target {
            case .model(let model): service[next.role.rawValue][next.symbol] = model
            case .refused: service[next.role.rawValue][next.symbol] = nil
            }
            scores.switches.append(next)
        }
        while let next = kills.first, next.atNs <= tickNs {
            kills.removeFirst()
            switch next.killSwitch {
            case .trading: isHalted = next.isOn
            case .family(let family):
                killed.removeAll { $0 == family }
                if next.isOn { killed.append(family) }
            }
            scores.kills.append(next)
        }
    }

    // MARK: - Who decides

    /// Whether each row of a symbol is one that its books should not decide.
    private mutating func faulty(
        _ symbol: Int, _ rows: FeatureRows, _ ages: SliceAges
    ) -> [Bool] {
        guard !fallbacks[symbol].isEmpty, !bookColumns.isEmpty else {
            return [Bool](repeating: false, count: rows.tickNs.count)
        }
        var isFaulty: [Bool] = []
        var seen = 0
        func look(_ fault: inout DataFault, through tickNs: Int64) {
            while seen < ages.tickNs.count, ages.tickNs[seen] <= tickNs {
                if seen < ages.seconds[symbol].count {
                    fault.see(seconds: ages.seconds[symbol][seen], atNs: ages.tickNs[seen])
                }
                seen += 1
            }
        }
        let width = rows.closeNs.isEmpty ? 0 : rows.values.count / rows.closeNs.count
        for index in rows.tickNs.indices {
            look(&faults[symbol], through: rows.tickNs[index])
            let unknown = bookColumns.count { rows.values[index * width + $0].isNaN }
            let share = Double(unknown) / Double(bookColumns.count)
            faults[symbol].close(
                nanShare: rows.closes[index].isNaN ? nil : share, atNs: rows.tickNs[index])
            isFaulty.append(faults[symbol].isOn)
        }
        look(&faults[symbol], through: .max)
        return isFaulty
    }

    private struct Decider: Equatable {
        let model: Int?
        let substitution: Prediction.Substitution?
    }

    private func decider(_ symbol: Int, _ role: Role, isFaulty: Bool) -> Decider {
        let served = service[role.rawValue][symbol]
        guard let served, isFaulty || !killed.isEmpty else {
            return Decider(model: served, substitution: nil)
        }
        let disabled = killed + (isFaulty ? [.l2] : [])
        let fallback = fallbacks[symbol].first { !models[$0].reads(disabled) }
        // A halt leaves models as they are and takes their entries, so it is no part of this.
        let route = EffectiveRoute(
            isHalted: false, isFamilyDisabled: true, isPaused: false,
            usesFamily: models[served].reads(disabled), hasFallback: fallback != nil)
        switch route {
        case .lane: return Decider(model: served, substitution: nil)
        case .fallback, .pausedWithoutFallback, .paused, .halted:
            return Decider(
                model: fallback,
                substitution: models[served].reads(killed) ? .killSwitch : .l2Blind)
        }
    }

    // MARK: - Scores

    private mutating func score(
        _ rows: [FeatureRows], _ ticks: Range<Int>, _ isFaulty: [[Bool]],
        _ scores: inout SliceScores, _ timer: inout some ScoreTimer
    ) {
        let roles = Role.allCases.prefix(service.count)
        var predictions: [[[Prediction]]] = []
        for symbol in rows.indices {
            predictions.append(
                roles.map { role in
                    let deciders = ticks.map {
                        decider(symbol, role, isFaulty: isFaulty[symbol][$0])
                    }
                    return score(rows[symbol], ticks, symbol: symbol, role, deciders, &timer)
                })
        }
        for index in 0..<ticks.count {
            for symbol in predictions.indices {
                for role in roles {
                    scores.predictions.append(predictions[symbol][role.rawValue][index])
                }
            }
            let tick = ticks.lowerBound + index
            scores.signals.append(
                TickSignals(
                    closeNs: rows[0].closeNs[tick], tickNs: rows[0].tickNs[tick],
                    signals: roles.map { role in
                        predictions.map { Signal($0[role.rawValue][index]) }
                    }))
        }
    }

    private mutating func score(
        _ rows: FeatureRows, _ ticks: Range<Int>, symbol: Int, _ role: Role,
        _ deciders: [Decider], _ timer: inout some ScoreTimer
    ) -> [Prediction] {
        var predictions: [Prediction] = []
        predictions.reserveCapacity(ticks.count)
        var start = 0
        while start < deciders.count {
            // Rows that one model decides are scored together.
            var end = start + 1
            while end < deciders.count, deciders[end] == deciders[start] { end += 1 }
            let part = (ticks.lowerBound + start)..<(ticks.lowerBound + end)
            timer.begin()
            predictions += score(
                rows, part, symbol: symbol, role, by: deciders[start], isHalted: isHalted)
            timer.end(symbol: symbol, role, rowCount: part.count)
            start = end
        }
        return predictions
    }

    private mutating func score(
        _ rows: FeatureRows, _ ticks: Range<Int>, symbol: Int, _ role: Role, by decider: Decider,
        isHalted: Bool
    ) -> [Prediction] {
        let width = rows.values.count / rows.closeNs.count
        let range = (ticks.lowerBound * width)..<(ticks.upperBound * width)
        let model = decider.model
        if let model {
            models[model].probabilities(
                of: rows.values.span.extracting(range), rowWidth: width, into: &probabilities)
        }
        let values = rows.values[range]
        return ticks.enumerated().map { index, tick in
            let row = values[(values.startIndex + index * width)...].prefix(width)
            let isMissing = row.allSatisfy(\.isNaN)
            var action = model == nil ? Prediction.Action.paused : isMissing ? .missing : .none
            var probability: Double?
            var nanCount = 0
            if let model, !isMissing {
                let served = models[model]
                let value = probabilities[index]
                probability = value
                if let threshold = served.metadata.threshold, value >= threshold { action = .buy }
                if isHalted { action = .halted }
                nanCount = served.columns.count { row[row.startIndex + $0].isNaN }
            }
            return Prediction(
                closeNs: rows.closeNs[tick], tickNs: rows.tickNs[tick], symbol: symbol,
                role: role, model: model, probability: probability, action: action,
                nanCount: nanCount, substitution: decider.substitution)
        }
    }

    /// By tick, then symbol.
    private mutating func fallbackPredictions(_ rows: [FeatureRows]) -> [[Prediction]] {
        let count = rows.first?.tickNs.count ?? 0
        guard count > 0 else { return [] }
        let bySymbol = rows.indices.map { symbol in
            score(
                rows[symbol], 0..<count, symbol: symbol, .candidate,
                by: Decider(model: fallbacks[symbol].first, substitution: nil), isHalted: false)
        }
        return (0..<count).map { tick in bySymbol.map { $0[tick] } }
    }
}

extension ScoringCore: StateEncodable {
    package func encode(into state: inout StateEncoder) {
        for model in service.joined() { state.add(model ?? -1) }
        state.add(switches.count)
        // What a run without fallbacks or kill switches does not know leaves its states as they are.
        if fallbacks.contains(where: { !$0.isEmpty }) {
            state.add(ages)
            for fault in faults { state.add(fault) }
        }
        // Commands to come are no state: one may be given by hand after a day's digest was stored.
        if isHalted || !killed.isEmpty {
            state.add(isHalted)
            state.add(killed.count)
        }
    }
}

extension Signal {
    fileprivate init(_ prediction: Prediction) {
        let isDecided = prediction.action == .buy || prediction.action == .none
        self.init(
            wantsEntry: prediction.action == .buy, model: prediction.model ?? 0,
            isDecided: isDecided)
    }
}
