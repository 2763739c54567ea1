import Statistics

extension Evaluation {
    /// What stands between this verdict and a better one, or on a pass which gate is nearest to
    /// failing; one sentence each, in the order of the gates.
    package func changes(_ profile: RolloutPlan.Profile) -> [String] {
        guard hasParity else {
            return ["Evidence cannot be used: the models did not decide on the same bars."]
        }
        var changes: [String] = []
        if coveredNs < plannedNs {
            let hours = Self.short(Double(plannedNs - coveredNs) / 3.6e12)
            changes.append("\(hours) more hours of covered market time complete the stage.")
        }
        let open = counted.filter { $0.verdict(profile) != .pass }
        changes += open.map { $0.change(profile, line) }
        if counted.isEmpty { changes.append("The stage has no gate that counts.") }
        if changes.isEmpty, let nearest { changes.append(nearest) }
        return changes
    }

    /// Distances have different units: what compares is their share of the threshold.
    private var nearest: String? {
        let shares = counted.compactMap { gate in
            gate.distance.flatMap { distance in
                gate.threshold != 0 ? (gate, distance, distance / gate.threshold.magnitude) : nil
            }
        }
        guard let (gate, distance, _) = shares.min(by: { $0.2 < $1.2 }) else { return nil }
        return "\(gate.name) is nearest to failing: a change by \(Self.short(distance)) "
            + "\(gate.kind.bound.unit) does it."
    }

    /// Six decimals, without the zeros at the end.
    fileprivate static func short(_ value: Double) -> String {
        let scaled = (value * 1e6).rounded()
        guard scaled.magnitude < 1e15 else { return value.description }
        let text = String(Int64(scaled.magnitude))
        let digits = String(repeating: "0", count: max(7 - text.count, 0)) + text
        var fraction = digits.suffix(6)
        while fraction.last == "0" { fraction.removeLast() }
        let whole = digits.dropLast(6)
        let sign = scaled < 0 ? "-" : ""
        return fraction.isEmpty ? "\(sign)\(whole)" : "\(sign)\(whole).\(fraction)"
    }
}

extension GateOutcome {
    fileprivate func change(_ profile: RolloutPlan.Profile, _ line: DecisionLine) -> String {
        let verdict = verdict(profile).rawValue
        guard let value = estimate.value else {
            return "\(name) is \(verdict): \(estimate.reason?.text ?? "no value"), "
                + "n = \(estimate.n)."
        }
        let unit = kind.bound.unit
        if let distance, distance < 0 {
            let size = Evaluation.short(-distance)
            return "\(name) is \(verdict): \(Evaluation.short(value)) \(unit), "
                + "\(size) outside its threshold of \(Evaluation.short(threshold))."
        }
        // The estimate is inside: what is missing is certainty or data.
        if kind == .expectancy, profile == .guarded {
            let limit = line.lower.map { Evaluation.short($0) } ?? "none yet"
            let needed =
                line.blocksNeeded.map { "at the current rate it passes at \($0) blocks" }
                ?? "at the current rate it does not pass"
            return "\(name) is \(verdict): the lower limit of the difference per block, \(limit), "
                + "must exceed -\(Evaluation.short(line.margin)); n = \(line.mean.n), \(needed)."
        }
        return "\(name) is \(verdict): \(Evaluation.short(value)) \(unit) with n = \(estimate.n) "
            + "does not show it."
    }
}
