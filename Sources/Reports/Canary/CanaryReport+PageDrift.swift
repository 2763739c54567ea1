import Pages
import Rollout
import Statistics

extension CanaryReport {
    /// Section 9.
    var driftBlocks: [PageBlock] {
        var blocks: [PageBlock] = []
        if case .absent(let why) = drift.measured {
            blocks.append(.note(.neutral, Phrase("Measurements: \(why).")))
        }
        blocks += stabilityBlocks + measurementBlocks
        blocks.append(
            drift.alerts.isEmpty
                ? .paragraph("No drift alert changed its state in the evidence's range.")
                : .table(Self.alertTable("Drift alerts", drift.alerts, key: "drift.alerts")))
        return blocks + conceptBlocks
    }

    /// A heat map of PSI for each symbol, one row for each column.
    private var stabilityBlocks: [PageBlock] {
        let measured = drift.measurements.filter { $0.isStability }
        var symbols: [String?] = []
        for item in measured where !symbols.contains(item.symbol) { symbols.append(item.symbol) }
        return symbols.enumerated().map { place, symbol in
            let own = measured.filter { $0.symbol == symbol }
            let name = symbol ?? "all symbols"
            return .drawing(
                stabilityMap(own).drawing(
                    id: "psi-\(place)", title: "PSI by feature and UTC day, \(name)",
                    words:
                        "\(own.count { $0.isBeyond }) of \(own.count) values lie above what 95 % "
                        + "of stretches without drift show."))
        }
    }

    private func stabilityMap(_ measured: [Drift.Measurement]) -> HeatMap {
        let days = Set(measured.map(\.dayNs)).sorted()
        var columns: [String] = []
        for item in measured where !columns.contains(item.place) { columns.append(item.place) }
        let format = NumberFormat.fixed(2)
        let rows = columns.map { column in
            let own = measured.filter { $0.place == column }
            let cells = days.map { day in
                guard let item = own.first(where: { $0.dayNs == day }) else {
                    return HeatMap.Cell(
                        value: nil, isMarked: false, text: "\(column) \(UTC.day(day)): not measured"
                    )
                }
                let value = item.value.map { format.text($0) } ?? NumberFormat.dash
                let null = item.nullUpper.map { format.text($0) } ?? "unknown"
                return HeatMap.Cell(
                    value: item.value, isMarked: item.isBeyond,
                    text: "\(column) \(UTC.day(day)): \(value), null 95 % \(null), n \(item.count)")
            }
            return (label: column, cells: cells)
        }
        return HeatMap(
            columns: days.map { UTC.monthDay($0) }, rows: rows, bounds: [0.1, 0.2, 0.25, 0.5],
            format, mark: "above 95 % of the null band")
    }

    /// The last look of each signal at each column.
    private var measurementBlocks: [PageBlock] {
        guard !drift.measurements.isEmpty else { return [] }
        var last: [(index: Int, item: Drift.Measurement)] = []
        for (index, item) in drift.measurements.enumerated() {
            let isSame: (Drift.Measurement) -> Bool = {
                $0.signal == item.signal && $0.column == item.column && $0.symbol == item.symbol
            }
            if let place = last.firstIndex(where: { isSame($0.item) }) {
                if last[place].item.dayNs <= item.dayNs { last[place] = (index, item) }
            } else {
                last.append((index, item))
            }
        }
        var table = PageTable(
            "The last measurement of each signal",
            [
                .text("Signal"), .text("Feature"), .text("Symbol"), .text("UTC day"),
                .number("Value"), .number("Null 95 %"), .number("n"), .text(""),
            ])
        for (index, item) in last {
            let key = "drift.measurements.\(index)"
            table.add(
                .code(item.signal), "\(item.column)", Phrase(item.symbol ?? "all"),
                Phrase(UTC.day(item.dayNs)),
                .optional(item.value, .significant(3), key: key + ".value", reason: "undefined"),
                .optional(
                    item.nullUpper, .significant(3), key: key + ".null_upper", reason: "unknown"),
                .number(item.count, .count, key: key + ".n"),
                item.isBeyond ? .badge("above", .wait) : "")
        }
        return [.folded(title: "Signals, last measured (\(last.count))", [.table(table)])]
    }

    private var conceptBlocks: [PageBlock] {
        let labelled: PageBlock = .paragraph(
            "Of \(.number(drift.coveredBars, .count, key: "drift.covered_bars")) covered bars the "
                + "label of \(.number(drift.labelledBars, .count, key: "drift.labelled_bars")) was "
                + "known at the look; live F1 is of these.")
        guard !drift.conceptGaps.isEmpty else {
            return [labelled, .paragraph("The plan has no gate on the gap to training's F1.")]
        }
        var table = PageTable(
            "F1 of buy, in training and live",
            [.text("Symbol"), .number("Training"), .number("Live"), .number("n live")])
        for (index, gap) in drift.conceptGaps.enumerated() {
            let key = "drift.concept_gaps.\(index)"
            table.add(
                "\(gap.symbol)", .value(gap.training, .fixed(3), key: key + ".training"),
                .value(gap.live, .fixed(3), key: key + ".live"),
                .n(gap.live, key: key + ".live"))
        }
        return [labelled, .table(table)]
    }

    private static func alertTable(
        _ caption: String, _ alerts: [Drift.Alert], key: String
    ) -> PageTable {
        var table = PageTable(
            caption,
            [
                .text("Alert"), .text("Symbol"), .text("Of"), .text("Severity"),
                .number("Fired"), .text("Last"), .text("At, UTC"), .number("Value"),
                .number("Threshold"), .number("n"),
            ])
        for (index, alert) in alerts.enumerated() {
            let key = "\(key).\(index)"
            table.add(
                .code(alert.id), Phrase(alert.symbol ?? "all"),
                "\(alert.detail)", "\(alert.severity)",
                .number(alert.firings, .count, key: key + ".firings"), "\(alert.lastState)",
                Phrase(UTC.minute(alert.lastNs)),
                .optional(alert.value, .significant(3), key: key + ".value", reason: "undefined"),
                .optional(
                    alert.threshold, .significant(3), key: key + ".threshold", reason: "none"),
                .number(alert.n, .count, key: key + ".n"))
        }
        return table
    }

    /// Section 10.
    var qualityBlocks: [PageBlock] {
        var blocks: [PageBlock] = []
        if case .absent(let why) = quality.counted {
            blocks.append(.note(.neutral, Phrase("Counts of the whole run: \(why).")))
        }
        blocks += countBlocks
        if quality.incidents.isEmpty {
            blocks.append(.paragraph("No incident of the feed in the evidence's range."))
        } else {
            blocks.append(.table(incidentTable))
        }
        blocks.append(
            quality.alerts.isEmpty
                ? .paragraph("No alert on data in the evidence's range.")
                : .table(Self.alertTable("Alerts on data", quality.alerts, key: "quality.alerts")))
        return blocks
    }

    /// What occurred at once; all that was counted when asked for.
    private var countBlocks: [PageBlock] {
        let all = Array(quality.counts.enumerated())
        guard !all.isEmpty else { return [] }
        let occurred = all.filter { $0.element.count > 0 }
        let first: PageBlock =
            occurred.isEmpty
            ? .paragraph("None of the \(all.count) things that are counted occurred.")
            : .table(countTable("What occurred, in the whole run", occurred))
        return [
            first,
            .folded(
                title: "Everything counted (\(all.count))",
                [.table(countTable("Missing, late or odd, in the whole run", all))]),
        ]
    }

    private func countTable(
        _ caption: String, _ counts: [(offset: Int, element: Quality.Count)]
    ) -> PageTable {
        var table = PageTable(
            caption,
            [.text("Symbol"), .text("What"), .number("Count"), .number("Of"), .number("Share")])
        for (index, item) in counts {
            let key = "quality.counts.\(index)"
            let share = item.of.map { $0 == 0 ? Double.nan : Double(item.count) / Double($0) }
            table.add(
                "\(item.symbol)", .code(item.name),
                .number(Int(item.count), .count, key: key + ".count"),
                item.of.map { .number(Int($0), .count, key: key + ".of") }
                    ?? .missing("no whole", key: key + ".of"),
                Phrase(NumberFormat.percent(2).text(share ?? .nan)))
        }
        return table
    }

    private var incidentTable: PageTable {
        var table = PageTable(
            "Incidents in the evidence's range",
            [
                .text("Incident"), .text("Symbol"), .number("Count"), .text("First, UTC"),
                .text("Last, UTC"),
            ])
        for (index, item) in quality.incidents.enumerated() {
            table.add(
                .code(item.name), Phrase(item.symbol ?? "all"),
                .number(item.count, .count, key: "quality.incidents.\(index).count"),
                Phrase(UTC.minute(item.firstNs)), Phrase(UTC.minute(item.lastNs)))
        }
        return table
    }
}

extension CanaryReport.Drift.Measurement {
    /// Whether it is a stability index, which a map by feature and day can show.
    fileprivate var isStability: Bool { signal.hasSuffix("_psi") }

    /// The feature and, where that is not a week, over how long the index was taken.
    fileprivate var place: String {
        switch signal {
        case AlertID.kyleLambdaPSI.rawValue: column + ", 24 h"
        case AlertID.l2FeaturePSI.rawValue: column + ", 30 d"
        default: column
        }
    }

    /// Whether it is more than chance explains.
    fileprivate var isBeyond: Bool {
        if let value, let nullUpper { value > nullUpper } else { false }
    }
}
