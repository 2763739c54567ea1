import Rollout

/// docs/metrics.md: every metric and every rule, as the code has them.
package enum MetricsReference {
    package static var text: String {
        var text = introduction
        text += "\n## Metrics\n\n| name | type | labels | |\n|---|---|---|---|\n"
        for metric in Metric.allCases {
            let labels = metric.labels.map { "`\($0)`" }.joined(separator: ", ")
            text += "| `\(metric.name)` | \(metric.kind.rawValue) | \(labels) | \(metric.help) |\n"
        }
        text += rulesIntroduction
        text += "| rule | severity | for | keeps | expression |\n|---|---|---|---|---|\n"
        for rule in PrometheusRules.all {
            let expression = rule.expression.replacing("|", with: "\\|")
            text +=
                "| \(rule.name) | \(rule.definition.severity) | \(length(rule.pendingNs)) "
                + "| \(length(rule.keepNs)) | `\(expression)` |\n"
        }
        return text
    }

    private static func length(_ lengthNs: Int64) -> String {
        lengthNs == 0 ? "" : PrometheusRules.duration(lengthNs)
    }

    private static let introduction = """
        # Metrics

        What a run is doing, for Prometheus to scrape and Grafana to draw:

            tapedeck replay scenarios/shadow-month.json5 --metrics-file tapedeck.prom

        `rollout start` and `rollout continue` take the option as well. The file is in Prometheus's text
        format. It is replaced about once a second and at the end of the run, never half written: serve
        its folder with any web server, or let node_exporter's textfile collector read it.

        Metrics are a fold over the rows of the journal as these are written, and what the machine
        measured beside them: nothing of them reaches a result. Where nothing is known there is no
        sample, never a zero. Windows and ages are of market time, which in a replay runs faster than
        Prometheus's clock; what the machine measured (`tapedeck_inference_duration_seconds`, the busy
        and wait times) is of the machine's.

        This page, [the rules](prometheus/tapedeck.rules.yml) and [the dashboard](grafana/tapedeck.json)
        are printed by the program and checked against it:

            tapedeck metrics reference
            tapedeck metrics rules
            tapedeck metrics dashboard

        For the rules, name the file under `rule_files` in Prometheus's configuration; import the
        dashboard into Grafana and choose the data source.

        """

    private static let rulesIntroduction = """

        ## Alert rules

        Ids, thresholds, pending times and severities are the kernel's own. Where a metric has what the
        kernel looks at, a rule holds it against the threshold; else it repeats what the kernel says, in
        `tapedeck_alert_firing`. Each names its runbook. The kernel alone knows market time and null
        bands: where the two differ, the journal is right.


        """
}
