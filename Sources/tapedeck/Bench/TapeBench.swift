internal import Glibc
import Market
import Tape

/// Measures how fast a tape is read, against libzstd decompressing the same frames.
///
/// All variants run one after the other, block by block, in every round, so that a machine which
/// changes its speed changes it for all of them; the figures are medians over rounds.
struct TapeBench {
    let tape: TapeFile
    /// A market to make, for the figures of encoding; nil leaves them out.
    let recipe: Recipe?
    let rounds: Int

    private static let blocksPerTurn = 64
    /// Snapshots of each symbol that are held against zstd's highest level; it takes about a
    /// second for a thousand.
    private static let comparedRows = 20_000

    /// Seconds of one round, by variant.
    private struct Round {
        var yardstick = 0.0
        var full = 0.0
        var fiveLevels = 0.0
        var rows = 0
    }

    private var bookStreams: [Int] {
        tape.header.streams.indices.filter { tape.header.streams[$0].schema.kind == .books }
    }

    func run(progress: (String) -> Void) async throws -> BenchReport {
        var report = BenchReport(bench: "tape")
        var measured: [Round] = []
        var twoCores: [Double] = []
        for round in 1...rounds {
            progress("round \(round) of \(rounds)")
            let one = try oneCore()
            measured.append(one)
            twoCores.append(Double(one.rows) / (try await allCores(lanes: 2)))
        }
        // Before the figures of size, whose yardstick holds all records in memory.
        let peakMegabytes = Measure.peakMegabytes
        func median(_ value: (Round) -> Double) -> Double { Measure.median(measured.map(value)) }
        report.add(
            "decode_full_per_s_1core", median { Double($0.rows) / $0.full }, "snapshots/s",
            aim: ">= 4e6")
        report.add(
            "decode_full_per_s_2core", Measure.median(twoCores), "snapshots/s",
            aim: "close to twice one core")
        report.add(
            "decode_l5_per_s_1core", median { Double($0.rows) / $0.fiveLevels }, "snapshots/s",
            aim: ">= 1.6 times the full rate")
        report.add(
            "rate_over_zstd", median { $0.yardstick / $0.full }, "ratio", aim: ">= 0.65, 0.8")
        report.add(
            "zstd_alone_per_s_1core", median { Double($0.rows) / $0.yardstick }, "snapshots/s")
        progress("zstd -d")
        if let seconds = try commandSeconds() {
            report.add(
                "zstd_command_per_s", Double(measured[0].rows) / seconds,
                "snapshots/s, all streams")
        }
        progress("calm books")
        try await addCalmBooks(to: &report)
        report.add("peak_mb", peakMegabytes, "MB", aim: "< 100")
        addSizes(to: &report)
        progress("opening many tapes")
        try OpeningBench(folder: Self.folder).run(into: &report)
        if let recipe {
            progress("making the market")
            try await addMaking(recipe, to: &report)
        }
        progress("the same snapshots as records under zstd -19")
        try addRecordSizes(to: &report)
        return report
    }

    /// What `zstd -d` of the whole file takes, the best of three; nil where there is no such command.
    private func commandSeconds() throws -> Double? {
        var best: Double?
        for _ in 0..<3 {
            var status: Int32 = -1
            let seconds = Measure.seconds { status = Subprocess.run(["zstd", "-dqcf", tape.path]) }
            guard status == 0 else { return nil }
            best = min(best ?? seconds, seconds)
        }
        return best
    }

    private func addCalmBooks(to report: inout BenchReport) async throws {
        let path = "\(Self.folder)/tapedeck-bench-\(getpid())-calm.tape"
        defer { unsafe unlink(path) }
        try CalmBooks.write(to: path)
        let calm = TapeBench(tape: try TapeFile(path: path), recipe: nil, rounds: rounds)
        let measured = try (0..<rounds).map { _ in try calm.oneCore() }
        report.add(
            "calm_decode_full_per_s_1core",
            Measure.median(measured.map { Double($0.rows) / $0.full }), "snapshots/s")
        report.add(
            "calm_rate_over_zstd", Measure.median(measured.map { $0.yardstick / $0.full }),
            "ratio")
        report.add(
            "calm_bytes_per_snapshot",
            Double(try calm.tape.blocks(ofStream: 0).reduce(0) { $0 + $1.size })
                / Double(calm.tape.rowCount(ofStream: 0)), "bytes")
    }

    private static var folder: String { Console.environment("TMPDIR") ?? "/tmp" }

    /// Plays, codes and writes the recipe's market, all of it, `rounds` times.
    private func addMaking(_ recipe: Recipe, to report: inout BenchReport) async throws {
        var rates: [Double] = []
        let path = "\(Self.folder)/tapedeck-bench-\(getpid()).tape"
        defer { unsafe unlink(path) }
        for _ in 0..<rounds {
            let clock = ContinuousClock()
            let start = clock.now
            let summary = try await SyntheticMarket(recipe: recipe).write(to: path)
            let seconds = (clock.now - start).seconds
            let tape = try TapeFile(path: path)
            let books = summary.streams.indices
                .filter { tape.header.streams[$0].schema.kind == .books }
                .reduce(0) { $0 + summary.streams[$1].rows }
            rates.append(Double(books) / seconds)
        }
        report.add("encode_per_s", Measure.median(rates), "snapshots/s", aim: ">= 1e6")
    }

    /// The first snapshots of each symbol on the tape, and as records under zstd -19.
    private func addRecordSizes(to report: inout BenchReport) throws {
        var tapeBytes = 0.0
        var recordBytes = 0.0
        for stream in bookStreams {
            var reader = try StreamReader(tape, stream: stream)
            var decoder = BlockDecoder()
            var block = reader.makeBlock()
            var records = RowRecordYardstick()
            let entries = try tape.blocks(ofStream: stream)
            while records.rowCount < Self.comparedRows,
                let rows = try reader.next(into: &block, using: &decoder)
            {
                tapeBytes += Double(entries[entries.count - reader.remainingBlocks - 1].size)
                records.append(block, rows)
            }
            recordBytes +=
                records.bytesPerSnapshot(compressionLevel: 19) * Double(records.rowCount)
        }
        report.add("bytes_over_zstd19_records", tapeBytes / recordBytes, "ratio", aim: "< 1")
    }

    private func addSizes(to report: inout BenchReport) {
        guard case .complete(let streams, _, _) = tape.state else { return }
        for (kind, name) in [
            (StreamKind.books, "bytes_per_snapshot"), (.candles, "bytes_per_candle"),
            (.trades, "bytes_per_trade"),
        ] {
            let chosen = streams.indices.filter { tape.header.streams[$0].schema.kind == kind }
            let rows = chosen.reduce(0) { $0 + streams[$1].rows }
            let size = chosen.reduce(0) { $0 + streams[$1].size }
            if rows > 0 { report.add(name, Double(size) / Double(rows), "bytes") }
        }
    }

    private func oneCore() throws -> Round {
        var round = Round()
        var yardstick = DecompressionYardstick()
        var decoder = BlockDecoder()
        for stream in bookStreams {
            var frames = try StreamReader(tape, stream: stream)
            var full = frames
            var five = try StreamReader(tape, stream: stream, levels: 5)
            var block = full.makeBlock()
            while full.remainingBlocks > 0 {
                for _ in 0..<Self.blocksPerTurn {
                    guard let read = try frames.nextFrames() else { break }
                    round.yardstick += Measure.seconds { _ = yardstick.decompress(read) }
                }
                round.full += try Measure.seconds {
                    for _ in 0..<Self.blocksPerTurn {
                        guard let rows = try full.next(into: &block, using: &decoder) else { break }
                        round.rows += rows.count
                    }
                }
                round.fiveLevels += try Measure.seconds {
                    for _ in 0..<Self.blocksPerTurn {
                        guard try five.next(into: &block, using: &decoder) != nil else { break }
                    }
                }
            }
        }
        return round
    }

    /// Seconds to decode all books in `lanes` lanes, each taking its share of every stream's blocks.
    @concurrent
    private func allCores(lanes: Int) async throws -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        let list = try TapeList([tape])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in 0..<lanes {
                group.addTask {
                    var decoder = BlockDecoder()
                    for stream in bookStreams {
                        var reader = ListReader(list, stream: stream)
                        var block = reader.makeBlock()
                        var number = 0
                        while let pending = try reader.nextPending() {
                            if number % lanes == lane {
                                _ = try pending.decode(into: &block, using: &decoder)
                            }
                            number += 1
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        return (clock.now - start).seconds
    }
}
