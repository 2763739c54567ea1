package import Files
package import Models

/// What a push came to.
package struct PushedVersion: Equatable, Sendable {
    package let name: ModelName
    /// In the local registry.
    package let localVersion: Int
    /// On the server.
    package let version: Int
    package let digest: Digest
    /// Whether the server had the model already, so that nothing was uploaded.
    package let wasThere: Bool
    /// Those that point to the version now, on the server as here.
    package let aliases: [Alias]

    package struct Alias: Equatable, Sendable {
        package let alias: ModelAlias
        /// The version that it pointed to on the server before; nil where it was not set.
        package let from: Int?
    }
}

extension MLflowServer {
    /// Brings a version of a registry to the server, unless its content is there already, and
    /// points the aliases there that point to it here.
    ///
    /// The version appears on the server when all of its files are there. What a push that failed
    /// leaves is a run without a version.
    ///
    /// - Parameters:
    ///   - tool: the version of this program, for a tag.
    ///   - experiment: where the run lies that holds the artifacts.
    ///   - atMs: the wall clock's time.
    package func push(
        _ name: ModelName, _ localVersion: Int, of registry: ModelRegistry, experiment: String,
        tool: String, atMs: Int64
    ) throws(MLflowError) -> PushedVersion {
        let (files, wanted) = try local(name, localVersion, of: registry)
        let tags = MLflowTag.tags(of: files)
        let known = try aliases(of: name.description)
        let version: Int
        let existing = known == nil ? nil : try self.version(with: tags, of: name)
        if let existing {
            version = existing
        } else {
            if known == nil { try createModel(name.description) }
            version = try create(
                files, as: name, tags + [MLflowVersion.Tag(key: MLflowTag.tool, value: tool)],
                experiment: experiment, run: "\(name) version \(localVersion)", atMs: atMs)
        }
        var moved: [PushedVersion.Alias] = []
        for alias in wanted {
            let from = known?.first { $0.alias == alias.rawValue }?.version
            if from != version {
                try setAlias(alias.rawValue, of: name.description, to: version)
            }
            moved.append(PushedVersion.Alias(alias: alias, from: from))
        }
        return PushedVersion(
            name: name, localVersion: localVersion, version: version, digest: files.digest,
            wasThere: existing != nil, aliases: moved)
    }

    /// A version's files, all of them checked, and its aliases.
    private func local(
        _ name: ModelName, _ version: Int, of registry: ModelRegistry
    ) throws(MLflowError) -> (ModelFiles, [ModelAlias]) {
        do throws(RegistryError) {
            let artifact = try registry.artifact(name, version)
            let files: ModelFiles
            do throws(ModelError) {
                files = try ModelFiles(folder: artifact.path)
            } catch {
                throw .model(error)
            }
            var aliases: [ModelAlias] = []
            for alias in ModelAlias.allCases
            where try registry.alias(alias, of: name)?.version == version {
                aliases.append(alias)
            }
            return (files, aliases)
        } catch {
            throw .registry(error)
        }
    }

    /// The first version with the digest that `tags` say; all else that they say must be so.
    private func version(
        with tags: [MLflowVersion.Tag], of name: ModelName
    ) throws(MLflowError) -> Int? {
        let digest = tags.first { $0.key == MLflowTag.digest }?.value
        let existing = try versions(of: name.description).first {
            $0.tag(MLflowTag.digest) == digest
        }
        guard let existing else { return nil }
        for tag in tags where existing.tag(tag.key) != tag.value {
            throw .changedTag(version: existing.label, tag: tag.key, expected: tag.value)
        }
        return existing.number
    }

    /// Uploads all files to a run of their own, then makes a version of them.
    private func create(
        _ files: ModelFiles, as name: ModelName, _ tags: [MLflowVersion.Tag], experiment: String,
        run: String, atMs: Int64
    ) throws(MLflowError) -> Int {
        let experiment = try self.experiment(experiment)
        let (run, artifacts) = try createRun(run, experiment: experiment, atMs: atMs)
        do throws(MLflowError) {
            let source = artifacts + "/model"
            guard let folder = MLflowFolder(source) else {
                throw .unproxied(version: "a run of \(name)", source: artifacts)
            }
            for file in files.folder { try upload(file, to: folder) }
            let version = try createVersion(
                of: name.description, source: source, run: run, tags)
            try endRun(run, as: .finished, atMs: atMs)
            return version
        } catch {
            let cause = error
            do throws(MLflowError) {
                try endRun(run, as: .failed, atMs: atMs)
            } catch {
                // The server that failed before may fail again; why it did before is what counts.
            }
            throw cause
        }
    }
}
