import Features
package import JSON
package import Journal
import Market

/// Proofs of what the kernel promises, made over somebody's own tape and models.
package struct Audit: Sendable {
    private let runner: AuditRunner
    private let settings: Settings
    private let process: AuditProcess?
    private let folder: AuditFolder

    package struct Settings: Equatable, Sendable {
        /// In the order of ``AuditProof``, each once.
        package let proofs: [AuditProof]
        package let cuts: Int
        package let seed: UInt64
        package let lanes: Int
        /// Planted where causality, purge and parity look; nil but for a test of these.
        package let leak: AuditLeak?

        /// - Parameter proofs: empty for all.
        package init(
            _ proofs: [AuditProof] = [], cuts: Int, seed: UInt64, lanes: Int,
            leak: AuditLeak? = nil
        ) {
            precondition(cuts > 0 && lanes > 0, "a proof tries something")
            self.proofs = AuditProof.allCases.filter { proofs.isEmpty || proofs.contains($0) }
            self.cuts = cuts
            self.seed = seed
            self.lanes = lanes
            self.leak = leak
        }
    }

    /// - Parameters:
    ///   - process: nil where no other process can be started.
    ///   - folder: for journals; its maker removes it.
    package init(
        _ subject: AuditSubject, _ settings: Settings, process: AuditProcess?,
        folder: AuditFolder, isStopRequested: @escaping @Sendable () -> Bool = { false }
    ) {
        runner = AuditRunner(
            subject: subject, lanes: settings.lanes, isStopRequested: isStopRequested)
        self.settings = settings
        self.process = process
        self.folder = folder
    }

    /// How far an audit is.
    package struct Progress: Equatable, Sendable {
        package let proof: AuditProof
        package let done: Int
        package let of: Int
    }

    /// Makes all proofs, one after the other.
    @concurrent
    package func run(
        progress: @escaping @Sendable (Progress) -> Void = { _ in }
    ) async throws -> AuditReport {
        let plan = runner.subject.plan
        let clean = try await runner.trace(plan, LineOptions(lanes: runner.lanes))
        var leaking = clean
        if let leak = settings.leak {
            leaking = try await runner.trace(
                plan, LineOptions(lanes: runner.lanes), leak: leak, after: clean)
        }
        let comparisons = try await comparisons(leaking, progress)
        var results: [AuditResult] = []
        for proof in settings.proofs {
            let tell = { (done: Int, of: Int) in
                progress(Progress(proof: proof, done: done, of: of))
            }
            results.append(
                try await result(proof, clean: clean, leaking: leaking, comparisons, tell))
        }
        return AuditReport(
            subject: runner.subject, settings: settings, results: results)
    }

    /// What causality and purge are both read from.
    private func comparisons(
        _ clean: RunTrace, _ progress: @escaping @Sendable (Progress) -> Void
    ) async throws -> [CutComparison] {
        let run = runner.subject.plan.run
        let purges = run.config.columns.compactMap { run.purgeBars($0) }
        let isPurged = settings.proofs.contains(.purge) && !purges.isEmpty
        guard settings.proofs.contains(.causality) || isPurged else { return [] }
        let cuts = AuditCut.draw(settings.cuts, of: run.schedule, seed: settings.seed)
        let barsAfter =
            isPurged ? (purges.max() ?? 0) + PurgeProof.barsAfter : CausalityProof.barsAfter
        let proof = settings.proofs[0]
        return try await CutRuns(
            runner: runner, clean: clean, leak: settings.leak, seed: settings.seed
        ).comparisons(cuts, barsAfter: barsAfter) { done in
            progress(Progress(proof: proof, done: done, of: cuts.count))
        }
    }

    private func result(
        _ proof: AuditProof, clean: RunTrace, leaking: RunTrace, _ comparisons: [CutComparison],
        _ progress: (_ done: Int, _ of: Int) -> Void
    ) async throws -> AuditResult {
        let plan = runner.subject.plan
        switch proof {
        case .causality:
            return CausalityProof(comparisons, barNs: plan.run.schedule.barNs).result
        case .purge:
            return PurgeProof(comparisons, clean: leaking, plan).result
        case .determinism:
            return try await DeterminismProof(
                runner: runner, clean: clean, seed: settings.seed, process: process,
                folder: folder
            ).result(progress: progress)
        case .resume:
            return try await ResumeProof(
                runner: runner, clean: clean, seed: settings.seed, process: process,
                folder: folder
            ).result(progress: progress)
        case .parity:
            return try await ParityProof(
                runner: runner, replayed: leaking, folder: folder
            ).result(progress: progress)
        case .identity:
            progress(0, 1)
            return try await IdentityProof(runner: runner, clean: clean).result()
        case .costs:
            var proof = CostsProof(clean, plan)
            return proof.result()
        }
    }
}

/// What an audit found.
package struct AuditReport: Equatable, Sendable {
    package let scenario: String
    package let inputs: [RunRecord.Input]
    package let settings: Audit.Settings
    /// Whether the scenario's rollout was left out.
    package let hasRollout: Bool
    package let results: [AuditResult]
    private let run: String

    init(subject: AuditSubject, settings: Audit.Settings, results: [AuditResult]) {
        scenario = subject.path
        inputs = subject.plan.record.inputs
        run = "\(subject.plan.record.identity)"
        hasRollout = subject.hasRollout
        self.settings = settings
        self.results = results
    }

    package var isPassed: Bool { results.allSatisfy { $0.verdict != .fail } }

    /// `leak` is there only where one was planted.
    package var document: JSONValue {
        var members = [
            JSONMember("schema", "tapedeck.audit/1"),
            JSONMember("scenario", .string(scenario)),
            JSONMember("run", .string(run)),
            JSONMember(
                "inputs",
                .array(
                    inputs.map {
                        [
                            "kind": .string($0.kind), "name": .string($0.name),
                            "digest": .string("\($0.digest)"),
                        ]
                    })),
            JSONMember("without_rollout", .bool(hasRollout)),
            JSONMember("cuts", JSONValue(settings.cuts)),
            JSONMember("seed", .integer(Int64(clamping: settings.seed))),
        ]
        if let leak = settings.leak {
            members.append(
                JSONMember(
                    "leak",
                    [
                        "column": .string(leak.column.name), "bars": JSONValue(leak.bars),
                    ]))
        }
        members.append(JSONMember("verdict", isPassed ? "pass" : "fail"))
        members.append(JSONMember("proofs", .array(results.map(\.document))))
        return .object(members)
    }
}
