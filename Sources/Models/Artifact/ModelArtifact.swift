package import Features
package import Files
package import JSON

/// A version of a model, all of its files checked and read.
package struct ModelArtifact: Sendable {
    package let path: String
    /// The model's and the version's, in a registry; else the folder's own name, and 0.
    package let name: String
    package let version: Int
    /// Names the model by its content: the SHA-256 of `SHA256SUMS`.
    package let digest: Digest
    package let booster: Booster
    package let config: EnrichmentConfig
    /// The configuration as it stands in the file, versions of definitions included: what a run is
    /// compared with.
    package let configDocument: JSONValue
    /// The columns that the booster reads, in its order.
    package let featureNames: [String]
    package let metadata: ModelMetadata
    /// The training rows that drift is measured against, in time order: feature by feature.
    package let reference: [[Double]]

    /// How many they are.
    package var referenceRowCount: Int { reference.first?.count ?? 0 }

    /// Reads a folder: first its sums, then everything.
    package init(folder: String) throws(ModelError) {
        let steps = folder.split(separator: "/")
        let version = steps.last.flatMap { Int($0) }
        if steps.count >= 3, steps[steps.count - 2] == "versions", let version {
            try self.init(folder: folder, name: String(steps[steps.count - 3]), version: version)
        } else {
            try self.init(folder: folder, name: String(steps.last ?? ""), version: 0)
        }
    }

    package init(folder: String, name: String, version: Int) throws(ModelError) {
        let files = try ModelFiles(folder: folder)
        try self.init(files, path: folder, name: name, version: version)
    }

    /// - Parameter path: names the files in errors.
    package init(
        _ files: ModelFiles, path: String, name: String, version: Int
    ) throws(ModelError) {
        self.path = path
        self.name = name
        self.version = version
        digest = files.digest
        let configNode = try files.document(ModelFileName.config, path)
        let names = try files.document(ModelFileName.featureNames, path)
        let metadataNode = try files.document(ModelFileName.metadata, path)
        configDocument = configNode.value
        do throws(JSONError) {
            config = try EnrichmentConfig(document: configNode)
        } catch {
            throw .document(path: path + "/" + ModelFileName.config, error)
        }
        do throws(JSONError) {
            featureNames = try Self.names(JSONField(names))
        } catch {
            throw .document(path: path + "/" + ModelFileName.featureNames, error)
        }
        do throws(JSONError) {
            metadata = try ModelMetadata(document: metadataNode)
        } catch {
            throw .document(path: path + "/" + ModelFileName.metadata, error)
        }
        let boosterFile = files.files.first { ModelFileName.boosters.contains($0.name) }
        do throws(BoosterError) {
            booster = try Booster(
                boosterFile?.bytes ?? [], file: path + "/" + (boosterFile?.name ?? ""))
        } catch {
            throw .booster(error)
        }
        try Self.checkOutput(metadata, metadataNode, booster, path)
        let bytes = files.bytes(ModelFileName.reference)
        guard let table = NPYLayout.table(bytes, of: Double.self),
            table.columnCount == featureNames.count
        else {
            throw .reference(
                path: path + "/" + ModelFileName.reference, columnCount: featureNames.count)
        }
        reference = Self.columns(of: table, bytes)
    }

    private static func columns(of table: NPYTable, _ bytes: [UInt8]) -> [[Double]] {
        (0..<table.columnCount).map { column in
            (0..<table.rowCount).map { row in
                let start = table.dataOffset + 8 * (row * table.columnCount + column)
                var bits: UInt64 = 0
                for byte in 0..<8 { bits |= UInt64(bytes[start + byte]) << (8 * byte) }
                return Double(bitPattern: bits)
            }
        }
    }

    /// What the metadata says of the booster's output must be what its file says, if it does.
    private static func checkOutput(
        _ metadata: ModelMetadata, _ node: JSONNode, _ booster: Booster, _ path: String
    ) throws(ModelError) {
        guard let output = booster.objective.output, output != metadata.output,
            let field = node["output"]
        else { return }
        throw .document(
            path: path + "/" + ModelFileName.metadata,
            JSONField(field, path: "output").refusal(
                "a booster of \(booster.objective.rawValue) predicts a \(output.rawValue)"))
    }

    /// Different strings in a list.
    package static func names(_ field: JSONField) throws(JSONError) -> [String] {
        var names: [String] = []
        for element in try field.array(count: 1...1_000_000) {
            let name = try element.string()
            if names.contains(name) { throw element.refusal("stands twice") }
            names.append(name)
        }
        return names
    }

    /// The family whose columns the model reads: what a kill switch or a missing stream takes away.
    package func uses(_ family: FeatureColumn.Family) -> Bool {
        config.columns.contains { $0.family == family }
    }
}

extension ModelFiles {
    fileprivate func document(
        _ name: String, _ folder: String
    ) throws(ModelError) -> JSONNode {
        do throws(JSONError) {
            return try JSONNode.parse(bytes(name))
        } catch {
            throw .document(path: folder + "/" + name, error)
        }
    }
}
