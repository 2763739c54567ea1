import Features

/// Something that a check of a registry found.
package struct RegistryFinding: Equatable, Sendable {
    /// False for what is odd and does no harm.
    package let isFailure: Bool
    /// Nil for what belongs to no model.
    package let model: String?
    package let detail: String
}

extension ModelRegistry {
    /// Checks every version (sums, documents, booster, the contract of its parts), every history
    /// and what the aliases point to, of one model or of all.
    package func verify(_ only: ModelName? = nil) throws(RegistryError) -> [RegistryFinding] {
        var findings: [RegistryFinding] = []
        var names = try models()
        if let only {
            _ = try versions(of: only)
            names = [only]
        } else {
            let known = names.map(\.description)
            findings = try entries().filter { !known.contains($0) }.map {
                RegistryFinding(
                    isFailure: false, model: nil, detail: "\(path)/\($0) is no model")
            }
        }
        for name in names {
            var check = ModelCheck(registry: self, name: name)
            check.run()
            findings += check.findings
        }
        return findings
    }
}

/// The check of one model.
private struct ModelCheck {
    let registry: ModelRegistry
    let name: ModelName
    private(set) var findings: [RegistryFinding] = []
    /// Those that were read.
    private var artifacts: [ModelArtifact] = []

    init(registry: ModelRegistry, name: ModelName) {
        self.registry = registry
        self.name = name
    }

    mutating func run() {
        do throws(RegistryError) {
            for entry in try registry.versionEntries(of: name) { checkVersion(entry) }
            try checkHistory()
        } catch {
            add(error.description)
        }
    }

    private mutating func checkVersion(_ entry: String) {
        guard let version = ModelRegistry.version(entry) else {
            let isLeft = entry == ModelRegistry.partialName
            return add(
                "versions/\(entry) is "
                    + (isLeft
                        ? "what a writer that died left; the next one removes it" : "no version"),
                isFailure: !isLeft)
        }
        do throws(RegistryError) {
            let artifact = try registry.artifact(name, version)
            artifacts.append(artifact)
            for mismatch in ModelContract.mismatches(within: artifact) {
                add("\(artifact.path): \(mismatch)")
            }
        } catch {
            add(error.description)
        }
    }

    private mutating func checkHistory() throws(RegistryError) {
        let history = try registry.readHistory(of: name)
        if history.tornSize > 0 {
            add(
                "\(ModelRegistry.historyName) ends in \(history.tornSize) bytes of a flip that did "
                    + "not happen; the next one removes them", isFailure: false)
        }
        for flip in history.flips {
            guard let artifact = artifacts.first(where: { $0.version == flip.to }) else {
                // A version that is there and damaged was named above.
                let isThere = try registry.versions(of: name).contains(flip.to)
                if !isThere {
                    add("\(flip.alias.rawValue) was set to version \(flip.to), which is gone")
                }
                continue
            }
            if artifact.digest != flip.digest {
                add(
                    "version \(flip.to) is another model than \(flip.alias.rawValue) was set to: "
                        + "its digest is \(artifact.digest), not \(flip.digest)")
            }
        }
        for alias in ModelAlias.allCases {
            guard let state = history.state(of: alias),
                let artifact = artifacts.first(where: { $0.version == state.version })
            else { continue }
            do throws(RegistryError) {
                try registry.checkFamilies(of: artifact, as: alias, name, history)
            } catch {
                add(error.description)
            }
        }
    }

    private mutating func add(_ detail: String, isFailure: Bool = true) {
        findings.append(
            RegistryFinding(isFailure: isFailure, model: name.description, detail: detail))
    }
}
