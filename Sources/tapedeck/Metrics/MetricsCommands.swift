import JSON
import Reports

extension CommandSpec {
    static let metricsRules = CommandSpec(
        name: "metrics rules",
        summary: "Prints Prometheus's alert rules, made from the kernel's own alerts.",
        examples: ["tapedeck metrics rules > /etc/prometheus/tapedeck.rules.yml"],
        run: { _ in
            try Console.output(PrometheusRules.text)
            return .done
        })

    static let metricsDashboard = CommandSpec(
        name: "metrics dashboard",
        summary: "Prints a Grafana dashboard of a run's metrics.",
        examples: ["tapedeck metrics dashboard > tapedeck.json"],
        run: { _ in
            try Console.output(GrafanaDashboard.document.text(pretty: true) + "\n")
            return .done
        })

    static let metricsReference = CommandSpec(
        name: "metrics reference",
        summary: "Prints what every metric and rule means, as docs/metrics.md has it.",
        examples: ["tapedeck metrics reference"],
        run: { _ in
            try Console.output(MetricsReference.text)
            return .done
        })
}
