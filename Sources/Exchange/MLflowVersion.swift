import Files
import Models

/// A version of a model as a server knows it.
struct MLflowVersion: Equatable, Sendable {
    let name: String
    let number: Int
    /// Where its artifacts lie, as the server says.
    let source: String
    let tags: [Tag]

    struct Tag: Equatable, Sendable {
        let key: String
        let value: String
    }

    func tag(_ key: String) -> String? {
        tags.first { $0.key == key }?.value
    }
}

/// What a version's tags say of its content, so that a change on the server shows.
enum MLflowTag {
    /// The model's digest.
    static let digest = "tapedeck.digest"
    /// Which tapedeck pushed it.
    static let tool = "tapedeck.version"
    /// Before the name of each file: its SHA-256.
    static let filePrefix = "tapedeck.sha256."

    /// Those that say what the model is, in the order of its files' names.
    static func tags(of files: ModelFiles) -> [MLflowVersion.Tag] {
        [MLflowVersion.Tag(key: digest, value: "\(files.digest)")]
            + files.folder.map {
                MLflowVersion.Tag(
                    key: filePrefix + $0.name, value: "\(SHA256.digest(of: $0.bytes))")
            }
    }
}

extension MLflowVersion {
    /// The model's digest by its tag.
    func digest() throws(MLflowError) -> Digest {
        try digest(MLflowTag.digest)
    }

    /// The files that the tags name, each with its digest.
    func fileDigests() throws(MLflowError) -> [(name: String, digest: Digest)] {
        var digests: [(name: String, digest: Digest)] = []
        for tag in tags where tag.key.hasPrefix(MLflowTag.filePrefix) {
            let file = String(tag.key.dropFirst(MLflowTag.filePrefix.count))
            // The name becomes a path here and on the server.
            guard ModelFileName.isOurs(file) else {
                throw .badTag(version: label, tag: tag.key, problem: "names no file of a model")
            }
            digests.append((file, try digest(tag.key)))
        }
        return digests.sorted { $0.name < $1.name }
    }

    private func digest(_ key: String) throws(MLflowError) -> Digest {
        guard let text = tag(key) else { throw .untagged(version: label, tag: key) }
        guard let digest = Digest(hexadecimal: text) else {
            throw .badTag(version: label, tag: key, problem: "is no SHA-256")
        }
        return digest
    }

    /// As in errors.
    var label: String { "\(ServerText.clean(name)), version \(number)" }
}
