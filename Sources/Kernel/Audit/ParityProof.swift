import Features
import Files
import JSON
import Market
import Models
import Scenarios
internal import Synchronization

/// Rows that features are exported by and models are trained on are those that a replay scores.
struct ParityProof {
    let runner: AuditRunner
    /// Of the scenario's own window.
    let replayed: RunTrace
    let folder: AuditFolder

    private var subject: AuditSubject { runner.subject }

    func result(progress: (_ done: Int, _ of: Int) -> Void) async throws -> AuditResult {
        let hasTraining = subject.document.scenario.training != nil
        let stepCount = hasTraining ? 3 : 1
        progress(0, stepCount)
        var comparisons = [
            RowComparison("exported", try await exported(), replayed.rows, subject)
        ]
        var notes: [String] = []
        if let training = subject.document.scenario.training {
            progress(1, stepCount)
            let table = try await trained()
            progress(2, stepCount)
            // The same bars, streamed through a replay of the training's window.
            let plan = try await subject.replay(subject.document.with(window: training.window))
            let streamed = try await runner.trace(plan, LineOptions(lanes: runner.lanes))
            comparisons.append(RowComparison("trained on", table, streamed.rows, subject))
        } else {
            notes.append("the scenario trains nothing, so only the rows of features are compared")
        }
        let valueCount = comparisons.reduce(0) { $0 + $1.valueCount }
        return AuditResult(
            .parity,
            tried: [
                AuditResult.Count("columns", subject.columns.count),
                AuditResult.Count("rows", comparisons.reduce(0) { $0 + $1.rowCount }),
                AuditResult.Count("values", valueCount),
            ], findings: comparisons.flatMap(\.findings), isShort: valueCount == 0, notes: notes)
    }

    /// What `tapedeck features` writes, read back from its files.
    private func exported() async throws -> [FeatureRows] {
        let plan = try await StartUp.plan(subject.document, path: subject.path, for: .features)
        let path = folder.file("features")
        let manifest = FeatureManifest(plan)
        let rows = Mutex(RowDigest(symbols: subject.symbols, configText: plan.config.text))
        let export = Mutex<FeatureFolder?>(
            try FeatureFolder(path, plan: plan, isReplacing: true))
        try await runner.rows(plan) { slice in
            rows.withLock { $0.append(slice) }
            try export.withLock { try $0?.append(slice) }
        }
        try export.withLock { folder in
            try folder?.finish(isComplete: true, digest: rows.withLock { $0 })
        }
        defer { OutputFolder.remove(path, holding: manifest.names) }
        let closes: [Int64] = try column(path + "/" + FeatureManifest.timestampsName)
        return try manifest.instruments.indices.map { symbol in
            var rows = FeatureRows()
            rows.closeNs = closes
            rows.values = try column(path + "/" + manifest.featuresName(symbol))
            return rows
        }
    }

    /// The numbers of a `.npy` file that this process has just written.
    private func column<Element: NPYElement & FixedWidthBits>(
        _ path: String
    ) throws -> [Element] {
        let bytes = try TextFile.read(path, sizeMax: .max)
        return stride(from: NPYLayout.headerSize, to: bytes.count, by: 8).map { start in
            var bits: UInt64 = 0
            for index in (0..<8).reversed() { bits = bits << 8 | UInt64(bytes[start + index]) }
            return Element(bits: bits)
        }
    }

    /// What `tapedeck train` learns from.
    private func trained() async throws -> [FeatureRows] {
        let plan = try await StartUp.plan(subject.document, path: subject.path, for: .training)
        let kept = Mutex(subject.symbols.map { _ in FeatureRows() })
        try await runner.rows(plan) { slice in
            kept.withLock { kept in
                for (symbol, rows) in slice.enumerated() { kept[symbol].append(rows) }
            }
        }
        return kept.withLock { $0 }
    }
}

/// A number that eight bytes hold.
private protocol FixedWidthBits {
    init(bits: UInt64)
}

extension Double: FixedWidthBits {
    fileprivate init(bits: UInt64) { self.init(bitPattern: bits) }
}

extension Int64: FixedWidthBits {
    fileprivate init(bits: UInt64) { self.init(bitPattern: bits) }
}

/// Rows that were written against rows that were streamed, bit for bit.
struct RowComparison {
    private(set) var rowCount = 0
    private(set) var valueCount = 0
    private(set) var findings: [AuditResult.Finding] = []

    /// - Parameter name: what the first ones are for.
    init(_ name: String, _ own: [FeatureRows], _ streamed: [FeatureRows], _ subject: AuditSubject) {
        for (symbol, (own, streamed)) in zip(subject.symbols, zip(own, streamed)) {
            rowCount += own.closeNs.count
            guard own.closeNs == streamed.closeNs else {
                findings.append(
                    AuditResult.Finding(
                        symbol,
                        "\(name): \(own.closeNs.count) bars; streamed: \(streamed.closeNs.count), "
                            + "or others"))
                continue
            }
            for index in subject.columns.indices {
                compare(name, own, streamed, symbol, index, subject)
            }
        }
    }

    private mutating func compare(
        _ name: String, _ own: FeatureRows, _ streamed: FeatureRows, _ symbol: String,
        _ index: Int, _ subject: AuditSubject
    ) {
        let width = subject.columns.count
        var firstNs: Int64?
        var count = 0
        for row in own.closeNs.indices {
            valueCount += 1
            let place = row * width + index
            guard own.values[place].bitPattern != streamed.values[place].bitPattern else {
                continue
            }
            firstNs = firstNs ?? own.closeNs[row]
            count += 1
        }
        guard let firstNs else { return }
        findings.append(
            AuditResult.Finding(
                "\(subject.columns[index].name) of \(symbol)",
                "\(name): \(count) of \(own.closeNs.count) values are others when streamed, the first "
                    + "at \(Timestamp(nanoseconds: firstNs))",
                [AuditResult.Count("values", count)]))
    }
}
