import Files
import Kernel
import Synchronization
import TestSupport
import Testing

@Suite("The event log")
struct EventLogTests {
    @Test("writes the name, market time, then the fields in their order")
    func line() {
        let event = LogEvent(
            "btc_ohlcv_quality_alert", .notice, atNs: 1_740_788_100_000_000_000,
            [
                .init("reason", .text("wick")), .init("value", .number(7.5)),
                .init("n", .integer(-3)),
            ])
        #expect(
            event.line
                == "event=btc_ohlcv_quality_alert at=2025-03-01T00:15:00Z reason=wick value=7.5 n=-3"
        )
    }

    @Test(
        "quotes what would not read back as one value",
        arguments: [
            ("plain-text_1.5/x", "plain-text_1.5/x"), ("Größe", "Größe"), ("", "\"\""),
            ("two words", "\"two words\""), ("a=b", "\"a=b\""), ("say \"no\"", #""say \"no\"""#),
            (#"back\slash"#, #""back\\slash""#), ("a\nevent=forged", #""a\nevent=forged""#),
            ("\u{1B}[31m", #""\u001b[31m""#),
        ])
    func quoting(text: String, written: String) {
        #expect(LogEvent("x", .detail, [.init("k", .text(text))]).line == "event=x k=\(written)")
    }

    @Test(
        "writes numbers as the shortest decimal",
        arguments: [
            (90.0, "90"), (0.4, "0.4"), (0.0005, "0.0005"), (1e-5, "0.00001"), (0, "0"),
            (-0.001, "-0.001"), (1e6, "1000000"), (123456789012345680, "1.2345678901234568e+17"),
            (1e-12, "1e-12"), (12.5e-6, "0.0000125"), (0.1 + 0.2, "0.30000000000000004"),
            (-Double.infinity, "-inf"), (1.5e10, "15000000000"),
            (9_007_199_254_740_992, "9007199254740992"),
        ])
    func numbers(value: Double, text: String) {
        #expect(value.shortestDecimal == text)
        #expect(Double(text) == value)
    }

    @Test("shows notices and writes everything to the file")
    func levels() throws {
        let folder = TemporaryFolder()
        let shown = Mutex<[String]>([])
        let log = try EventLog(path: folder.file("run.log")) { line in
            shown.withLock { $0.append(line) }
        }
        log.write(.fracDiffApplied(order: 0.4, minWeight: 1e-5))
        log.write(.fracDiffWarmupDroppedRows(symbol: "ETHUSDC", percent: 20))
        log.write(.fracDiffWarmupDroppedRows(symbol: "BTCUSDC", percent: 20.006))
        log.write(.featurePurgeCheck(symbol: "A", column: "btc_return_1h", expected: 24, found: 23))
        try log.close()
        let file = String(decoding: TestFile.read(folder.file("run.log")), as: UTF8.self)
        #expect(
            file == """
                event=frac_diff_applied d=0.4 min_w=0.00001
                event=frac_diff_warmup_dropped_rows symbol=ETHUSDC pct_dropped=20
                event=frac_diff_warmup_dropped_rows symbol=BTCUSDC pct_dropped=20.01
                event=feature_purge_check symbol=A column=btc_return_1h expected=24 found=23

                """)
        #expect(
            shown.withLock { $0 } == Array(file.split(separator: "\n").suffix(2).map(String.init)))
    }

    @Test("says under which names a run applied its families")
    func names() {
        #expect(
            LogEvent.btcFeaturesApplied(set: "full", purgeBars: 20, featureCount: 6).line
                == "event=btc_features_applied feature_set=full purge_bars=20 n_features=6")
        #expect(
            LogEvent.l2FeaturesApplied(set: "min", purgeBars: 0, featureCount: 3).line
                == "event=l2_features_applied feature_set=min purge_bars=0 n_features=3")
    }

    @Test("tells of a file that cannot be made, and of one that takes no more")
    func failures() throws {
        #expect(throws: OutputError.self) {
            try EventLog(path: "/nowhere/at/all/run.log", notice: { _ in })
        }
        let log = try EventLog(path: "/dev/full", notice: { _ in })
        log.write(.runInterrupted(atNs: 0, rows: 1))
        #expect(
            throws: OutputError.system(path: "/dev/full", operation: "write", errorNumber: 28)
        ) { try log.close() }
    }
}
