import Journal
import Market
import Reports
import Testing

@Suite struct `Metrics are a fold over a run's rows` {
    private static let bar = RowMaker.barNs

    private static func context(scenario: String = "shadow.json5") -> MetricsContext {
        MetricsContext(
            run: "0123", scenario: scenario, strategy: "SL0.5_TP1_H4",
            endNs: RowMaker.start + Timestamp.dayNs, variants: [("l2_features", "min")],
            states: ["running", "complete"])
    }

    private static func sample(
        _ marketNs: Int64, state: String = "running",
        inference: [MachineSample.Inference] = [], bookAges: [Double?] = []
    ) -> MachineSample {
        MachineSample(
            state: state, marketNs: marketNs, eventCount: 7, inference: inference,
            bookAges: bookAges, l2NaNShares: [], stages: [("score", 0.25)], waits: [])
    }

    /// What is said of one metric.
    private static func lines(_ fold: inout MetricsFold, _ metric: Metric) -> [String] {
        fold.text().split(separator: "\n").filter { $0.hasPrefix(metric.name) }
            .map { String($0.dropFirst(metric.name.count)) }
    }

    @Test func `whatever a name holds stays in its label`() throws {
        var maker = RowMaker()
        maker.symbol("A\"B\\C\nD")
        var fold = MetricsFold(Self.context(scenario: "a\"} 1\nb"))
        try fold.add(maker.rows)
        fold.add(Self.sample(RowMaker.start, bookAges: [2.5]))
        #expect(Self.lines(&fold, .bookAge) == [#"{symbol="A\"B\\C\nD"} 2.5"#])
        #expect(
            Self.lines(&fold, .runInfo) == [
                #"{run="0123",scenario="a\"} 1\nb",strategy="SL0.5_TP1_H4"} 1"#
            ])
    }

    @Test func `a trade leaves a window, and nothing is no zero`() throws {
        var maker = RowMaker()
        maker.symbol("BTCUSDC")
        maker.trade(0, "BTCUSDC", gross: 100)
        maker.trade(8, "BTCUSDC", gross: -50)
        var fold = MetricsFold(Self.context())
        try fold.add(maker.rows)
        let first = RowMaker.tickNs(0) + Timestamp.secondNs
        let labels = "{symbol=\"BTCUSDC\",ledger=\"champion\",window="
        fold.add(Self.sample(first + Timestamp.dayNs))
        #expect(
            Self.lines(&fold, .expectancy).sorted() == [
                "\(labels)\"24h\"} 0.0025", "\(labels)\"48h\"} 0.0025",
                "\(labels)\"run\"} 0.0025",
            ])
        fold.add(Self.sample(first + Timestamp.dayNs + 1))
        #expect(Self.lines(&fold, .expectancy).contains("\(labels)\"24h\"} -0.005"))
        fold.add(Self.sample(first + 2 * Timestamp.dayNs))
        #expect(
            Self.lines(&fold, .expectancy).sorted() == [
                "\(labels)\"48h\"} 0.0025", "\(labels)\"run\"} 0.0025",
            ])
        #expect(Self.lines(&fold, .trades) == ["{symbol=\"BTCUSDC\",ledger=\"champion\"} 2"])
        #expect(Self.lines(&fold, .probability) == [])
    }

    private static func measurement(
        _ signal: String, _ column: String?, _ value: Int64?, null: Int64?, days: Int64
    ) -> JournalRow {
        let toNs = RowMaker.start + 30 * Timestamp.dayNs
        return JournalRow(
            .measurements, atNs: toNs,
            [
                "BTCUSDC", .text(signal), .optional(column), .optional(value), .optional(null), 9,
                .integer(toNs - days * Timestamp.dayNs), .integer(toNs),
                .optional(value == nil ? "no values" : nil as String?),
            ])
    }

    @Test func `what was measured last stands, or why it does not`() throws {
        var fold = MetricsFold(Self.context())
        let psi = "top_feature_drift_psi"
        try fold.add([
            Self.measurement(psi, "RSI_14", 600_000_000, null: 90_000_000, days: 7),
            Self.measurement(
                "btc_feature_drift_ks", "btc_return_1h", 5_000_000, null: nil, days: 14),
            Self.measurement(
                "btc_feature_drift_ks.p_effective", "btc_return_1h", 40_000_000, null: nil, days: 14
            ),
            Self.measurement("concept_drift_f1_buy", nil, -10_000_000, null: 60_000_000, days: 14),
        ])
        let labels = "{symbol=\"BTCUSDC\",signal=\"\(psi)\",feature=\"RSI_14\",window=\"7d\"}"
        let test = "{symbol=\"BTCUSDC\",signal=\"btc_feature_drift_ks\",feature=\"btc_return_1h\"}"
        #expect(Self.lines(&fold, .psi).first == "\(labels) 0.6")
        #expect(Self.lines(&fold, .psiNull) == ["\(labels) 0.09"])
        #expect(Self.lines(&fold, .ksP) == ["\(test) 0.005"])
        #expect(Self.lines(&fold, .ksEffectiveP) == ["\(test) 0.04"])
        #expect(
            Self.lines(&fold, .conceptGap) == ["{symbol=\"BTCUSDC\",window=\"14d\"} -0.01"])
        try fold.add([Self.measurement(psi, "RSI_14", nil, null: nil, days: 7)])
        #expect(Self.lines(&fold, .psi) == [])
    }

    @Test func `the quantiles are those of the last week's bars`() throws {
        var maker = RowMaker()
        maker.symbol("BTCUSDC")
        for bar in 0..<1000 {
            // The last 672 rise from 0 to 0.671.
            let ppb: Int64 = bar < 328 ? 999_000_000 : Int64(bar - 328) * 1_000_000
            maker.prediction(bar, "BTCUSDC", "none", ppb: ppb)
        }
        maker.prediction(1000, "BTCUSDC", "missing")
        var fold = MetricsFold(Self.context())
        try fold.add(maker.rows)
        let lines = Self.lines(&fold, .probability)
        let labels = "{symbol=\"BTCUSDC\",role=\"champion\""
        #expect(lines.contains("\(labels),quantile=\"0.5\"} 0.3355"))
        #expect(lines.contains("_count\(labels)} 1000"))
        #expect(Self.lines(&fold, .predictions) == ["\(labels)} 1000"])
    }

    @Test func `rows that were scored together share what it took`() throws {
        var maker = RowMaker()
        maker.symbol("BTCUSDC")
        var fold = MetricsFold(Self.context())
        try fold.add(maker.rows)
        fold.add(
            Self.sample(
                RowMaker.start,
                inference: [
                    .init(symbol: 0, role: "champion", rowCount: 4, seconds: 16e-6),
                    .init(symbol: 0, role: "champion", rowCount: 1, seconds: 2),
                ]))
        let lines = Self.lines(&fold, .inference)
        let labels = "{symbol=\"BTCUSDC\",role=\"champion\""
        #expect(lines.contains("_bucket\(labels),le=\"2e-06\"} 0"))
        #expect(lines.contains("_bucket\(labels),le=\"5e-06\"} 4"))
        #expect(lines.contains("_bucket\(labels),le=\"0.5\"} 4"))
        #expect(lines.contains("_bucket\(labels),le=\"+Inf\"} 5"))
        #expect(lines.contains("_count\(labels)} 5"))
    }

    private static func alert(_ state: String, _ severity: String) -> JournalRow {
        JournalRow(
            .alerts, atNs: RowMaker.start,
            [
                "concept_drift_f1_buy", .text(severity), .text(state), "BTCUSDC", nil, nil, nil,
                nil, "14d",
            ])
    }

    @Test func `an alert fires until it says otherwise`() throws {
        var fold = MetricsFold(Self.context())
        func last(_ metric: Metric) -> [Substring] {
            Self.lines(&fold, metric).map { $0.suffix(1) }
        }
        try fold.add([Self.alert("firing", "warn"), Self.alert("firing", "P2")])
        #expect(last(.alertFiring) == ["1", "1"])
        #expect(last(.alertNoData) == ["0", "0"])
        try fold.add([Self.alert("no_data", "P2"), Self.alert("resolved", "warn")])
        #expect(last(.alertFiring) == ["0", "0"])
        #expect(last(.alertNoData) == ["0", "1"])
        let first = try #require(Self.lines(&fold, .alertFiring).first)
        #expect(
            first.contains("level=\"warn\",severity=\"warn\",symbol=\"BTCUSDC\",detail=\"14d\""))
    }

    @Test func `a model that takes over replaces the one before`() throws {
        func model(_ version: Int64, _ loss: String) -> JournalRow {
            JournalRow(
                .models, atNs: RowMaker.start,
                ["BTCUSDC", "champion", "model", .integer(version), .text(loss), nil, nil, nil])
        }
        var fold = MetricsFold(Self.context())
        try fold.add([model(1, "focal")])
        #expect(Self.lines(&fold, .focalLoss).map { $0.suffix(1) } == ["1"])
        try fold.add([model(2, "binary:logistic")])
        #expect(Self.lines(&fold, .focalLoss).map { $0.suffix(1) } == ["0"])
        let lines = Self.lines(&fold, .modelInfo)
        #expect(lines.count == 1 && lines[0].contains("version=\"2\""))
    }

    @Test func `kill switches and states are known from the start`() throws {
        var fold = MetricsFold(Self.context())
        #expect(Self.lines(&fold, .killSwitch).count == 6)
        try fold.add([
            JournalRow(
                .commands, atNs: RowMaker.start, ["kill", nil, "anna", "drill", "family=l2"])
        ])
        #expect(Self.lines(&fold, .killSwitch).contains("{switch=\"l2\"} 1"))
        fold.add(Self.sample(RowMaker.start, state: "complete"))
        #expect(
            Self.lines(&fold, .runState) == ["{state=\"running\"} 0", "{state=\"complete\"} 1"])
        #expect(Self.lines(&fold, .events) == [" 7"])
        // A log that cannot be read tells no stage.
        try fold.add([
            JournalRow(
                .rollout, atNs: RowMaker.start,
                ["stage_entered", nil, nil, 0, 0, nil, "policy", "id", nil, "{}"])
        ])
        #expect(Self.lines(&fold, .rolloutStage) == [])
    }
}
