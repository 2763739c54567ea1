import Market

/// The attempts at one candidate that have ended: what the next one must keep clear of.
package struct AttemptLedger: Equatable, Sendable {
    package struct Attempt: Equatable, Sendable {
        package var number: Int
        /// Market time from its start to its end.
        package var fromNs: Int64
        package var closedNs: Int64

        package init(number: Int, fromNs: Int64, closedNs: Int64) {
            self.number = number
            self.fromNs = fromNs
            self.closedNs = closedNs
        }
    }

    /// Why an attempt may not start.
    package enum Refusal: Error, Equatable {
        case wrongNumber(Int, expected: Int)
        case overlaps(attempt: Int, untilNs: Int64)
        case coolingDown(attempt: Int, untilNs: Int64)
    }

    package let attempts: [Attempt]

    package init(_ attempts: [Attempt]) {
        self.attempts = attempts
    }

    /// Why attempt `number`, whose evidence begins at `startNs`, may not start; nil where it may.
    /// Evidence is never used twice, and a candidate that failed waits for `cooldownNs`.
    package func refusal(of number: Int, startNs: Int64, cooldownNs: Int64) -> Refusal? {
        guard number == attempts.count + 1 else {
            return .wrongNumber(number, expected: attempts.count + 1)
        }
        // Market time has no order of attempts: one may go back to an older tape.
        for attempt in attempts where startNs < attempt.closedNs {
            return .overlaps(attempt: attempt.number, untilNs: attempt.closedNs)
        }
        for attempt in attempts where startNs < attempt.closedNs + cooldownNs {
            return .coolingDown(
                attempt: attempt.number, untilNs: attempt.closedNs + cooldownNs)
        }
        return nil
    }
}

extension AttemptLedger.Refusal: CustomStringConvertible {
    package var description: String {
        switch self {
        case .wrongNumber(let number, let expected):
            "`rollout.attempt` is \(number), and \(expected - 1) attempts at this candidate have "
                + "ended: make it \(expected)"
        case .overlaps(let attempt, let untilNs):
            "attempt \(attempt) used evidence until \(Timestamp(nanoseconds: untilNs)), and none is "
                + "used twice: begin the window after it"
        case .coolingDown(let attempt, let untilNs):
            "attempt \(attempt) ended and its cool-down lasts until "
                + "\(Timestamp(nanoseconds: untilNs)): begin the window then"
        }
    }
}
