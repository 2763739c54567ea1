package import Rollout

/// What monitors and a rollout had to say of a slice, in order.
package struct RolloutRecords: Sendable {
    package var alerts: [AlertChange] = []
    package var events: [RolloutEvent] = []

    package init() {}
}
