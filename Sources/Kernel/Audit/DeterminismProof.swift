import JSON
import Market

/// The journal's body does not depend on threads, slices, pacing or the process.
struct DeterminismProof {
    let runner: AuditRunner
    let clean: RunTrace
    let seed: UInt64
    /// A replay in another process; nil where none can be started.
    let process: AuditProcess?
    /// Holds the journal that the other process writes.
    let folder: AuditFolder

    /// A way to play a run that must change nothing.
    private struct Way {
        let name: String
        let options: LineOptions
        var lastNs: Int64?
    }

    /// How long the paced span takes.
    private static let pacedSeconds = 0.5

    func result(progress: (_ done: Int, _ of: Int) -> Void) async throws -> AuditResult {
        let plan = runner.subject.plan
        let ways = self.ways
        var findings: [AuditResult.Finding] = []
        var rowCount = 0
        for (index, way) in ways.enumerated() {
            progress(index, ways.count + 1)
            let body = try await runner.body(
                plan, way.options, against: clean, lastNs: way.lastNs)
            rowCount += body.rowCount
            if let difference = body.difference {
                findings.append(AuditResult.Finding(way.name, difference))
            }
        }
        progress(ways.count, ways.count + 1)
        var count = ways.count
        if let process {
            count += 1
            let path = folder.file("process.sqlite")
            try await process.replay(runner.subject.path, path)
            let body = try StoredBody.compare(path, plan.record, with: clean)
            rowCount += body.rowCount
            if let difference = body.difference {
                findings.append(AuditResult.Finding("another process", difference))
            }
        }
        var result = AuditResult(
            .determinism,
            tried: [
                AuditResult.Count("runs", count + 1),
                AuditResult.Count("journal_rows", rowCount),
            ], findings: findings,
            notes: process == nil ? ["not played in another process"] : [])
        result.details = [
            JSONMember("body_digest", .string("\(clean.tip)")),
            JSONMember(
                "ways",
                .array(
                    (ways.map(\.name) + (process == nil ? [] : ["another process"])).map {
                        .string($0)
                    })),
        ]
        return result
    }

    /// Beside two threads and slices of the usual size.
    private var ways: [Way] {
        let schedule = runner.subject.plan.run.schedule
        let startNs = schedule.firstWindowCloseNs - schedule.barNs
        let spanNs = min(schedule.lastCloseNs - startNs, Timestamp.dayNs)
        let times = Int(Double(spanNs) / 1e9 / Self.pacedSeconds)
        return [
            Way(name: "1 thread", options: LineOptions(lanes: 1)),
            Way(name: "4 threads", options: LineOptions(lanes: 4)),
            Way(
                name: "slices of 1,000 events, 2 threads",
                options: LineOptions(lanes: 2, slicing: .events(1000))),
            Way(
                name: "slices of a day, 1 thread",
                options: LineOptions(lanes: 1, slicing: .span(Timestamp.dayNs))),
            Way(
                name: "random slices, 4 threads",
                options: LineOptions(
                    lanes: 4, slicing: .random(seed: seed, eventsMax: 100_000))),
            Way(
                name: "paced",
                options: LineOptions(lanes: 2, speed: .times(max(times, 1))),
                lastNs: startNs + spanNs),
        ]
    }
}
