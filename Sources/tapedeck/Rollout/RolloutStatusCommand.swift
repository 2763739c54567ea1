import Kernel
import Reports
import Rollout

extension CommandSpec {
    static let rolloutStatus = CommandSpec(
        name: "rollout status",
        summary: "Shows where a rollout stands, what it waits for and what would change that.",
        options: [
            .journal, .run,
            Option(
                name: "--json",
                help: "print the last evidence, byte for byte: its SHA-256 is what is signed"),
        ],
        examples: [
            "tapedeck rollout status", "tapedeck rollout status --json | sha256sum",
        ],
        run: { arguments in
            let run = try RolloutRun(arguments)
            let history = try run.rollout()
            guard arguments.has("--json") else {
                try Console.output(RolloutStatusText(run, history, arguments).text)
                return history.state.exitCode
            }
            guard let evidence = history.evidence else {
                Console.error("no stage was looked at yet, so there is no evidence")
                return .short
            }
            try Console.output(evidence.text)
            return history.state.exitCode
        })
}

extension RolloutState {
    /// What a rollout that stands here has come to.
    var exitCode: ExitCode {
        switch phase {
        case .shadowReview, .canaryReview: .awaitingSignOff
        case .registered, .shadow, .canary, .ramp, .soak, .hold: .short
        case .rollingBack: .checkFailed
        case .returning(let outcome), .closed(let outcome):
            switch outcome {
            // A new champion whose lanes were taken back is none.
            case .locked: isReverting ? .checkFailed : .done
            case .keepAvailable, .rolledBack, .superseded, .abandoned: .checkFailed
            case .invalid: .invalid
            }
        }
    }
}
