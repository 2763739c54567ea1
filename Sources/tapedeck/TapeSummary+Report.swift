import JSON
import Tape

extension TapeSummary {
    var rowCount: Int64 { streams.reduce(0) { $0 + $1.rows } }

    /// What a command says of the tape that it wrote.
    func report(isJSON: Bool) -> String {
        isJSON
            ? document.text(pretty: true) + "\n"
            : "\(path): \(Units.bytes(Int(size))), \(Units.count(Int(rowCount))) rows, "
                + "content \(contentDigest)\n"
    }

    var document: JSONValue {
        [
            "path": .string(path), "size_bytes": .integer(size), "rows": .integer(rowCount),
            "content_digest": "\(contentDigest)",
        ]
    }
}
