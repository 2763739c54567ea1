/// The samples of a run as they stand, and their text.
struct MetricBoard: Sendable {
    private struct Key: Hashable {
        let metric: Metric
        let suffix: String
        let labels: [String]
    }

    private struct Sample {
        let text: String
        /// Nil for what is not known any more.
        var value: Double?
    }

    /// Looked up and never walked: the order is that in which samples came.
    private var places: [Key: Int] = [:]
    private var samples: [Metric: [Sample]] = [:]

    /// - Parameters:
    ///   - labels: the values of the metric's labels, in their order.
    ///   - suffix: what a histogram or summary puts behind the name.
    ///   - extra: a label of one bucket or quantile.
    mutating func set(
        _ metric: Metric, _ labels: [String], _ value: Double?, suffix: String = "",
        extra: (name: String, value: String)? = nil
    ) {
        precondition(labels.count == metric.labels.count, "a value for each label")
        let key = Key(
            metric: metric, suffix: suffix + (extra?.value ?? ""), labels: labels)
        if let place = places[key] {
            samples[metric]?[place].value = value
            return
        }
        guard let value else { return }
        var pairs = zip(metric.labels, labels).map { ($0, $1) }
        if let extra { pairs.append((extra.name, extra.value)) }
        let written = pairs.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",")
        let text = metric.name + suffix + (written.isEmpty ? "" : "{\(written)}")
        places[key] = samples[metric, default: []].count
        samples[metric, default: []].append(Sample(text: text, value: value))
    }

    /// The text exposition format, version 0.0.4.
    var text: String {
        var text = ""
        for metric in Metric.allCases {
            guard let known = samples[metric], known.contains(where: { $0.value != nil }) else {
                continue
            }
            text += "# HELP \(metric.name) \(metric.help)\n"
            text += "# TYPE \(metric.name) \(metric.kind.rawValue)\n"
            for sample in known {
                guard let value = sample.value else { continue }
                text += "\(sample.text) \(Self.number(value))\n"
            }
        }
        return text
    }

    private static func number(_ value: Double) -> String {
        if let integer = Int64(exactly: value) { return "\(integer)" }
        return value.isNaN ? "NaN" : value.isInfinite ? (value > 0 ? "+Inf" : "-Inf") : "\(value)"
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
