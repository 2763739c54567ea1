import Files
import Kernel
import Market
import Reports
internal import Synchronization

extension CommandSpec.Option {
    static let metricsFile = Self(
        name: "--metrics-file", value: "FILE",
        help: "keep Prometheus metrics of the run in this file, replaced once a second")
}

/// The file that holds a run's metrics: whole at any time, replaced once a second while the run
/// goes on, and at its end.
final class MetricsFile: Sendable {
    private static let pause = Duration.seconds(1)

    private struct State {
        var fold: MetricsFold
        var written: ContinuousClock.Instant?
    }

    private let path: String
    private let state: Mutex<State>

    /// Writes the first metrics at once, so that a path that cannot be written to is known before
    /// the run begins.
    init(_ path: String, _ plan: ReplayPlan) throws {
        self.path = path
        state = Mutex(State(fold: MetricsFold(MetricsContext(plan))))
        try state.withLock { state in try write(&state) }
    }

    func see(_ view: RunView) throws {
        try state.withLock { state in
            try state.fold.add(view.rows)
            state.fold.add(MachineSample(view))
            let isDue = state.written.map { ContinuousClock.now - $0 >= Self.pause } ?? true
            if isDue || view.state != .running { try write(&state) }
        }
    }

    private func write(_ state: inout State) throws {
        let partial = path + ".partial"
        try OutputFile.create(partial, Array(state.fold.text().utf8))
        try OutputFolder.rename(partial, to: path)
        state.written = .now
    }
}

extension Arguments {
    /// Who keeps the metrics of a run, where they are asked for.
    func metricsWatcher(
        _ plan: ReplayPlan
    ) throws -> (@Sendable (RunView) throws -> Void)? {
        guard let path = value("--metrics-file") else { return nil }
        let file = try MetricsFile(path, plan)
        return { view in try file.see(view) }
    }
}
