import JSON
import Rollout

/// The stage that a report is about: the last window in which a rollout gathered evidence, with its
/// last look, told from the events alone.
struct EvidenceWindow {
    /// How things stood from an event on.
    private struct Step {
        let atNs: Int64
        /// Whether it happened before the bar tick of the same instant was looked at.
        let isBeforeBar: Bool
        let isGathering: Bool
        let isSwitchedOff: Bool
    }

    /// What becomes of the bar of a tick.
    enum Standing: Equatable {
        case gathers, held, switchedOff
    }

    private(set) var stage = RolloutStage.registered
    /// Those whose evidence counts, as indexes into the run's symbols.
    private(set) var symbols: [Int] = []
    private(set) var startNs: Int64
    /// Whether the bar whose tick is ``startNs`` came before the window.
    private(set) var startsAfterBar = false
    /// The last look of the window; nil without one.
    private(set) var look: RolloutHistory.Entry?
    /// The last daily measurement of the window.
    private(set) var measurement: RolloutHistory.Entry?
    private(set) var measurements: [RolloutHistory.Entry] = []
    private(set) var looks: [RolloutHistory.Entry] = []
    /// When the stage last stopped gathering; nil while it goes on.
    private(set) var stoppedNs: Int64?
    private var steps: [Step] = []

    /// Whether a stage ever gathered.
    var isEmpty: Bool { stage == .registered }

    init(_ history: RolloutHistory) {
        var state = RolloutState(plan: history.plan, symbols: history.state.lanes.map(\.symbol))
        startNs = history.entries.first?.event.atNs ?? 0
        var previous: (event: RolloutEvent, isBeforeBar: Bool)?
        for entry in history.entries {
            let event = entry.event
            if state.phase.isGathering { symbols = state.countedSymbols }
            let windowCount = state.windowCount
            let wasGathering = state.phase.isGathering
            // The history has read the same events already.
            do { try state.apply(event) } catch { continue }
            let follows = previous?.event.atNs == event.atNs
            let isBeforeBar =
                event.isOfWake(after: follows ? previous?.event : nil)
                && (!follows || previous?.isBeforeBar == true)
            previous = (event, isBeforeBar)
            if state.windowCount != windowCount { begin(event, isBeforeBar, state) }
            if state.phase.isGathering {
                if let stage = state.phase.stage { self.stage = stage }
                symbols = state.countedSymbols
                stoppedNs = nil
            } else if wasGathering {
                stoppedNs = event.atNs
            }
            note(entry)
            steps.append(
                Step(
                    atNs: event.atNs, isBeforeBar: isBeforeBar,
                    isGathering: state.phase.isGathering,
                    isSwitchedOff: !state.killSwitches.isEmpty))
        }
    }

    private mutating func begin(
        _ event: RolloutEvent, _ isBeforeBar: Bool, _ state: RolloutState
    ) {
        startNs = event.atNs
        startsAfterBar = !isBeforeBar
        look = nil
        measurement = nil
        looks = []
        measurements = []
        stoppedNs = nil
    }

    private mutating func note(_ entry: RolloutHistory.Entry) {
        switch entry.event.kind {
        case .stageEvaluated:
            look = entry
            looks.append(entry)
        case .measurementRecorded:
            measurement = entry
            measurements.append(entry)
        default: break
        }
    }

    /// The last tick whose bar is evidence: the look's, else where the stage stopped; nil while it
    /// goes on.
    var endNs: Int64? { look?.event.atNs ?? stoppedNs }

    /// How things stood when the bar of a tick was looked at.
    func standing(tickNs: Int64) -> Standing {
        var low = 0
        var high = steps.count
        while low < high {
            let middle = (low + high) / 2
            let step = steps[middle]
            let isBefore = step.atNs < tickNs || (step.atNs == tickNs && step.isBeforeBar)
            if isBefore { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return .held }
        let step = steps[low - 1]
        return step.isSwitchedOff ? .switchedOff : step.isGathering ? .gathers : .held
    }
}

extension RolloutEvent {
    /// Whether it is decided at an evaluation tick, before the bar of that instant is looked at.
    fileprivate func isOfWake(after previous: RolloutEvent?) -> Bool {
        switch kind {
        case .flipApplied, .resumed, .signedOff, .signOffRefused, .waiverGranted, .killSwitchSet,
            .operatorAborted, .superseded, .holdExpired:
            true
        case .approvalExpired:
            // An alert of a bar outdates a look as well.
            detail?["alert"] == nil
        case .holdEntered(.commanded, _), .rollbackTriggered(.commanded, _): true
        case .stageEntered:
            if case .signedOff = previous?.kind { true } else { false }
        case .flipRequested, .attemptClosed: previous != nil
        case .candidateRegistered, .policyFrozen, .preflightEvaluated, .leakageDetected,
            .measurementRecorded, .stageEvaluated, .evaluationErred, .holdEntered, .flipConfirmed,
            .laneDayPassed, .rollbackTriggered, .rollbackStalled, .integrityFault,
            .retrainRequested, .notRestored, .revertProposed:
            false
        }
    }
}
