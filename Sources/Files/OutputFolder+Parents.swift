internal import Glibc

extension OutputFolder {
    /// Makes the folder, and those that it lies in, where they are not there yet. Two processes
    /// may do so at once.
    package static func createAll(_ path: String) throws(OutputError) {
        if exists(path) { return }
        let parent = parent(of: path)
        if parent != path { try createAll(parent) }
        guard unsafe mkdir(path, 0o755) == 0 || errno == EEXIST else {
            throw .system(path: path, operation: "create", errorNumber: errno)
        }
        synchronize(parent)
    }

    /// What the last name of a path lies in; `.` for a name alone.
    package static func parent(of path: String) -> String {
        guard let cut = path.lastIndex(of: "/") else { return "." }
        return cut == path.startIndex ? "/" : String(path[..<cut])
    }
}
