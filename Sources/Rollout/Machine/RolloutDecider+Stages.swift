import Files
import JSON
package import Statistics

/// How a look at a stage went.
package enum StageAssessment: Sendable {
    case evaluated(Evaluation)
    /// It could not be had; it is tried again.
    case erred(String)
}

/// What the preflight found once the drill was over.
package struct PreflightFindings: Sendable {
    /// The most trades of one of training's folds on the canary symbol.
    package var sampleTradeCount: Int
    /// F1 of the fallbacks and of the champions on the same bars; nil where none is declared.
    package var drill: (fallback: Figure, champion: Figure)?

    static let drillLossMax = 0.01

    package init(sampleTradeCount: Int, drill: (fallback: Figure, champion: Figure)?) {
        self.sampleTradeCount = sampleTradeCount
        self.drill = drill
    }

    package func verdict(tradesMin: Int) -> RolloutEvent.PreflightVerdict {
        if let drill {
            guard let fallback = drill.fallback.value, let champion = drill.champion.value else {
                return .shortSample
            }
            // Rounded to nine digits: a difference of 0.01 must not fail by the last bit.
            let loss = ((champion - fallback) * 1e9).rounded() / 1e9
            if loss > Self.drillLossMax { return .fail }
        }
        return sampleTradeCount >= tradesMin ? .pass : .shortSample
    }
}

extension RolloutDecider {
    static let consecutiveErrorsMax = 4

    // MARK: - Preflight

    /// Registers the candidate at the first tick, and refuses what no drill could mend.
    mutating func begin(atNs: Int64) {
        guard state.attempt == 0 else { return }
        record(
            .candidateRegistered(attempt: setup.attempt), atNs, input: setup.rollout,
            detail: ["symbols": .array(setup.symbols.map(\.document))])
        record(
            .policyFrozen, atNs, input: setup.planDigest,
            detail: [
                "plan": plan.document, "margin": .number(margin),
            ])
        if setup.isIdentical {
            record(.preflightEvaluated(.identical), atNs)
        } else if let leakage = setup.leakage {
            record(.leakageDetected, atNs, detail: ["found": .string(leakage)])
        } else if !refusals.isEmpty {
            record(
                .preflightEvaluated(.refused), atNs,
                detail: [
                    "refusals": .array(refusals.map { .string($0) }), "stress": setup.stress,
                ])
        }
        goOn(atNs: atNs)
    }

    private var refusals: [String] {
        setup.refusals
            + setup.symbols.compactMap { symbol in
                symbol.fallbacks.contains { $0.digest == symbol.candidate.digest }
                    ? "\(symbol.name): the candidate is its own fallback" : nil
            }
    }

    /// Whether the drill is under way.
    var isDrilling: Bool { state.phase == .registered && state.preflight != .refused }

    /// Takes what the drill came to.
    package mutating func conclude(_ preflight: PreflightFindings, fromNs: Int64, atNs: Int64) {
        guard isDrilling, state.attempt > 0 else { return }
        let verdict = preflight.verdict(tradesMin: plan.tradesMin)
        record(
            .preflightEvaluated(verdict), atNs, fromNs: fromNs,
            detail: [
                "sample_trades": JSONValue(preflight.sampleTradeCount),
                "trades_min": JSONValue(plan.tradesMin), "margin": .number(margin),
                "fallback_f1_buy": Self.number(preflight.drill?.fallback),
                "champion_f1_buy": Self.number(preflight.drill?.champion),
                "labels": JSONValue(preflight.drill?.fallback.n ?? 0),
                "stress": setup.stress, "characteristics": setup.characteristics,
            ])
        if state.phase == .shadow { record(.stageEntered(.shadow, day: nil), atNs) }
        goOn(atNs: atNs)
    }

    private static func number(_ figure: Figure?) -> JSONValue {
        figure?.value.map { .number($0) } ?? .null
    }

    // MARK: - Looks

    /// Whether a stage has covered what it was to cover.
    package func isLookDue(coveredNs: Int64) -> Bool {
        guard state.phase.isGathering, let plannedNs = state.plannedNs else { return false }
        // Passed, and only waiting for its last flip to be seen.
        if state.phase == .soak, state.latest?.verdict == .pass { return false }
        return coveredNs >= plannedNs
    }

    /// Whether this is the first bar tick of a UTC day in a live stage.
    package func isMeasurementDue(atNs: Int64) -> Bool {
        guard state.phase(after: .measurementRecorded) != nil, let fromNs = state.windowFromNs
        else { return false }
        return Self.day(atNs) > Self.day(max(state.measuredNs ?? .min, fromNs))
    }

    private static func day(_ ns: Int64) -> Int64 { ns / 86_400_000_000_000 }

    /// Notes the stage's figures as they are.
    package mutating func measure(_ evaluation: Evaluation, atNs: Int64) {
        record(
            .measurementRecorded, atNs, fromNs: evaluation.fromNs, detail: evaluation.summary)
    }

    /// Marks the gates that are waived now.
    package func waived(_ evaluation: Evaluation, atNs: Int64) -> Evaluation {
        var evaluation = evaluation
        for index in evaluation.gates.indices {
            evaluation.gates[index].isWaived = state.waivers.contains {
                $0.gate == evaluation.gates[index].kind.rawValue && $0.stage == evaluation.stage
                    && $0.expiresNs >= atNs
            }
        }
        return evaluation
    }

    /// Takes a look at the stage.
    package mutating func take(_ look: StageAssessment, atNs: Int64) {
        guard state.phase.isGathering else { return }
        switch look {
        case .erred(let reason):
            record(.evaluationErred, atNs, detail: ["reason": .string(reason)])
            guard state.consecutiveErrors > Self.consecutiveErrorsMax,
                let stage = state.phase.stage
            else { return }
            record(
                .holdEntered(.error, resumes: stage), atNs, detail: ["reason": .string(reason)])
        case .evaluated(let evaluation):
            let verdict = evaluation.verdict(plan.profile)
            let digest = Evaluation.digest(ofText: evaluation.text(plan.profile))
            record(
                .stageEvaluated(verdict), atNs, fromNs: evaluation.fromNs, toNs: evaluation.toNs,
                input: digest, detail: evaluation.document(plan.profile))
            if verdict == .rollback, state.phase.isGathering, state.hasLaneOnCandidate {
                takeBack(
                    .inferior, nil, atNs: atNs, fromNs: evaluation.fromNs, toNs: evaluation.toNs,
                    input: digest, detail: ["evidence": .string(digest.description)])
            }
            goOn(atNs: atNs)
        }
    }

    // MARK: - Ramp and end

    /// A day of the ramp is covered and no rule has fired: the next symbol follows, then the soak.
    package mutating func passDay(_ day: Int, atNs: Int64) {
        guard state.phase == .ramp(day: day) else { return }
        record(.laneDayPassed(day: day), atNs)
        guard case .ramp(let next) = state.phase else {
            record(.stageEntered(.soak, day: nil), atNs)
            return
        }
        record(.stageEntered(.ramp, day: next), atNs)
        let lane = state.rampOrder[next - 1]
        if state.lanes[lane].isHome, !state.lanes[lane].isBarred {
            request(.candidate, lane, atNs: atNs)
        }
    }

    /// Locks where the soak has passed. What becomes of the aliases stands in the event; it is done
    /// once the log is durable.
    mutating func lockIfPassed(atNs: Int64) {
        guard state.phase(after: .attemptClosed(.locked)) != nil else { return }
        var aliases: [JSONValue] = []
        for (lane, symbol) in zip(state.lanes, setup.symbols) where lane.model == .candidate {
            for move in symbol.aliases { aliases.append(move.document(symbol.name)) }
        }
        record(.attemptClosed(.locked), atNs, detail: ["aliases": .array(aliases)])
    }
}

extension Evaluation {
    /// The figures that a reader follows from day to day.
    fileprivate var summary: JSONValue {
        [
            "stage": .string(stage.rawValue), "covered_ns": .integer(coveredNs),
            "planned_ns": .integer(plannedNs),
            "line": [
                "mean": line.mean.value.map { .number($0) } ?? .null,
                "lower": line.lower.map { .number($0) } ?? .null,
                "upper": line.upper.map { .number($0) } ?? .null,
                "conclusion": .string(line.conclusion.rawValue),
            ],
            "gates": .array(
                gates.map {
                    [
                        "gate": .string($0.kind.rawValue),
                        "symbol": $0.symbol.map { .string($0) } ?? .null,
                        "value": $0.estimate.value.map { .number($0) } ?? .null,
                        "n": JSONValue($0.estimate.n),
                        "seed_strict": .string($0.seedStrict.rawValue),
                        "guarded": .string($0.guarded.rawValue),
                    ]
                }),
        ]
    }
}

extension RolloutSetup.Symbol {
    fileprivate var document: JSONValue {
        [
            "symbol": .string(name), "champion": champion.document,
            "candidate": candidate.document, "fallbacks": .array(fallbacks.map(\.document)),
        ]
    }
}

extension RolloutSetup.Model {
    fileprivate var document: JSONValue {
        [
            "name": .string(name), "version": JSONValue(version),
            "digest": .string(digest.description),
        ]
    }
}

extension RolloutSetup.AliasMove {
    fileprivate func document(_ symbol: String) -> JSONValue {
        [
            "symbol": .string(symbol), "alias": .string(alias),
            "expected_epoch": JSONValue(expectedEpoch),
            "from": from?.document ?? .null, "to": to.document,
        ]
    }
}
