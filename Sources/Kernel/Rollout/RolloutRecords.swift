package import Rollout

/// What monitors and a rollout had to say of a slice, in order.
package struct RolloutRecords: Sendable {
    package var alerts: [AlertChange] = []
    package var measurements: [MonitorMeasurement] = []
    package var events: [RolloutEvent] = []
    /// Commands that were not obeyed. The journal has nothing of them.
    package var refusals: [RolloutStep.Refused] = []

    package init() {}
}
