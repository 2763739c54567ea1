package import Features
package import Files
import JSON

/// Writes a run's feature rows as a folder that `numpy.load` reads.
///
/// It holds the matrix of each symbol (and its labels where there is a strategy), the closes of the
/// bars that all symbols share, the enricher's configuration, and `columns.json`, which says what
/// is what. All is written to `PATH.partial`, which takes the name when it is finished; one that is
/// not finished is removed.
package struct FeatureFolder: ~Copyable, Sendable {
    package let path: String
    private let partial: String
    private let manifest: FeatureManifest
    private var timestamps: NPYFile<Int64>
    private var features: [NPYFile<Double>]
    private var labels: [NPYFile<Double>]
    private var isFinished = false

    /// - Parameter isReplacing: whether an export that lies at `path` goes when this one is
    ///   finished. Anything else that lies there stays, and an error says so.
    package init(_ path: String, plan: RunPlan, isReplacing: Bool) throws(OutputError) {
        let path = Self.withoutSlash(path)
        let manifest = FeatureManifest(plan)
        if let names = try OutputFolder.names(path), !names.isEmpty {
            guard isReplacing else { throw .exists(path: path) }
            try Self.checkIsExport(path, names)
        }
        let files = try Self.makeFiles(path + ".partial", manifest)
        self.path = path
        partial = path + ".partial"
        self.manifest = manifest
        (timestamps, features, labels) = files
    }

    private typealias Files = (
        timestamps: NPYFile<Int64>, features: [NPYFile<Double>], labels: [NPYFile<Double>]
    )

    /// Makes the folder and its arrays, all of them or nothing.
    private static func makeFiles(
        _ folder: String, _ manifest: FeatureManifest
    ) throws(OutputError) -> Files {
        // What a run that died left behind is of no use to anyone.
        if let left = try OutputFolder.names(folder) {
            OutputFolder.remove(folder, holding: left.filter(FeatureManifest.isOurs))
        }
        try OutputFolder.create(folder)
        do throws(OutputError) {
            let timestamps = try NPYFile<Int64>(folder + "/" + FeatureManifest.timestampsName)
            var features: [NPYFile<Double>] = []
            var labels: [NPYFile<Double>] = []
            for symbol in manifest.instruments.indices {
                features.append(
                    try NPYFile(
                        folder + "/" + manifest.featuresName(symbol),
                        columnCount: manifest.columns.count))
                if manifest.hasLabels {
                    labels.append(try NPYFile(folder + "/" + manifest.labelsName(symbol)))
                }
            }
            return (timestamps, features, labels)
        } catch {
            OutputFolder.remove(folder, holding: manifest.names)
            throw error
        }
    }

    deinit {
        if !isFinished { OutputFolder.remove(partial, holding: manifest.names) }
    }

    /// Takes the rows of a slice: one element for each symbol, all of the same bars.
    package mutating func append(_ slice: [FeatureRows]) throws(OutputError) {
        precondition(slice.count == features.count, "each symbol with rows hands them in")
        guard let first = slice.first else { return }
        try timestamps.append(first.closeNs)
        for (symbol, rows) in slice.enumerated() {
            precondition(rows.closeNs == first.closeNs, "all symbols share their bars")
            try features[symbol].append(rows.values)
            if manifest.hasLabels { try labels[symbol].append(rows.labels) }
        }
    }

    /// Puts the folder in its place. Labels that did not become known are NaN.
    ///
    /// - Parameters:
    ///   - isComplete: whether all rows of the run are there.
    ///   - digest: of the rows that were appended.
    package mutating func finish(
        isComplete: Bool, digest: RowDigest
    ) throws(OutputError) {
        let rowCount = timestamps.rowCount
        try timestamps.finish()
        for symbol in features.indices { try features[symbol].finish() }
        for symbol in labels.indices {
            let missing = rowCount - labels[symbol].rowCount
            precondition(missing >= 0, "there is no label without a row")
            try labels[symbol].append([Double](repeating: .nan, count: missing))
            try labels[symbol].finish()
        }
        try write(manifest.configText, to: FeatureManifest.configName)
        let document = manifest.document(
            rowCount: rowCount, isComplete: isComplete, digest: digest)
        try write(document.text(pretty: true) + "\n", to: FeatureManifest.name)
        OutputFolder.synchronize(partial)
        try takePlace()
        isFinished = true
    }

    private func write(_ text: String, to name: String) throws(OutputError) {
        try OutputFile.create(partial + "/" + name, Array(text.utf8))
        try OutputFile.seal(partial + "/" + name)
    }

    /// Gives the partial folder its name. A folder cannot be renamed over one that holds files, so
    /// an older export steps aside first, and comes back if the new one cannot have its place.
    private func takePlace() throws(OutputError) {
        let names = try OutputFolder.names(path) ?? []
        guard !names.isEmpty else {
            try OutputFolder.rename(partial, to: path)
            return OutputFolder.synchronize(parent)
        }
        let aside = path + ".replaced"
        if let left = try OutputFolder.names(aside) {
            OutputFolder.remove(aside, holding: left.filter(FeatureManifest.isOurs))
        }
        try OutputFolder.rename(path, to: aside)
        do throws(OutputError) {
            try OutputFolder.rename(partial, to: path)
        } catch {
            try OutputFolder.rename(aside, to: path)
            throw error
        }
        OutputFolder.synchronize(parent)
        OutputFolder.remove(aside, holding: names)
    }

    private var parent: String {
        guard let cut = path.lastIndex(of: "/") else { return "." }
        return String(path[...cut])
    }

    private static func checkIsExport(_ path: String, _ names: [String]) throws(OutputError) {
        if let name = names.first(where: { !FeatureManifest.isOurs($0) }) {
            throw .foreign(path: path, name: name)
        }
        let opening = Array(FeatureManifest.opening.utf8)
        let manifest = path + "/" + FeatureManifest.name
        guard names.contains(FeatureManifest.name),
            try OutputFile.front(manifest, size: opening.count) == opening
        else { throw .foreign(path: path, name: names[0]) }
    }

    private static func withoutSlash(_ path: String) -> String {
        var path = path[...]
        while path.count > 1, path.last == "/" { path = path.dropLast() }
        return String(path)
    }
}
