import Features
import Files

extension ModelRegistry {
    /// Makes a rollout's candidate champion and, where the outgoing champion does without a family
    /// that the candidate reads, the outgoing champion that family's fallback: all of it or nothing.
    ///
    /// Refused where an alias was set since the rollout began, where a version is not what it was
    /// and where the new champion would lack a fallback or be its own. A commit that was made
    /// already, by a process that died before it could say so, is made no second time.
    ///
    /// - Parameters:
    ///   - why: names the rollout, so that its own commit is known again.
    ///   - atNs: the wall clock's time.
    /// - Returns: The flips, the champion's last.
    @discardableResult
    package func commit(
        _ commit: AliasCommit, of name: ModelName, by: String, why: String, atNs: Int64
    ) throws(RegistryError) -> [AliasFlip] {
        precondition(!by.isEmpty && !why.isEmpty, "a flip says who and why")
        guard commit.champion.digest != commit.candidate.digest else {
            throw .ownFallback(name, version: commit.candidate.number, .champion)
        }
        _ = try versions(of: name)
        let lock = try lockedHistory(of: name, .writing)
        var history = try history(lock, of: name)
        if let made = history.flips(of: commit, by: by, why: why) { return made }
        let incoming = try unchanged(commit.candidate, of: name)
        let outgoing = try unchanged(commit.champion, of: name)
        let mismatches = ModelContract.mismatches(within: incoming)
        guard mismatches.isEmpty else { throw .contract(model: incoming.path, mismatches) }
        var targets: [(alias: ModelAlias, to: AliasCommit.Version)] = []
        for alias in ModelAlias.allCases {
            guard let family = alias.avoidedFamily, incoming.uses(family) else { continue }
            let state = history.state(of: alias)
            if !outgoing.uses(family) {
                if state?.digest != commit.champion.digest {
                    targets.append((alias, commit.champion))
                }
            } else {
                try checkFallback(alias, family, state, of: incoming, name)
            }
        }
        targets.append((.champion, commit.candidate))
        for (alias, _) in targets {
            let expected = AliasExpectation.epoch(commit.epochs[alias] ?? 0)
            let state = history.state(of: alias)
            guard expected.holds(for: state) else {
                throw .lost(name, alias, expected: expected, found: state)
            }
        }
        guard history.state(of: .champion)?.digest == commit.champion.digest else {
            throw .lost(
                name, .champion, expected: .version(commit.champion.number),
                found: history.state(of: .champion))
        }
        let flips = targets.enumerated().map { index, target in
            let state = history.state(of: target.alias)
            return AliasFlip(
                alias: target.alias, epoch: (state?.epoch ?? 0) + 1, from: state?.version,
                to: target.to.number, digest: target.to.digest, by: by, why: why, atNs: atNs,
                following: targets.count - 1 - index)
        }
        try append(flips, to: &history, lock)
        return flips
    }

    private func unchanged(
        _ version: AliasCommit.Version, of name: ModelName
    ) throws(RegistryError) -> ModelArtifact {
        let artifact = try artifact(name, version.number)
        guard artifact.digest == version.digest else {
            throw .changed(name, version: version.number)
        }
        return artifact
    }

    /// Checks a fallback that stays what it is.
    private func checkFallback(
        _ alias: ModelAlias, _ family: FeatureColumn.Family, _ state: AliasState?,
        of incoming: ModelArtifact, _ name: ModelName
    ) throws(RegistryError) {
        guard let state else {
            throw .noFallback(name, version: incoming.version, alias, family)
        }
        guard state.digest != incoming.digest else {
            throw .ownFallback(name, version: incoming.version, alias)
        }
        let fallback = try unchanged(
            AliasCommit.Version(number: state.version, digest: state.digest), of: name)
        guard !fallback.uses(family) else {
            throw .unfitFallback(name, version: state.version, alias, family)
        }
    }
}

extension AliasHistory {
    /// The flips that the same commit has made, where nobody set the champion since.
    fileprivate func flips(of commit: AliasCommit, by: String, why: String) -> [AliasFlip]? {
        guard let last = flips.last(where: { $0.alias == .champion }), last.by == by,
            last.why == why, last.digest == commit.candidate.digest,
            last.epoch == (commit.epochs[.champion] ?? 0) + 1
        else { return nil }
        return flips.filter { $0.by == by && $0.why == why && $0.atNs == last.atNs }
    }
}
