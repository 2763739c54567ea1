package import JSON
import Rollout

/// The dashboard of a run: panels over the registry's metrics, with the alerts' thresholds drawn
/// in.
package enum GrafanaDashboard {
    package static var document: JSONValue {
        [
            "title": "Tapedeck", "uid": "tapedeck", "schemaVersion": 38, "version": 1,
            "editable": true, "refresh": "5s", "tags": ["tapedeck"],
            "time": ["from": "now-1h", "to": "now"],
            "annotations": ["list": []],
            "templating": ["list": .array([source, variable("symbol", Metric.modelInfo)])],
            "panels": .array(placed()),
        ]
    }

    // MARK: - Variables

    private static let source: JSONValue = [
        "name": "datasource", "label": "Data source", "type": "datasource", "query": "prometheus",
        "current": [:], "hide": 0,
    ]

    private static func variable(_ label: String, _ metric: Metric) -> JSONValue {
        [
            "name": .string(label), "label": .string(label), "type": "query",
            "datasource": prometheus, "query": "label_values(\(metric.name), \(label))",
            "refresh": 2, "multi": true, "includeAll": true, "allValue": ".*", "sort": 1,
            "current": ["text": "All", "value": "$__all"],
        ]
    }

    private static let prometheus: JSONValue = ["type": "prometheus", "uid": "${datasource}"]

    // MARK: - Panels

    private struct Panel {
        let title: String
        var kind = "timeseries"
        var unit = "short"
        /// Expressions and their legends.
        let targets: [(expression: String, legend: String)]
        /// Whose thresholds are drawn.
        var alert: (id: AlertID, variant: String)?
        /// Of the dashboard's 24 columns.
        var width = 12
        let description: String
    }

    /// The samples of the chosen symbols.
    private static func chosen(_ metric: Metric, _ more: String = "") -> String {
        let symbol = metric.labels.contains("symbol") ? "symbol=~\"$symbol\"" : ""
        let selector = [symbol, more].filter { !$0.isEmpty }.joined(separator: ",")
        return metric.name + (selector.isEmpty ? "" : "{\(selector)}")
    }

    private static let panels: [Panel] = overview + decisions + quality + drift + machine

    private static let overview = [
        Panel(
            title: "Rollout stage", kind: "stat",
            targets: [("\(Metric.rolloutStage.name) == 1", "{{stage}}")], width: 6,
            description: Metric.rolloutStage.help),
        Panel(
            title: "Market time", kind: "stat", unit: "dateTimeAsIso",
            targets: [("\(Metric.marketTime.name) * 1000", "market time")], width: 6,
            description: Metric.marketTime.help),
        Panel(
            title: "Alerts firing", kind: "table",
            targets: [("\(chosen(.alertFiring)) == 1", "")], width: 12,
            description: Metric.alertFiring.help),
        Panel(
            title: "Kill switches", kind: "stat",
            targets: [(Metric.killSwitch.name, "{{switch}}")], width: 12,
            description: Metric.killSwitch.help),
        Panel(
            title: "Models in service", kind: "table",
            targets: [(chosen(.modelInfo), "")], width: 12, description: Metric.modelInfo.help),
    ]

    private static let decisions = [
        Panel(
            title: "Expectancy, 48 hours", unit: "percentunit",
            targets: [(chosen(.expectancy, "window=\"48h\""), "{{symbol}} {{ledger}}")],
            alert: (.expectancy, "48h"), description: Metric.expectancy.help),
        Panel(
            title: "Expectancy, the whole run", unit: "percentunit",
            targets: [(chosen(.expectancy, "window=\"run\""), "{{symbol}} {{ledger}}")],
            description: Metric.expectancy.help),
        Panel(
            title: "Closed trades",
            targets: [(chosen(.trades), "{{symbol}} {{ledger}}")],
            description: Metric.trades.help),
        Panel(
            title: "BUY probability", unit: "percentunit",
            targets: [
                (
                    chosen(.probability, "quantile=~\"0.1|0.5|0.9\""),
                    "{{symbol}} {{role}} q{{quantile}}"
                )
            ],
            description: Metric.probability.help),
    ]

    private static let quality = [
        Panel(
            title: "Age of the order book", unit: "s", targets: [(chosen(.bookAge), "{{symbol}}")],
            alert: (.l2Freshness, ""), description: Metric.bookAge.help),
        Panel(
            title: "Order book features without a value", unit: "percentunit",
            targets: [(chosen(.l2NaN), "{{symbol}}")], alert: (.l2NaNRate, ""),
            description: Metric.l2NaN.help),
    ]

    private static let drift = [
        Panel(
            title: "PSI of the most important features",
            targets: [
                (
                    chosen(.psi, "signal=\"\(AlertID.topFeaturePSI.rawValue)\""),
                    "{{symbol}} {{feature}}"
                )
            ], alert: (.topFeaturePSI, ""), description: Metric.psi.help),
        Panel(
            title: "PSI beyond its null band",
            targets: [
                ("\(chosen(.psi)) > \(chosen(.psiNull))", "{{symbol}} {{feature}} {{window}}")
            ], description: Metric.psiNull.help),
        Panel(
            title: "Concept gap", unit: "percentunit",
            targets: [(chosen(.conceptGap), "{{symbol}} {{window}}")],
            alert: (.conceptDrift, "14d"), description: Metric.conceptGap.help),
        Panel(
            title: "Kolmogorov-Smirnov p", targets: [(chosen(.ksP), "{{symbol}} {{feature}}")],
            alert: (.fracDiffKS, ""), description: Metric.ksP.help),
        Panel(
            title: "Sharpness against training", unit: "percentunit",
            targets: [(chosen(.sharpness), "{{symbol}}")], alert: (.sharpness, ""),
            description: Metric.sharpness.help),
        Panel(
            title: "Spread regime", targets: [(chosen(.spread), "{{symbol}}")],
            alert: (.spreadRegime, ""), description: Metric.spread.help),
    ]

    private static let machine = [
        Panel(
            title: "Inference, a row", unit: "s",
            targets: [0.5, 0.99].map { level in
                (
                    "histogram_quantile(\(level), sum by (le) "
                        + "(rate(\(Metric.inference.name)_bucket[1m])))", "p\(Int(level * 100))"
                )
            }, description: Metric.inference.help),
        Panel(
            title: "Events a second", targets: [("rate(\(Metric.events.name)[1m])", "events")],
            description: Metric.events.help),
        Panel(
            title: "Where the time goes", unit: "percentunit",
            targets: [
                ("rate(\(Metric.stageTime.name)[1m])", "{{stage}}"),
                ("rate(\(Metric.waitTime.name)[1m])", "wait for {{for}}"),
            ], width: 24, description: Metric.stageTime.help),
    ]

    // MARK: - Layout

    private static func placed() -> [JSONValue] {
        var column = 0
        var row = 0
        return panels.enumerated().map { index, panel in
            if column + panel.width > 24 {
                column = 0
                row += height
            }
            defer { column += panel.width }
            return document(panel, id: index + 1, column: column, row: row)
        }
    }

    private static let height = 8

    private static func document(_ panel: Panel, id: Int, column: Int, row: Int) -> JSONValue {
        let isTable = panel.kind == "table"
        return [
            "id": JSONValue(id), "title": .string(panel.title), "type": .string(panel.kind),
            "description": .string(panel.description), "datasource": prometheus,
            "gridPos": [
                "h": JSONValue(height), "w": JSONValue(panel.width), "x": JSONValue(column),
                "y": JSONValue(row),
            ],
            "fieldConfig": [
                "defaults": ["unit": .string(panel.unit), "thresholds": thresholds(panel)],
                "overrides": [],
            ],
            "options": panel.kind == "stat"
                ? ["textMode": "value_and_name", "reduceOptions": ["calcs": ["lastNotNull"]]] : [:],
            "targets": .array(
                panel.targets.enumerated().map { index, target in
                    [
                        "refId": .string(String(UnicodeScalar(UInt8(65 + index)))),
                        "datasource": prometheus, "expr": .string(target.expression),
                        "legendFormat": .string(target.legend), "instant": .bool(isTable),
                        "format": .string(isTable ? "table" : "time_series"),
                    ]
                }),
        ]
    }

    /// The levels at which the panel's alert fires. One that fires below its level is red from
    /// nothing up to it.
    private static func thresholds(_ panel: Panel) -> JSONValue {
        var steps: [JSONValue] = []
        let levels = AlertRegistry.all.filter {
            $0.id == panel.alert?.id && $0.variant == panel.alert?.variant
        }
        let isBelow = levels.contains { $0.comparison == .below }
        steps.append(["color": .string(isBelow ? "red" : "green"), "value": .null])
        for level in levels {
            guard let threshold = level.threshold else { continue }
            let color = isBelow ? "green" : level.level == .warn ? "yellow" : "red"
            steps.append(["color": .string(color), "value": .number(threshold)])
        }
        return ["mode": "absolute", "steps": .array(steps)]
    }
}
