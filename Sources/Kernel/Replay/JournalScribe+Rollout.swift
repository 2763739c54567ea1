import Desk
import Features
import Files
import JSON
import Journal
import Market
import Rollout
import Scenarios
import Statistics

// What monitors, a rollout and operators had to say.

extension JournalScribe {
    mutating func add(_ log: RolloutRecords) {
        for alert in log.alerts { order.add(row(alert)) }
        for measurement in log.measurements { order.add(row(measurement)) }
        for event in log.events {
            order.add(row(event))
            if case .stageEntered(let stage, _) = event.kind {
                stages.append((event.atNs, stage))
            }
        }
    }

    /// The stage in which a decision was made: one that was entered at the decision's own tick came
    /// after it. A replay without a rollout is a shadow from its start.
    func stage(at decidedNs: Int64) -> String {
        let stage = stages.last { $0.atNs < decidedNs }?.stage ?? .shadow
        return stage == .registered ? RolloutStage.shadow.rawValue : stage.rawValue
    }

    private func row(_ alert: AlertChange) -> JournalRow {
        JournalRow(
            .alerts, atNs: alert.atNs,
            [
                .text(alert.id.rawValue), .text(alert.id.severity(alert.level)),
                .text(alert.state.rawValue),
                .optional(alert.symbol.map { symbols[$0].symbol }),
                .optional(alert.value.value?.partsPerBillion),
                .integer(alert.threshold.partsPerBillion), JournalValue(alert.value.n),
                .integer(alert.fromNs), .text(alert.detail),
            ])
    }

    private func row(_ measurement: MonitorMeasurement) -> JournalRow {
        let value = measurement.value
        return JournalRow(
            .measurements, atNs: measurement.atNs,
            [
                .text(symbols[measurement.symbol].symbol), .text(measurement.name),
                .optional(measurement.column), .optional(value.value?.partsPerBillion),
                .optional(measurement.nullUpper?.value?.partsPerBillion), JournalValue(value.n),
                .integer(measurement.fromNs), .integer(measurement.toNs),
                .optional(value.reason?.text),
            ])
    }

    private func row(_ event: RolloutEvent) -> JournalRow {
        guard let rollout else { preconditionFailure("events are of a rollout") }
        return JournalRow(
            .rollout, atNs: event.atNs,
            [
                .text(event.name), .optional(event.symbol), .optional(event.rule?.rawValue),
                .integer(event.fromNs), .integer(event.toNs),
                .optional(event.input?.description), .text("\(rollout.policy)"),
                .text("\(event.id(of: rollout.id))"), .optional(event.by),
                .text(event.payload.text()),
            ])
    }

    mutating func add(_ kill: KillChange) {
        let target: String =
            switch kill.killSwitch {
            case .trading: "trading"
            case .family(let family): "family=\(family.rawValue)"
            }
        order.add(
            JournalRow(
                .commands, atNs: kill.atNs,
                [
                    kill.isOn ? "kill" : "unkill", .null, .text(kill.by), .text(kill.reason),
                    .text(target),
                ]))
    }

    /// Raises an alert where nothing can stand in for a model, and takes it back when one decides.
    mutating func watchPause(_ prediction: Prediction) {
        let isPaused = prediction.action == .paused && prediction.substitution != nil
        let place = prediction.symbol * Role.allCases.count + prediction.role.rawValue
        guard isPaused != pausedPlaces.contains(place) else { return }
        if isPaused {
            pausedPlaces.append(place)
        } else {
            pausedPlaces.removeAll { $0 == place }
        }
        order.add(
            JournalRow(
                .alerts, atNs: prediction.tickNs,
                [
                    .text(AlertID.contract.rawValue), "P1", isPaused ? "firing" : "resolved",
                    .text(symbols[prediction.symbol].symbol), .null, .null, .null, .null,
                    .text(
                        "role=\(prediction.role.name): no declared fallback does without what "
                            + "cannot be read"),
                ]))
    }
}
