package import Files
package import Models

/// What a pull came to.
package struct PulledVersion: Equatable, Sendable {
    package let name: ModelName
    /// On the server.
    package let version: Int
    /// In the local registry.
    package let localVersion: Int
    package let digest: Digest
    /// Whether the registry had the model already, so that nothing was added.
    package let wasThere: Bool
}

/// Which version of a model is meant.
package enum VersionChoice: Equatable, Sendable {
    /// The one with the highest number.
    case latest
    case number(Int)
    case alias(String)
}

extension MLflowServer {
    /// Brings a version from the server to a registry as its next version, unless its content is
    /// there already.
    ///
    /// Each file must be what its tag says, and all of them a model that the registry takes; else
    /// the registry stays as it is.
    package func pull(
        _ name: ModelName, _ choice: VersionChoice, to registry: ModelRegistry
    ) throws(MLflowError) -> PulledVersion {
        let version = try version(choice, of: name)
        let digest = try version.digest()
        if let there = try localVersion(with: digest, of: name, registry) {
            return PulledVersion(
                name: name, version: version.number, localVersion: there, digest: digest,
                wasThere: true)
        }
        let files = try files(of: version)
        guard files.digest == digest else {
            throw .otherModel(version: version.label, expected: digest, found: files.digest)
        }
        do throws(RegistryError) {
            return PulledVersion(
                name: name, version: version.number,
                localVersion: try registry.add(files, as: name), digest: digest, wasThere: false)
        } catch .model(let error) {
            throw .unfit(version: version.label, error)
        } catch {
            throw .registry(error)
        }
    }

    private func version(
        _ choice: VersionChoice, of name: ModelName
    ) throws(MLflowError) -> MLflowVersion {
        let model = name.description
        guard let aliases = try aliases(of: model) else {
            throw .noModel(model, place: place)
        }
        switch choice {
        case .number(let number): return try version(number, of: model)
        case .alias(let alias):
            guard let number = aliases.first(where: { $0.alias == alias })?.version else {
                throw .noAlias(alias, model: model, known: aliases.map(\.alias))
            }
            return try version(number, of: model)
        case .latest:
            guard let last = try versions(of: model).last else {
                throw .noVersion(model, place: place)
            }
            return last
        }
    }

    /// The registry's version with this content.
    private func localVersion(
        with digest: Digest, of name: ModelName, _ registry: ModelRegistry
    ) throws(MLflowError) -> Int? {
        let versions: [Int]
        do throws(RegistryError) {
            versions = try registry.versions(of: name)
        } catch .absent {
            return nil
        } catch .noModel {
            return nil
        } catch {
            throw .registry(error)
        }
        return versions.first { version in
            do throws(ModelError) {
                return try ModelFiles(folder: registry.folder(of: name, version)).digest == digest
            } catch {
                // A damaged version is not this model; `model verify` names it.
                return false
            }
        }
    }

    // MARK: - Files

    /// The files of a version by way of a folder, so that they are read as those of a registry are.
    private func files(of version: MLflowVersion) throws(MLflowError) -> ModelFiles {
        guard let folder = MLflowFolder(version.source) else {
            throw .unproxied(version: version.label, source: version.source)
        }
        let expected = try version.fileDigests()
        let listed = try list(folder)
        for artifact in listed
        where artifact.isFolder || !expected.contains(where: { $0.name == artifact.name }) {
            let isOurs = !artifact.isFolder && ModelFileName.isOurs(artifact.name)
            throw isOurs
                ? .untagged(version: version.label, tag: MLflowTag.filePrefix + artifact.name)
                : .stranger(version: version.label, name: artifact.name)
        }
        let place: DownloadFolder
        do throws(OutputError) {
            place = try DownloadFolder()
        } catch {
            throw .output(error)
        }
        for (name, digest) in expected {
            guard let artifact = listed.first(where: { $0.name == name }) else {
                throw .missing(version: version.label, name: name)
            }
            let bytes = try download(artifact, of: version, from: folder)
            let found = SHA256.digest(of: bytes)
            guard found == digest else {
                throw .changed(version: version.label, name: name, expected: digest, found: found)
            }
            do throws(OutputError) {
                try place.write(bytes, to: name)
            } catch {
                throw .output(error)
            }
        }
        do throws(ModelError) {
            return try ModelFiles(folder: place.path)
        } catch {
            throw .unfit(version: version.label, error)
        }
    }

    private func download(
        _ artifact: MLflowArtifact, of version: MLflowVersion, from folder: MLflowFolder
    ) throws(MLflowError) -> [UInt8] {
        let sizeMax = ModelFileName.sizeMax
        let size = artifact.size ?? sizeMax
        guard size <= sizeMax else {
            throw .tooLarge(
                version: version.label, name: artifact.name, size: size, sizeMax: sizeMax)
        }
        let bytes = try download(artifact.name, from: folder, sizeMax: size)
        guard artifact.size.map({ $0 == bytes.count }) ?? true else {
            throw .wrongSize(
                version: version.label, name: artifact.name, listed: size, found: bytes.count)
        }
        return bytes
    }
}
