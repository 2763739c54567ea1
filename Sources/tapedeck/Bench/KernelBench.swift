internal import Glibc
import Journal
import Kernel
import Market
import Tape

/// Measures how fast a scenario is replayed with two models, a desk and a journal in SQLite, against
/// libzstd decompressing the frames that the run reads.
///
/// As in ``LineBench`` they take turns, a whole run each, in every round, and so does the same replay with
/// a rollout under way; the figures are medians over rounds. Every replay writes a journal of its own.
struct KernelBench {
    let plan: ReplayPlan
    let rollout: ReplayPlan
    let options: LineOptions
    let rounds: Int

    /// What one round took.
    private struct Round {
        let yardstickSeconds: Double
        let run: RunTimes
        let rollout: RunTimes
    }

    private struct RunTimes {
        let seconds: Double
        let processorSeconds: Double
        let stages: StageTimes
    }

    func run(progress: (String) -> Void) async throws -> BenchReport {
        var measured: [Round] = []
        var counts = KernelCounts()
        var snapshots = 0
        for round in 1...rounds {
            progress("round \(round) of \(rounds)")
            try Interrupt.check()
            let yardstick = try LineYardstick(plan.run).decompress()
            snapshots = yardstick.snapshots
            let (times, kept) = try await play(plan)
            let (rolloutTimes, _) = try await play(rollout)
            counts = kept
            measured.append(
                Round(
                    yardstickSeconds: yardstick.seconds, run: times, rollout: rolloutTimes))
        }
        return report(measured, counts, snapshots)
    }

    private func report(
        _ measured: [Round], _ counts: KernelCounts, _ snapshots: Int
    ) -> BenchReport {
        func median(_ value: (Round) -> Double) -> Double { Measure.median(measured.map(value)) }
        let wall = median(\.run.seconds)
        var report = BenchReport(bench: "kernel")
        report.add(
            "wall_over_zstd", median { $0.run.seconds / $0.yardstickSeconds }, "ratio",
            aim: "<= 1.75")
        report.add("snapshots_per_s", Double(snapshots) / wall, "snapshots/s")
        report.add(
            "times_real_time", LineYardstick(plan.run).marketSeconds / wall, "ratio",
            aim: "> 900,000")
        report.add(
            "peak_mb", Measure.peakMegabytes, "MB",
            aim: "as of the line, and what ten random models take to make")
        report.add(
            "rollout_over_plain", median { $0.rollout.seconds / $0.run.seconds }, "ratio",
            aim: "<= 1.10")
        report.add("wall_s", wall, "s")
        report.add("processor_s", median(\.run.processorSeconds), "s, all cores together")
        report.add("zstd_wall_s", median(\.yardstickSeconds), "s")
        report.add("snapshots", Double(snapshots), "snapshots")
        report.add("rows", Double(counts.rows), "rows of the journal")
        report.add("trades", Double(counts.trades), "trades")
        for (name, stage) in [
            ("feed_wait_s", \StageTimes.feedWait), ("enrich_s", \.enrich), ("score_s", \.score),
            ("desk_s", \.desk), ("journal_wait_s", \.journalWait),
        ] {
            report.add(name, median { $0.run.stages[keyPath: stage].seconds }, "s")
        }
        report.add("journal_s", median { $0.run.stages.journal.seconds }, "s, beside the line")
        return report
    }

    /// Replays the scenario once into a new journal, which is then removed.
    private func play(_ plan: ReplayPlan) async throws -> (RunTimes, KernelCounts) {
        let path =
            "\(Console.environment("TMPDIR") ?? "/tmp")/tapedeck-bench-\(getpid()).sqlite"
        defer {
            for ending in ["", "-wal", "-shm", ".lock"] { unsafe unlink(path + ending) }
        }
        let journal = try RunJournal(path, creating: true)
        let clock = ContinuousClock()
        let start = clock.now
        let processorStart = Measure.processorSeconds
        let (summary, _) = try await Conductor(plan, options: options).run(
            keeper: try JournalKeeper(plan, journal), isStopRequested: { Interrupt.isRequested })
        let times = RunTimes(
            seconds: (clock.now - start).seconds,
            processorSeconds: Measure.processorSeconds - processorStart, stages: summary.times)
        try Interrupt.check()
        return (times, try KernelCounts(path, plan.record))
    }
}

/// What a replay left behind.
private struct KernelCounts {
    var rows: Int64 = 0
    var trades = 0

    init() {}

    init(_ path: String, _ record: RunRecord) throws {
        let journal = try RunJournal(path, creating: false)
        rows = try journal.run("\(record.identity)").rowCount
        trades = try journal.queryOnly("SELECT seq FROM trades").rows.count
    }
}

extension CommandSpec {
    static let benchKernel = CommandSpec(
        name: "bench kernel",
        summary: "Measures a whole replay with random models and a journal, against libzstd.",
        positional: Positional(
            name: "SCENARIO",
            help: "\(BenchMarket.scenario) when not given, its tape made if absent", count: 0...1),
        options: [
            Option(name: "--rounds", value: "N", help: "rounds of measuring, 5 when not given"),
            .threads, .sliceEvents, .json, .quiet,
        ],
        examples: [
            "tapedeck bench kernel --json",
            "tapedeck bench kernel scenarios/shadow-month.json5 --rounds 3",
        ],
        run: { arguments in
            let note = { (text: String) in
                if !arguments.has("--quiet") { Console.note("bench kernel: \(text)") }
            }
            let options = try LineOptions(arguments)
            let rounds = try arguments.integer("--rounds", in: 1...1000) ?? 5
            let path = arguments.positionals.first
            if path == nil { try await BenchMarket.make(.load(BenchMarket.recipe), note: note) }
            let run = try await StartUp.plan(
                scenarioPath: path ?? BenchMarket.scenario, for: .replay)
            note("making models")
            let plans = try await BenchModels(run, options: options).plans()
            let report = try await KernelBench(
                plan: plans.plain, rollout: plans.rollout, options: options, rounds: rounds
            ).run(progress: note)
            try Console.output(report.text(isJSON: arguments.has("--json")))
            return .done
        })
}
