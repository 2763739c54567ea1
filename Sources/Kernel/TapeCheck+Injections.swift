import Features
import JSON
import Market
import Scenarios
import Tape

// Places a scenario's injections in the run: what each symbol meets of them, and when.

extension TapeCheck {
    mutating func injections(
        into symbols: [Symbol], _ schedule: BarSchedule
    ) -> [[PlacedInjection]] {
        var placed: [[PlacedInjection]] = symbols.map { _ in [] }
        guard document.problems.isSound("injections") else { return placed }
        for (number, injection) in document.scenario.injections.enumerated() {
            let path = "injections[\(number)]"
            guard let startNs = startNs(of: injection, schedule, path) else { continue }
            let met = met(by: injection, symbols, path)
            if let need = injection.kind.need,
                !met.contains(where: { need.isMet(symbols[$0].plan) })
            {
                add(.idleInjection(injection.kind, needs: need.text), at: path)
                continue
            }
            for (rank, symbol) in met.enumerated() {
                placed[symbol].append(
                    PlacedInjection(
                        injection, number: number, startNs: startNs, isFollower: rank > 0,
                        anchors: anchors(of: injection, symbols[symbol].plan, startNs)))
            }
        }
        return placed
    }

    private mutating func startNs(
        of injection: Injection, _ schedule: BarSchedule, _ path: String
    ) -> Int64? {
        let windowNs = schedule.firstWindowCloseNs - schedule.barNs
        let run = (schedule.firstCloseNs - schedule.barNs)...schedule.lastCloseNs
        let startNs =
            switch injection.start {
            case .at(let timeNs): timeNs
            case .after(let spanNs): windowNs + spanNs
            }
        guard run.contains(startNs) else {
            add(.strayInjection(atNs: startNs, run: run), at: path + ".at")
            return nil
        }
        return startNs
    }

    /// Indexes of the symbols that an injection is for, the one that leads first.
    private mutating func met(
        by injection: Injection, _ symbols: [Symbol], _ path: String
    ) -> [Int] {
        let names = symbols.map(\.plan.instrument.symbol)
        guard let wanted = injection.symbols else {
            guard injection.kind == .correlatedCrash else { return Array(symbols.indices) }
            let leader = names.firstIndex { $0.hasPrefix("BTC") } ?? 0
            return [leader] + symbols.indices.filter { $0 != leader }
        }
        return wanted.enumerated().compactMap { rank, name in
            let index = names.firstIndex(of: name)
            if index == nil {
                add(.injectionElsewhere(name, run: names), at: "\(path).symbols[\(rank)]")
            }
            return index
        }
    }

    /// Closes of the last candles at start and end of a regime of volatility.
    private mutating func anchors(
        of injection: Injection, _ plan: SymbolPlan, _ startNs: Int64
    ) -> PlacedInjection.Anchors? {
        guard injection.kind == .volatilityRegime else { return nil }
        do throws(TapeError) {
            guard let start = try lastClose(of: plan, atNs: startNs),
                let end = try lastClose(of: plan, atNs: startNs + injection[.lasting])
            else { return nil }
            return PlacedInjection.Anchors(start: start, end: end)
        } catch {
            add(error, at: "tapes")
            return nil
        }
    }

    private func lastClose(of plan: SymbolPlan, atNs timeNs: Int64) throws(TapeError) -> Int64? {
        guard let visible = list.visibleTimes(ofStream: plan.candles) else { return nil }
        let reachedNs = min(timeNs, visible.upperBound)
        // Two days hold a candle wherever a symbol trades at all.
        let span = TimeRange(startNs: reachedNs - 2 * Timestamp.dayNs, endNs: reachedNs + 1)
        var reader = ListReader(list, stream: plan.candles, span: span)
        var decoder = BlockDecoder()
        var block = reader.makeBlock()
        var close: Int64?
        while let rows = try reader.next(into: &block, using: &decoder) {
            for row in rows where block.eventTimes[row] <= timeNs { close = block[.close][row] }
        }
        return close
    }
}

/// What a symbol has to have for an injection to change anything.
private struct InjectionNeed {
    let text: String
    let isMet: (SymbolPlan) -> Bool
}

extension InjectionKind {
    fileprivate var need: InjectionNeed? {
        switch self {
        case .depthDrought: InjectionNeed(text: "books") { $0.books != nil }
        case .fundingSpike: InjectionNeed(text: "funding") { $0.funding != nil }
        case .clockSkew:
            InjectionNeed(text: "books or trades") { $0.books != nil || $0.trades != nil }
        case .flashCrash, .correlatedCrash, .halvingStep, .volatilityRegime, .spreadBlowOut,
            .feedGap, .frozenFeed, .duplicates, .outOfOrder, .nanBurst, .latencySpike, .feeChange,
            .exchangeOutage:
            nil
        }
    }
}
