import Files
import JSON

/// Writes a report as a folder of four files, all of them or none: the page, the values, the text,
/// and a MANIFEST with the SHA-256 of each as `sha256sum --check` reads it.
struct ReportFolder {
    let path: String

    private static let names = ["index.html", "report.json", "report.md"]
    private static let manifestName = "MANIFEST"
    private static let ownNames = names + [manifestName]

    /// - Parameters:
    ///   - path: where the folder goes; a slash at its end means nothing.
    ///
    /// An older report there is replaced. What this program did not make stays, and is an error.
    init(_ path: String) throws(OutputError) {
        var path = path[...]
        while path.count > 1, path.last == "/" { path = path.dropLast() }
        self.path = String(path)
        let names = try OutputFolder.names(self.path) ?? []
        if let stranger = names.first(where: { !Self.ownNames.contains($0) }) {
            throw .foreign(path: self.path, name: stranger)
        }
        if let first = names.first, !names.contains(Self.manifestName) {
            throw .foreign(path: self.path, name: first)
        }
    }

    /// Makes the folder, and those that it lies in, and writes all files.
    ///
    /// - Parameters:
    ///   - document: the report's values; the file holds their canonical text.
    ///   - isIndented: false for a document of so many values that a line each makes it large.
    func write(
        document: JSONValue, isIndented: Bool = true, html: String, markdown: String
    ) throws(OutputError) {
        let texts = [html, document.text(pretty: isIndented) + "\n", markdown]
        let partial = path + ".partial"
        try OutputFolder.createAll(OutputFolder.parent(of: path))
        // What a run that died left behind is of no use to anyone.
        try removeReport(partial)
        try OutputFolder.create(partial)
        do throws(OutputError) {
            var manifest = ""
            for (name, text) in zip(Self.names, texts) {
                let bytes = Array(text.utf8)
                try write(bytes, to: partial + "/" + name)
                var hash = SHA256()
                hash.update(bytes)
                manifest += "\(hash.finish())  \(name)\n"
            }
            try write(Array(manifest.utf8), to: partial + "/" + Self.manifestName)
            OutputFolder.synchronize(partial)
            try takePlace(partial)
        } catch {
            OutputFolder.remove(partial, holding: Self.ownNames)
            throw error
        }
    }

    private func write(_ bytes: [UInt8], to path: String) throws(OutputError) {
        try OutputFile.create(path, bytes)
        try OutputFile.seal(path)
    }

    /// A folder cannot be renamed over one that holds files, so an older report steps aside first,
    /// and comes back if the new one cannot have its place.
    private func takePlace(_ partial: String) throws(OutputError) {
        let aside = path + ".replaced"
        let hasOlder = try OutputFolder.names(path).map { !$0.isEmpty } ?? false
        if hasOlder {
            try removeReport(aside)
            try OutputFolder.rename(path, to: aside)
        }
        do throws(OutputError) {
            try OutputFolder.rename(partial, to: path)
        } catch {
            if hasOlder { try OutputFolder.rename(aside, to: path) }
            throw error
        }
        OutputFolder.synchronize(OutputFolder.parent(of: path))
        if hasOlder { OutputFolder.remove(aside, holding: Self.ownNames) }
    }

    private func removeReport(_ path: String) throws(OutputError) {
        guard try OutputFolder.names(path) != nil else { return }
        OutputFolder.remove(path, holding: Self.ownNames)
    }
}
