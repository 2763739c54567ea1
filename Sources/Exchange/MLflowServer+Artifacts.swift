import JSON
import Models

/// A folder of artifacts behind a server's proxy.
struct MLflowFolder: Equatable {
    /// The names that lead to it.
    let path: [String]

    private static let scheme = "mlflow-artifacts:"

    /// Nil for what is not behind the proxy of the server that says so, or leads out of its place.
    init?(_ source: String) {
        guard source.hasPrefix(Self.scheme + "/"), !source.hasPrefix(Self.scheme + "//") else {
            return nil
        }
        let path = source.dropFirst(Self.scheme.count + 1).split(
            separator: "/", omittingEmptySubsequences: false
        ).map(String.init)
        guard path.allSatisfy({ !["", ".", ".."].contains($0) }) else { return nil }
        self.path = path
    }
}

/// What a server lists in a folder.
struct MLflowArtifact: Equatable {
    let name: String
    let isFolder: Bool
    /// Nil where the server does not say.
    let size: Int?
}

extension MLflowServer {
    private static let artifacts = ["api", "2.0", "mlflow-artifacts", "artifacts"]

    func upload(
        _ file: ModelFiles.File, to folder: MLflowFolder
    ) throws(MLflowError) {
        _ = try send(
            HTTPRequest(
                .put, Self.artifacts + folder.path + [file.name], body: file.bytes,
                contentType: "application/octet-stream"))
    }

    /// What lies in a folder; nothing where there is no such folder.
    func list(_ folder: MLflowFolder) throws(MLflowError) -> [MLflowArtifact] {
        let path = folder.path.joined(separator: "/")
        let request = HTTPRequest(
            .get, Self.artifacts, query: [HTTPRequest.Parameter(name: "path", value: path)])
        return try ask(request) { answer throws(JSONError) in
            var artifacts: [MLflowArtifact] = []
            for element in try answer.array("files", default: []) {
                var file = try element.object()
                let isFolder = try file.bool("is_dir", default: false)
                let hasSize = file.optional("file_size") != nil
                artifacts.append(
                    MLflowArtifact(
                        name: try file.string("path"), isFolder: isFolder,
                        size: hasSize && !isFolder ? try file.count("file_size") : nil))
            }
            return artifacts
        }
    }

    /// The content of a file, of which there are `sizeMax` bytes at most.
    func download(
        _ name: String, from folder: MLflowFolder, sizeMax: Int
    ) throws(MLflowError) -> [UInt8] {
        try send(
            HTTPRequest(
                .get, Self.artifacts + folder.path + [name], answerSizeMax: sizeMax))
    }
}
