import Market
package import Rollout

/// Prometheus's alert rules, made from the registry of the kernel's own alerts.
///
/// A rule holds a metric against the alert's threshold, for as long as the kernel waits, where a
/// metric has what the kernel looks at; else it repeats what the kernel says. Prometheus waits by
/// its own clock: in a replay that runs faster than the market, pending times pass more slowly than
/// the kernel's do.
package enum PrometheusRules {
    package struct Rule: Sendable {
        package let definition: AlertDefinition
        package let name: String
        package let expression: String
        package let pendingNs: Int64
        package let keepNs: Int64
    }

    package static let all: [Rule] = AlertRegistry.all.map(rule)

    /// The rules' file.
    package static var text: String {
        var text = """
            # Alert rules of Tapedeck, made by `tapedeck metrics rules` from the kernel's own thresholds.
            groups:
              - name: tapedeck
                rules:

            """
        for rule in all { text += rule.text }
        return text
    }

    private static func rule(_ definition: AlertDefinition) -> Rule {
        let words =
            definition.id.rawValue.split(separator: "_") + [
                definition.variant[...], definition.level.rawValue[...],
            ]
        let name = "Tapedeck" + words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
        guard let expression = measured(definition) else {
            let labels =
                "alert=\"\(definition.id.rawValue)\",level=\"\(definition.level.rawValue)\""
            return Rule(
                definition: definition, name: name,
                expression: "\(Metric.alertFiring.name){\(labels)} == 1", pendingNs: 0, keepNs: 0)
        }
        return Rule(
            definition: definition, name: name, expression: expression,
            pendingNs: definition.pendingNs, keepNs: definition.keepNs)
    }

    // MARK: - Expressions

    /// Nil where no metric has what the kernel looks at.
    private static func measured(_ definition: AlertDefinition) -> String? {
        guard let threshold = definition.threshold else { return nil }
        let limit = "\(sign(definition.comparison)) \(number(threshold))"
        switch definition.id {
        case .l2Freshness: return "\(Metric.bookAge.name) \(limit)"
        case .l2NaNRate: return "\(Metric.l2NaN.name) \(limit)"
        case .latency:
            // Thresholds are in milliseconds.
            let rate = "rate(\(Metric.inference.name)_bucket[5m])"
            return "histogram_quantile(0.99, sum by (job, instance, le) (\(rate)))"
                + " > \(number(threshold / 1000))"
        case .expectancy: return "\(acted(definition.variant)) \(limit)"
        case .expectancyFleet:
            let isFocal = "max by (job, instance, symbol) (\(Metric.focalLoss.name)) == 1"
            return "count by (job, instance) (\(acted("48h")) < 0"
                + " and on (job, instance, symbol) \(isFocal)) \(limit)"
        case .kyleLambdaPSI, .l2FeaturePSI, .topFeaturePSI, .btcFeatureKS, .fracDiffKS,
            .kyleLambdaTail, .btcCorrelation, .warmUpLoss, .conceptDrift, .sharpness,
            .probabilityShift, .spreadRegime:
            guard let metric = MeasuredGauge.metric(of: definition.id) else { return nil }
            return "\(metric.name)\(selector(metric, definition)) \(limit)"
        // Their windows move with every bar, and metrics have them once a day.
        case .l2OutOfRange, .btcNaNRate: return nil
        case .btcQuality, .trainingCrash, .contract, .rollbackStalled: return nil
        }
    }

    private static func acted(_ window: String) -> String {
        "\(Metric.expectancy.name){ledger=\"acted\",window=\"\(window)\"}"
    }

    /// What tells the signal from others in the same metric.
    private static func selector(_ metric: Metric, _ definition: AlertDefinition) -> String {
        if metric.labels.contains("signal") { return "{signal=\"\(definition.id.rawValue)\"}" }
        return definition.variant.isEmpty ? "" : "{window=\"\(definition.variant)\"}"
    }

    static func sign(_ comparison: AlertDefinition.Comparison) -> String {
        switch comparison {
        case .above: ">"
        case .below: "<"
        case .atLeast: ">="
        }
    }

    static func number(_ value: Double) -> String {
        Int64(exactly: value).map { "\($0)" } ?? "\(value)"
    }

    static func duration(_ lengthNs: Int64) -> String {
        for (unit, unitNs) in [("d", Timestamp.dayNs), ("h", Timestamp.hourNs)]
        where lengthNs % unitNs == 0 { return "\(lengthNs / unitNs)\(unit)" }
        return "\(lengthNs / Timestamp.minuteNs)m"
    }
}

extension PrometheusRules.Rule {
    /// Texts of the registry hold no quote that YAML would have to escape.
    fileprivate var text: String {
        let id = definition.id.rawValue
        var text = "      - alert: \(name)\n        expr: '\(expression)'\n"
        if pendingNs > 0 { text += "        for: \(PrometheusRules.duration(pendingNs))\n" }
        if keepNs > 0 {
            text += "        keep_firing_for: \(PrometheusRules.duration(keepNs))\n"
        }
        text += "        labels:\n"
        text += "          severity: \(definition.severity)\n"
        text += "          alert_id: \(id)\n"
        text += "          level: \(definition.level.rawValue)\n"
        text += "        annotations:\n"
        text += "          summary: \"\(definition.id.summary)\"\n"
        text += "          description: \"\(description)\"\n"
        text += "          runbook_url: docs/runbooks/\(id).md\n"
        return text
    }

    private var description: String {
        let symbol = "{{ with $labels.symbol }}{{ . }}: {{ end }}"
        guard expression.hasPrefix(Metric.alertFiring.name) else {
            return symbol + "value {{ $value }}"
        }
        return symbol + "the kernel's own alert fires"
    }
}
