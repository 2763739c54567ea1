import Files
internal import Glibc

/// A folder for files that are not trusted yet, gone with all that is in it when the value goes.
struct DownloadFolder: ~Copyable {
    let path: String

    init() throws(OutputError) {
        let parent = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
        var template = Array((parent + "/tapedeck-pull-XXXXXX").utf8CString)
        guard let made = unsafe mkdtemp(&template) else {
            throw .system(path: parent, operation: "create a folder in", errorNumber: errno)
        }
        path = unsafe String(cString: made)
    }

    deinit {
        do throws(OutputError) {
            OutputFolder.remove(path, holding: try OutputFolder.names(path) ?? [])
        } catch {
            // Whoever empties the place of temporary files will find it.
        }
    }

    borrowing func write(_ bytes: [UInt8], to name: String) throws(OutputError) {
        try OutputFile.create(path + "/" + name, bytes)
    }
}
