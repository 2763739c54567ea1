import Features
import JSON
import Kernel
import Scenarios
internal import Synchronization

extension CommandSpec {
    static let audit = CommandSpec(
        name: "audit",
        summary: "Proves, on your own tape and models, what the kernel promises.",
        positional: Positional(
            name: "SCENARIO [PROOF]",
            help: "a scenario, and of "
                + AuditProof.allCases.map(\.rawValue).joined(separator: ", ")
                + " those to make; all when none is named",
            count: 1...(1 + AuditProof.allCases.count)),
        options: [
            Option(
                name: "--cuts", value: "N",
                help: "instants after which causality and purge put noise, 50 when not given"),
            Option(
                name: "--seed", value: "N",
                help: "draws instants, noise and slices; the scenario's when not given"),
            .threads,
            Option(
                name: "--leak", value: "COLUMN[:BARS]",
                help: "test flag: lets a column tell what it says so many bars later, 1 when not "
                    + "given, to see causality, purge and parity catch it; nothing else leaks by it"
            ),
            .json, .quiet,
        ],
        examples: [
            "tapedeck audit scenarios/shadow-month.json5",
            "tapedeck audit scenarios/shadow-month.json5 causality purge --cuts 100",
            "tapedeck audit scenarios/shadow-month.json5 causality --leak RSI_14; echo $?",
        ],
        run: { arguments in
            let request = try AuditRequest(arguments)
            let subject = try await AuditSubject.open(request.path)
            return try await AuditRun(
                subject: subject, settings: request.settings(for: subject), arguments: arguments
            ).run()
        })
}

/// What the command line asks for, before the scenario is read.
private struct AuditRequest {
    let path: String
    private let proofs: [AuditProof]
    private let cuts: Int
    private let seed: UInt64?
    private let lanes: Int
    private let leak: (column: String, bars: Int)?

    /// A leak by more bars than a window has tells nothing.
    private static let leakBarsMax = 1000

    init(_ arguments: Arguments) throws(UsageError) {
        path = arguments.positionals[0]
        var proofs: [AuditProof] = []
        for word in arguments.positionals.dropFirst() {
            let names = AuditProof.allCases.map(\.rawValue)
            guard let proof = AuditProof(rawValue: word) else {
                throw .badValue(
                    "PROOF", word,
                    expected: "one of \(names.joined(separator: ", "))"
                        + (Spelling.nearest(to: word, among: names).map {
                            "; did you mean `\($0)`?"
                        } ?? ""))
            }
            proofs.append(proof)
        }
        self.proofs = proofs
        cuts = try arguments.integer("--cuts", in: 1...100_000) ?? 50
        seed = try arguments.integer("--seed", in: 0...Int.max).map { UInt64($0) }
        lanes = try LineOptions(arguments).lanes
        leak = try arguments.value("--leak").map { text throws(UsageError) in
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            let bars = parts.count == 2 ? Int(parts[1]) : 1
            guard let bars, (1...Self.leakBarsMax).contains(bars), parts.count <= 2 else {
                throw .badValue(
                    "--leak", text,
                    expected: "a column, or a column and up to \(Self.leakBarsMax) bars such as "
                        + "RSI_14:2")
            }
            return (String(parts[0]), bars)
        }
    }

    func settings(for subject: AuditSubject) throws(UsageError) -> Audit.Settings {
        var planted: AuditLeak?
        if let leak {
            let leaky = subject.columns.filter { !AuditLeak.openColumns.contains($0.name) }
            guard let column = leaky.first(where: { $0.name == leak.column }) else {
                let nearest = Spelling.nearest(to: leak.column, among: leaky.map(\.name))
                throw .badValue(
                    "--leak", leak.column,
                    expected: "a column of the scenario whose future is unknown"
                        + (nearest.map { "; did you mean `\($0)`?" } ?? ""))
            }
            planted = AuditLeak(column, bars: leak.bars)
        }
        return Audit.Settings(
            proofs, cuts: cuts, seed: seed ?? subject.document.scenario.seed, lanes: lanes,
            leak: planted)
    }
}

/// One run of `tapedeck audit`.
private struct AuditRun {
    let subject: AuditSubject
    let settings: Audit.Settings
    let arguments: Arguments

    func run() async throws -> ExitCode {
        let folder = try TemporaryJournals.make()
        defer { TemporaryJournals.remove(folder) }
        let report = try await play(in: folder)
        try Console.output(
            arguments.has("--json")
                ? report.document.text(pretty: true) + "\n" : AuditText(report).text)
        return report.isPassed ? .done : .checkFailed
    }

    private func play(in folder: String) async throws -> AuditReport {
        let isQuiet = arguments.has("--quiet")
        let progress = Mutex(AuditProgress(isQuiet: isQuiet))
        defer { progress.withLock { $0.finish() } }
        let audit = Audit(
            subject, settings,
            // A file with a rollout is nothing that another process could simply replay.
            process: subject.hasRollout ? nil : ReplayProcess.audit, folder: AuditFolder(folder),
            isStopRequested: { Interrupt.isRequested })
        do {
            return try await audit.run { step in progress.withLock { $0.update(step) } }
        } catch {
            // Ctrl-C reaches another process too, which then fails.
            try Interrupt.check()
            throw error
        }
    }
}

/// One bar for each proof.
private struct AuditProgress {
    private let isQuiet: Bool
    private var proof: AuditProof?
    private var bar: Progress?

    init(isQuiet: Bool) {
        self.isQuiet = isQuiet
    }

    mutating func update(_ step: Audit.Progress) {
        if step.proof != proof {
            bar?.finish()
            proof = step.proof
            bar = Progress(
                "audit " + step.proof.rawValue, unit: step.proof == .causality ? "cuts" : "runs",
                isQuiet: isQuiet)
        }
        bar?.update(count: step.done, fraction: Double(step.done) / Double(max(step.of, 1)))
    }

    mutating func finish() { bar?.finish() }
}
