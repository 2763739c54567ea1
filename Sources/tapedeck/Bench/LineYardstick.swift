import Features
import Kernel
import Market
import Tape

/// What a run is held against: libzstd decompressing the frames that the run reads.
struct LineYardstick {
    private let plan: RunPlan

    init(_ plan: RunPlan) {
        self.plan = plan
    }

    /// How long the market is that the run plays.
    var marketSeconds: Double { Double(span.endNs - span.startNs) / 1e9 }

    private var span: TimeRange {
        TimeRange(startNs: plan.config.featureEpochNs, endNs: plan.endNs + 1)
    }

    /// Decompresses what the run reads, on one core. Reading the file is not counted.
    func decompress() throws -> (seconds: Double, snapshots: Int) {
        var yardstick = DecompressionYardstick()
        var seconds = 0.0
        var snapshots = 0
        for symbol in plan.symbols {
            for kind in StreamKind.allCases {
                guard let stream = symbol.stream(kind) else { continue }
                try plan.list.forEachFrames(ofStream: stream, span: span, levels: kind.levelsRead) {
                    frames in
                    if kind == .books { snapshots += frames.rowCount }
                    seconds += Measure.seconds { _ = yardstick.decompress(frames) }
                }
            }
        }
        return (seconds, snapshots)
    }
}
