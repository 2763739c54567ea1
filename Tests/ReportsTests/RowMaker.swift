import Journal
import Market
import Reports

/// Makes a run's rows by hand: what a test leaves out has a value that changes no figure it reads.
struct RowMaker {
    /// Of one symbol; others are scaled by the same.
    var quoteDecimals = 2
    private(set) var rows: [JournalRow] = []

    static let barNs = 15 * Timestamp.minuteNs
    static let delayNs: Int64 = 250_000_000
    static let start = Timestamp("2025-03-01")?.nanoseconds ?? 0

    /// When bar `number` of the window closes, from 0.
    static func closeNs(_ number: Int) -> Int64 { start + Int64(number + 1) * barNs }

    static func tickNs(_ number: Int) -> Int64 { closeNs(number) + delayNs }

    /// Of a run that plays so many days.
    static func context(days: Int = 4, seed: UInt64 = 7) -> RunContext {
        RunContext(
            runID: "0123456789abcdef", scenario: "shadow.json5", journal: "run.journal",
            window: TimeRange(
                startNs: start, endNs: start + Int64(days) * Timestamp.dayNs),
            strategy: "SL0.5_TP1_H4", barNs: barNs, barDelayNs: delayNs,
            totalCapMicros: 1_000_000_000, symbolCapMicros: 500_000_000, seed: seed,
            nextSteps: [
                RunContext.NextStep(command: "tapedeck journal verify", purpose: "checks it")
            ])
    }

    static func figures(
        _ rows: [JournalRow], _ context: RunContext = context()
    ) throws -> RunFigures {
        var tally = RunTally(context)
        for row in rows { try tally.add(row) }
        return tally.finish()
    }

    mutating func symbol(_ name: String) {
        rows.append(
            JournalRow(
                .symbols, atNs: Self.start,
                [.text(name), "spot", 2, 3, JournalValue(quoteDecimals)]))
    }

    mutating func prediction(
        _ bar: Int, _ symbol: String, _ role: String, _ action: String,
        ppb: Int64? = nil
    ) {
        rows.append(
            JournalRow(
                .predictions, atNs: Self.tickNs(bar),
                [
                    .integer(Self.closeNs(bar)), .text(symbol), .text(role), "model", 1,
                    .optional(ppb), .text(action), 0, nil,
                ]))
    }

    /// Of the champion.
    mutating func prediction(_ bar: Int, _ symbol: String, _ action: String, ppb: Int64? = nil) {
        prediction(bar, symbol, "champion", action, ppb: ppb)
    }

    mutating func label(_ bar: Int, _ symbol: String, _ label: Int64?) {
        rows.append(
            JournalRow(
                .labels, atNs: Self.closeNs(bar + 16),
                [.integer(Self.closeNs(bar)), .text(symbol), .optional(label), nil]))
    }

    /// A trade decided at the tick of `bar`, entered 1 s later and held for an hour. Cash in cents.
    mutating func trade(
        _ bar: Int, _ symbol: String, _ ledger: String = "champion", entryNotional: Int64 = 10_000,
        gross: Int64, spread: Int64 = 0, slippage: Int64 = 0, fee: Int64 = 0, funding: Int64 = 0,
        delay: Int64? = 0, exit: String = "horizon"
    ) {
        let net = gross - spread - slippage - fee - funding
        trade(
            bar, symbol, ledger, entryNotional: entryNotional, exit: exit, gross: gross,
            costs: [spread, slippage, fee, funding].map { .integer(units($0)) } + [nil, nil],
            delay: delay, net: net)
    }

    /// A trade that pays one flat sum.
    mutating func flatTrade(
        _ bar: Int, _ symbol: String, _ ledger: String = "champion", gross: Int64, flat: Int64
    ) {
        trade(
            bar, symbol, ledger, entryNotional: 10_000, exit: "horizon", gross: gross,
            costs: [nil, nil, nil, nil, .integer(units(flat)), "flat costs"], delay: nil,
            net: gross - flat)
    }

    private mutating func trade(
        _ bar: Int, _ symbol: String, _ ledger: String, entryNotional: Int64, exit: String,
        gross: Int64, costs: [JournalValue], delay: Int64?, net: Int64
    ) {
        let entryNs = Self.tickNs(bar) + Timestamp.secondNs
        let exitNs = entryNs + Timestamp.hourNs
        let head: [JournalValue] = [
            .text(ledger), .text(symbol), 1, "champion", "model", 1, "focal", "shadow", "long",
            .integer(Self.tickNs(bar)), .integer(entryNs), .integer(exitNs), 1,
            .integer(units(entryNotional)), .integer(units(entryNotional)), 200, 200, .text(exit),
            .integer(units(gross)),
        ]
        rows.append(
            JournalRow(
                .trades, atNs: exitNs,
                head + costs + [.optional(delay.map(units)), .integer(units(net))]))
    }

    mutating func order(
        _ bar: Int, _ symbol: String, _ ledger: String = "champion", side: String = "buy",
        notional: Int64, status: String = "filled", reason: String? = nil
    ) {
        let atNs = Self.tickNs(bar) + Timestamp.secondNs
        let isFilled = status != "rejected"
        rows.append(
            JournalRow(
                .orders, atNs: atNs,
                [
                    .text(ledger), .text(symbol), 1, .text(side), "signal",
                    .integer(Self.tickNs(bar)), .integer(atNs), 1, isFilled ? 1 : 0,
                    .integer(units(notional)), .optional(isFilled ? atNs : nil), .text(status),
                    .optional(reason),
                ]))
    }

    mutating func payment(_ bar: Int, _ symbol: String, amount: Int64) {
        rows.append(
            JournalRow(
                .payments, atNs: Self.closeNs(bar),
                [
                    "champion", .text(symbol), .integer(Self.closeNs(bar)), 1, 1, "recorded", 1,
                    .integer(units(amount)),
                ]))
    }

    mutating func mark(
        _ bar: Int, _ symbol: String, _ ledger: String = "champion", quantity: Int64 = 0,
        realized: Int64, unrealized: Int64 = 0
    ) {
        rows.append(
            JournalRow(
                .marks, atNs: Self.tickNs(bar),
                [
                    .text(ledger), .text(symbol), .integer(quantity), .integer(units(realized)),
                    .integer(units(unrealized)),
                ]))
    }

    mutating func quality(_ symbol: String, _ name: String, _ count: Int64, of: Int64?) {
        rows.append(
            JournalRow(
                .quality, atNs: Self.closeNs(400),
                [.text(symbol), .text(name), .integer(count), .optional(of)]))
    }

    mutating func event(_ name: String, _ symbol: String? = nil) {
        rows.append(
            JournalRow(
                .events, atNs: Self.start, [.optional(symbol), .text(name), "detail"]))
    }

    mutating func alert(_ name: String, _ severity: String, _ state: String) {
        rows.append(
            JournalRow(
                .alerts, atNs: Self.start,
                [.text(name), .text(severity), .text(state), nil, nil, nil, nil, nil, "detail"]))
    }

    mutating func model(_ symbol: String, _ role: String, thresholdPpb: Int64?) {
        rows.append(
            JournalRow(
                .models, atNs: Self.start,
                [
                    .text(symbol), .text(role), "model", 3, "focal", 2_000_000, 250_000,
                    .optional(thresholdPpb),
                ]))
    }

    /// Cents in the symbol's quote units.
    private func units(_ cents: Int64) -> Int64 {
        cents * FixedPoint.powerOfTen(quoteDecimals - 2)
    }
}

extension JournalValue: ExpressibleByNilLiteral {
    package init(nilLiteral: ()) { self = .null }
}
