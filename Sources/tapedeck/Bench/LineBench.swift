import Kernel
import Tape

/// Measures how fast a scenario is played from its tapes to feature rows, against libzstd
/// decompressing the frames that the run reads.
///
/// Both take turns, a whole run each, in every round, so that a machine which changes its speed
/// changes it for both; the figures are medians over rounds.
struct LineBench {
    let plan: RunPlan
    let options: LineOptions
    let rounds: Int

    /// What one round took.
    private struct Round {
        let lineSeconds: Double
        let yardstickSeconds: Double
    }

    func run(progress: (String) -> Void) async throws -> BenchReport {
        var measured: [Round] = []
        var snapshots = 0
        for round in 1...rounds {
            progress("round \(round) of \(rounds)")
            try Interrupt.check()
            let yardstick = try LineYardstick(plan).decompress()
            snapshots = yardstick.snapshots
            measured.append(
                Round(lineSeconds: try await play(), yardstickSeconds: yardstick.seconds))
        }
        func median(_ value: (Round) -> Double) -> Double { Measure.median(measured.map(value)) }
        let line = median(\.lineSeconds)
        var report = BenchReport(bench: "line")
        report.add(
            "wall_over_zstd", median { $0.lineSeconds / $0.yardstickSeconds }, "ratio",
            aim: "<= 1.25")
        report.add("snapshots_per_s", Double(snapshots) / line, "snapshots/s")
        report.add("times_real_time", LineYardstick(plan).marketSeconds / line, "ratio")
        report.add("wall_s", line, "s")
        report.add("zstd_wall_s", median(\.yardstickSeconds), "s")
        report.add("snapshots", Double(snapshots), "snapshots")
        // The bench itself holds one frame and its content, so this is the line's.
        let symbols = plan.symbols.count
        report.add(
            "peak_mb", Measure.peakMegabytes, "MB",
            aim: "< \(Units.tenths(100 + 0.6 * Double(symbols))) for \(symbols) symbols")
        return report
    }

    /// Plays the scenario once and returns how long it took.
    private func play() async throws -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        _ = try await Conductor(plan: plan, options: options).run(
            keeper: RowKeeper { _ in }, isStopRequested: { Interrupt.isRequested })
        try Interrupt.check()
        return (clock.now - start).seconds
    }
}

extension CommandSpec {
    static let benchLine = CommandSpec(
        name: "bench line",
        summary: "Measures a scenario from tape to feature rows, against libzstd.",
        positional: Positional(
            name: "SCENARIO",
            help: "\(BenchMarket.scenario) when not given, its tape made if absent", count: 0...1),
        options: [
            Option(name: "--rounds", value: "N", help: "rounds of measuring, 5 when not given"),
            Option(name: "--threads", value: "N", help: "cores to use, all when not given"),
            Option(
                name: "--slice-events", value: "N",
                help: "cut the market into slices of at most so many events"),
            .json, .quiet,
        ],
        examples: [
            "tapedeck bench line --json", "tapedeck bench line scenarios/golden.json5 --rounds 9",
        ],
        run: { arguments in
            let note = { (text: String) in
                if !arguments.has("--quiet") { Console.note("bench line: \(text)") }
            }
            let options = try LineOptions(arguments)
            let rounds = try arguments.integer("--rounds", in: 1...1000) ?? 5
            let path = arguments.positionals.first
            if path == nil { try await BenchMarket.make(.load(BenchMarket.recipe), note: note) }
            let plan = try await StartUp.plan(scenarioPath: path ?? BenchMarket.scenario)
            let bench = LineBench(plan: plan, options: options, rounds: rounds)
            let report = try await bench.run(progress: note)
            try Console.output(report.text(isJSON: arguments.has("--json")))
            return .done
        })
}
