import Rollout
import Testing

@Suite("The alerts on losing symbols look back as far as they say")
struct MonitorExpectancyTests {
    /// The last bar of the fourth day: all windows are full, and the fifth begins.
    private static let entryBar = 4 * MonitorStream.dayBars - 1

    /// A lane that earns a little each six hours, and once loses more than in many days.
    private static func stream(symbols: Range<Int>) -> MonitorStream {
        var stream = MonitorStream()
        stream.run(days: 8) { [stream] bar, symbol, count in
            guard symbols.contains(symbol), count == entryBar + 4 else { return }
            bar.actedTrades.append(stream.trade(entryBar: entryBar, -0.1))
        }
        return stream
    }

    private static func bars(_ changes: [AlertChange]) -> [Int64] {
        let firstNs = MonitorStream().closeNs(entryBar) + MonitorStream.barDelayNs
        return changes.map { ($0.atNs - firstNs) / MonitorStream.barNs }
    }

    @Test("a loss counts until 24 or 48 hours after its entry, and not a bar longer")
    func windows() {
        let stream = Self.stream(symbols: 0..<1)
        let day = stream.changes(.expectancy, .warn, detail: "24h")
        #expect(day.map(\.state) == [.firing, .resolved])
        #expect(Self.bars(day) == [4, 96])
        let twoDays = stream.changes(.expectancy, .act, detail: "48h")
        #expect(twoDays.map(\.state) == [.firing, .resolved])
        #expect(Self.bars(twoDays) == [4, 192])
        // The window that it names ends with the bar.
        let closeNs = day[0].atNs - MonitorStream.barDelayNs
        #expect(closeNs - day[0].fromNs == 24 * 3_600_000_000_000)
        #expect(closeNs - twoDays[0].fromNs == 48 * 3_600_000_000_000)
    }

    @Test("many symbols' losses count for 48 hours")
    func fleet() {
        #expect(Self.stream(symbols: 0..<1).changes(.expectancyFleet).isEmpty)
        let fleet = Self.stream(symbols: 0..<2).changes(.expectancyFleet)
        #expect(fleet.map(\.state) == [.firing, .resolved])
        #expect(Self.bars(fleet) == [4, 192])
        let closeNs = fleet[0].atNs - MonitorStream.barDelayNs
        #expect(closeNs - fleet[0].fromNs == 48 * 3_600_000_000_000)
    }

    @Test("what the other model opened is no loss of who trades")
    func opener() {
        var stream = MonitorStream()
        stream.run(days: 6) { [stream] bar, symbol, count in
            guard symbol == 0, count == Self.entryBar + 4 else { return }
            bar.actedTrades.append(
                stream.trade(entryBar: Self.entryBar, -0.1, opener: .champion))
        }
        #expect(stream.changes(.expectancy).isEmpty)
    }
}
