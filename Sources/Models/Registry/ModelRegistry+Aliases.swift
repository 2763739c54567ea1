import Features
import Files

extension ModelRegistry {
    /// Where an alias points; nil when it was never set.
    package func alias(
        _ alias: ModelAlias, of name: ModelName
    ) throws(RegistryError) -> AliasState? {
        try readHistory(of: name).state(of: alias)
    }

    /// Every flip of a model's aliases, the first one first.
    package func history(of name: ModelName) throws(RegistryError) -> [AliasFlip] {
        try readHistory(of: name).flips
    }

    /// Points an alias to a version, if it is still what the caller thinks.
    ///
    /// The flip is on the disk when this returns; a crash before leaves the alias as it was. The
    /// version is read and checked, and so is what a champion falls back to.
    ///
    /// - Parameters:
    ///   - by: who does it, and `why`, for the history.
    ///   - atNs: the wall clock's time.
    @discardableResult
    package func flip(
        _ alias: ModelAlias, of name: ModelName, to version: Int, expecting: AliasExpectation,
        by: String, why: String, atNs: Int64
    ) throws(RegistryError) -> AliasFlip {
        precondition(!by.isEmpty && !why.isEmpty, "a flip says who and why")
        // Names the model where there is none, before a lock would make a file for it.
        _ = try versions(of: name)
        let lock = try lockedHistory(of: name, .writing)
        var history = try history(lock, of: name)
        let state = history.state(of: alias)
        guard expecting.holds(for: state) else {
            throw .lost(name, alias, expected: expecting, found: state)
        }
        guard state?.version != version else {
            throw .unchanged(name, alias, version: version)
        }
        let artifact = try artifact(name, version)
        let mismatches = ModelContract.mismatches(within: artifact)
        guard mismatches.isEmpty else { throw .contract(model: artifact.path, mismatches) }
        try checkFamilies(of: artifact, as: alias, name, history)
        let flip = AliasFlip(
            alias: alias, epoch: (state?.epoch ?? 0) + 1, from: state?.version, to: version,
            digest: artifact.digest, by: by, why: why, atNs: atNs, following: 0)
        try append([flip], to: &history, lock)
        return flip
    }

    /// A fallback must do without its family; a champion needs one for each family that may fail.
    func checkFamilies(
        of artifact: ModelArtifact, as alias: ModelAlias, _ name: ModelName,
        _ history: AliasHistory
    ) throws(RegistryError) {
        if let family = alias.avoidedFamily, artifact.uses(family) {
            throw .unfitFallback(name, version: artifact.version, alias, family)
        }
        guard alias == .champion else { return }
        for fallback in ModelAlias.allCases {
            guard let family = fallback.avoidedFamily, artifact.uses(family) else { continue }
            guard let state = history.state(of: fallback) else {
                throw .noFallback(name, version: artifact.version, fallback, family)
            }
            if try self.artifact(name, state.version).uses(family) {
                throw .unfitFallback(name, version: state.version, fallback, family)
            }
        }
    }

    // MARK: - The history's file

    func historyPath(of name: ModelName) -> String {
        folder(of: name) + "/" + Self.historyName
    }

    /// Writes flips that happen together or not at all.
    func append(
        _ flips: [AliasFlip], to history: inout AliasHistory, _ lock: borrowing LockedFile
    ) throws(RegistryError) {
        let lines = flips.map { history.add($0) }.joined()
        do throws(OutputError) {
            try lock.replaceTail(from: history.soundSize, with: Array(lines.utf8))
        } catch {
            throw .output(error)
        }
    }

    func lockedHistory(
        of name: ModelName, _ access: LockedFile.Access
    ) throws(RegistryError) -> LockedFile {
        do throws(OutputError) {
            return try LockedFile(historyPath(of: name), access)
        } catch {
            throw .output(error)
        }
    }

    func history(
        _ lock: borrowing LockedFile, of name: ModelName
    ) throws(RegistryError) -> AliasHistory {
        let bytes: [UInt8]
        do throws(OutputError) {
            bytes = try lock.read()
        } catch {
            throw .output(error)
        }
        do throws(AliasHistoryError) {
            return try AliasHistory(bytes, of: name)
        } catch {
            throw .history(path: historyPath(of: name), error)
        }
    }

    /// The history as it is now.
    func readHistory(of name: ModelName) throws(RegistryError) -> AliasHistory {
        _ = try versions(of: name)
        return try history(lockedHistory(of: name, .reading), of: name)
    }
}
