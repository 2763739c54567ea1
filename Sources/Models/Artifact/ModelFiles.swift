package import Features
package import Files
import JSON

/// The bytes of a model, file by file: what its folder holds, before it is written or after its
/// sums were checked.
package struct ModelFiles: Equatable, Sendable {
    package struct File: Equatable, Sendable {
        package let name: String
        package let bytes: [UInt8]
    }

    /// In the order of their names, without `SHA256SUMS`.
    package let files: [File]

    /// - Parameters:
    ///   - booster: what XGBoost's `save_model` wrote, JSON or UBJSON.
    ///   - driftReference: the rows that it was trained on, in time order, a value for each feature.
    package init(
        booster: [UInt8], config: EnrichmentConfig, featureNames: [String],
        metadata: ModelMetadata, driftReference: [Double]
    ) {
        let (rowCount, rest) = driftReference.count.quotientAndRemainder(
            dividingBy: max(featureNames.count, 1))
        precondition(rest == 0, "the reference is made of whole rows")
        let names = JSONValue.array(featureNames.map { .string($0) })
        var reference = NPYLayout.header(
            type: Double.npyType, rowCount: rowCount, columnCount: featureNames.count)
        reference.reserveCapacity(reference.count + 8 * driftReference.count)
        for value in driftReference {
            for shift in stride(from: 0, to: UInt64(64), by: 8) {
                reference.append(UInt8(truncatingIfNeeded: value.bitPattern >> shift))
            }
        }
        self.init([
            File(name: ModelFileName.booster(booster), bytes: booster),
            File(name: ModelFileName.config, bytes: Array(config.text.utf8)),
            File(
                name: ModelFileName.featureNames,
                bytes: Array((names.text(pretty: true) + "\n").utf8)),
            File(name: ModelFileName.metadata, bytes: Array(metadata.text.utf8)),
            File(name: ModelFileName.reference, bytes: reference),
        ])
    }

    private init(_ files: [File]) {
        self.files = files.sorted { $0.name < $1.name }
    }

    /// Reads a folder and compares every file with its sum.
    package init(folder: String) throws(ModelError) {
        let names: [String]
        do throws(OutputError) {
            names = try OutputFolder.names(folder) ?? []
        } catch {
            throw .output(error)
        }
        let sumsPath = folder + "/" + ModelFileName.sums
        guard names.contains(ModelFileName.sums) else {
            throw .missing(folder: folder, name: ModelFileName.sums)
        }
        let sums = try ModelSums(try Self.read(sumsPath, sizeMax: 1 << 16), path: sumsPath)
        let booster = names.first(where: ModelFileName.boosters.contains)
        let expected = ModelFileName.fixed + [booster ?? ModelFileName.boosters[0]]
        for name in names where name != ModelFileName.sums && !expected.contains(name) {
            throw .extra(folder: folder, name: name)
        }
        var files: [File] = []
        for name in expected {
            guard names.contains(name), let sum = sums.digest(of: name) else {
                throw .missing(
                    folder: folder,
                    name: names.contains(name) ? "the sum of \(name)" : name)
            }
            let path = folder + "/" + name
            let bytes = try Self.read(path, sizeMax: ModelFileName.sizeMax)
            let found = SHA256.digest(of: bytes)
            guard found == sum else { throw .changed(path: path, expected: sum, found: found) }
            files.append(File(name: name, bytes: bytes))
        }
        if let stranger = sums.names.first(where: { !expected.contains($0) }) {
            throw .missing(folder: folder, name: stranger)
        }
        self.init(files)
    }

    private static func read(_ path: String, sizeMax: Int) throws(ModelError) -> [UInt8] {
        do throws(TextFileError) {
            return try TextFile.read(path, sizeMax: sizeMax)
        } catch {
            throw .unreadable(path: path, error)
        }
    }

    /// The bytes of the file with this name; none where there is none.
    func bytes(_ name: String) -> [UInt8] {
        files.first { $0.name == name }?.bytes ?? []
    }

    /// The same model with other metadata.
    func replacing(metadata: ModelMetadata) -> ModelFiles {
        let bytes = Array(metadata.text.utf8)
        return ModelFiles(
            files.map {
                $0.name == ModelFileName.metadata ? File(name: $0.name, bytes: bytes) : $0
            })
    }

    // MARK: - Writing

    /// The content of `SHA256SUMS`, which `sha256sum -c` reads.
    private var sums: [UInt8] {
        Array(files.map { "\(SHA256.digest(of: $0.bytes))  \($0.name)\n" }.joined().utf8)
    }

    /// Names the model by its content: the SHA-256 of `SHA256SUMS`.
    package var digest: Digest { SHA256.digest(of: sums) }

    /// All that a model's folder holds, `SHA256SUMS` last.
    package var folder: [File] { files + [File(name: ModelFileName.sums, bytes: sums)] }

    /// Makes the folder `path`, which appears only when all of it is on the disk. What a writer
    /// that died left in `partial`, by default `PATH.partial`, is removed.
    package func write(to path: String, by partial: String? = nil) throws(OutputError) {
        if OutputFolder.exists(path) { throw .exists(path: path) }
        let partial = partial ?? path + ".partial"
        if let left = try OutputFolder.names(partial) {
            OutputFolder.remove(partial, holding: left.filter(ModelFileName.isOurs))
        }
        try OutputFolder.create(partial)
        do throws(OutputError) {
            for file in folder {
                try OutputFile.create(partial + "/" + file.name, file.bytes)
                try OutputFile.seal(partial + "/" + file.name)
            }
            OutputFolder.synchronize(partial)
            try OutputFolder.rename(partial, to: path)
        } catch {
            OutputFolder.remove(partial, holding: folder.map(\.name))
            throw error
        }
        OutputFolder.synchronize(OutputFolder.parent(of: path))
    }
}

/// What the files of a model are called.
package enum ModelFileName {
    static let boosters = ["booster.json", "booster.ubj"]
    static let config = "enrichment_config.json"
    static let featureNames = "feature_names.json"
    static let metadata = "metadata.json"
    static let reference = "drift_reference.npy"
    static let sums = "SHA256SUMS"
    /// Every model has them.
    static let fixed = [config, featureNames, metadata, reference]
    /// No file of a model is larger.
    package static let sizeMax = 1 << 31

    /// Whether a model's folder may hold a file of this name.
    package static func isOurs(_ name: String) -> Bool {
        name == sums || fixed.contains(name) || boosters.contains(name)
    }

    /// JSON text has a quote after its first brace, UBJSON the length of a key.
    static func booster(_ bytes: [UInt8]) -> String {
        let visible = bytes.lazy.filter { $0 > UInt8(ascii: " ") }.prefix(2)
        return boosters[visible.elementsEqual("{\"".utf8) ? 0 : 1]
    }
}

extension SHA256 {
    /// Of whole bytes, such as a file of a model.
    package static func digest(of bytes: [UInt8]) -> Digest {
        var digest = SHA256()
        digest.update(bytes)
        return digest.finish()
    }
}
