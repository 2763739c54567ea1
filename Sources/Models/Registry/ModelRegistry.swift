import Files
import JSON

/// Models, their versions and who serves: a folder with a folder for each model, in which lie
/// `versions/1`, `versions/2` and so on, and `aliases.jsonl`, the history of its aliases.
///
/// Many processes may use one at once. Whoever changes a model holds the lock of its history;
/// whatever a crash leaves is either not there or whole.
package struct ModelRegistry: Sendable {
    package let path: String

    package init(_ path: String) {
        self.path = path
    }

    /// All models, in the order of their names.
    package func models() throws(RegistryError) -> [ModelName] {
        try entries().compactMap { ModelName($0) }.sorted().filter {
            // Its maker may have died before there was a place for versions.
            OutputFolder.exists(versionsFolder(of: $0))
        }
    }

    /// The versions of a model, ascending.
    package func versions(of name: ModelName) throws(RegistryError) -> [Int] {
        try versionEntries(of: name).compactMap(Self.version).sorted()
    }

    /// Reads a version, all of it checked.
    package func artifact(
        _ name: ModelName, _ version: Int
    ) throws(RegistryError) -> ModelArtifact {
        let known = try versions(of: name)
        guard known.contains(version) else { throw .noVersion(name, version, known: known) }
        do throws(ModelError) {
            return try ModelArtifact(
                folder: folder(of: name, version), name: name.description, version: version)
        } catch {
            throw .model(error)
        }
    }

    // MARK: - Adding

    /// Adds a model as the next version of `name` and returns its number.
    ///
    /// What no run could be served with is refused. Numbers are not used twice: what an alias ever
    /// pointed to is counted even where its folder is gone.
    @discardableResult
    package func add(_ files: ModelFiles, as name: ModelName) throws(RegistryError) -> Int {
        let artifact: ModelArtifact
        do throws(ModelError) {
            artifact = try ModelArtifact(
                files, path: name.description, name: name.description, version: 0)
        } catch {
            throw .model(error)
        }
        let mismatches = ModelContract.mismatches(within: artifact)
        guard mismatches.isEmpty else {
            throw .contract(model: name.description, mismatches)
        }
        do throws(OutputError) {
            try OutputFolder.createAll(folder(of: name))
        } catch {
            throw .output(error)
        }
        let lock = try lockedHistory(of: name, .writing)
        let named = try history(lock, of: name).flips.map(\.to)
        do throws(OutputError) {
            try OutputFolder.createAll(versionsFolder(of: name))
        } catch {
            throw .output(error)
        }
        let version = (try versions(of: name) + named).reduce(0, max) + 1
        do throws(OutputError) {
            try files.write(
                to: folder(of: name, version),
                by: versionsFolder(of: name) + "/" + Self.partialName)
        } catch {
            throw .output(error)
        }
        return version
    }

    /// Adds a version that differs from `version` in its calibration and in nothing else.
    @discardableResult
    package func recalibrate(
        _ name: ModelName, _ version: Int, as calibration: Calibration
    ) throws(RegistryError) -> Int {
        let artifact = try artifact(name, version)
        guard artifact.metadata.calibration != calibration else {
            throw .sameCalibration(name, version: version)
        }
        var metadata = artifact.metadata
        metadata.calibration = calibration
        let files: ModelFiles
        do throws(ModelError) {
            files = try ModelFiles(folder: artifact.path)
        } catch {
            throw .model(error)
        }
        return try add(files.replacing(metadata: metadata), as: name)
    }

    // MARK: - Places

    /// A version in the making. Only the holder of the lock makes one.
    static let partialName = "partial"
    static let historyName = "aliases.jsonl"
    static let versionsName = "versions"

    func folder(of name: ModelName) -> String { "\(path)/\(name)" }

    /// Where a version lies.
    package func folder(of name: ModelName, _ version: Int) -> String {
        versionsFolder(of: name) + "/\(version)"
    }

    private func versionsFolder(of name: ModelName) -> String {
        folder(of: name) + "/" + Self.versionsName
    }

    /// What lies in the registry's folder.
    func entries() throws(RegistryError) -> [String] {
        guard let names = try names(in: path) else { throw .absent(path: path) }
        return names
    }

    /// What lies in the folder of a model's versions.
    func versionEntries(of name: ModelName) throws(RegistryError) -> [String] {
        if let names = try names(in: versionsFolder(of: name)) { return names }
        let known = try models().map(\.description).filter { $0 != name.description }
        throw .noModel(
            name.description, nearest: Spelling.nearest(to: name.description, among: known))
    }

    /// Sorted; nil when there is no such folder.
    func names(in folder: String) throws(RegistryError) -> [String]? {
        do throws(OutputError) {
            return try OutputFolder.names(folder)
        } catch {
            throw .output(error)
        }
    }

    /// The number that a folder's name is; nil for every other name, `01` and `+1` included.
    static func version(_ name: String) -> Int? {
        Int(name).flatMap { $0 > 0 && String($0) == name ? $0 : nil }
    }
}
