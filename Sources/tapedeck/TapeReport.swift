import Files
import JSON
import Tape

/// What a command says of the tape that it leaves.
struct TapeReport {
    private let path: String
    private let size: Int64
    private let rowCount: Int64
    private let contentDigest: Digest?
    /// What an import says of its sources; null elsewhere.
    var ledger: JSONValue = nil

    init(_ summary: TapeSummary) {
        path = summary.path
        size = summary.size
        rowCount = summary.streams.reduce(0) { $0 + $1.rows }
        contentDigest = summary.contentDigest
    }

    init(_ tape: TapeFile) {
        path = tape.path
        size = tape.size
        rowCount = tape.rowCount
        contentDigest = tape.contentDigest
    }

    func text(isJSON: Bool) -> String {
        isJSON ? document.text(pretty: true) + "\n" : line + "\n"
    }

    /// The tape in one line.
    var line: String {
        "\(path): \(Units.bytes(Int(size))), \(Units.count(Int(rowCount))) rows"
            + (contentDigest.map { ", content \($0)" } ?? "")
    }

    private var document: JSONValue {
        var members = [
            JSONMember("path", .string(path)), JSONMember("size_bytes", .integer(size)),
            JSONMember("rows", .integer(rowCount)),
            JSONMember("content_digest", contentDigest.map { "\($0)" } ?? nil),
        ]
        if ledger != nil { members.append(JSONMember("ledger", ledger)) }
        return .object(members)
    }
}

extension TapeFile {
    /// Rows of all streams.
    var rowCount: Int64 {
        header.streams.indices.reduce(0) { $0 + rowCount(ofStream: $1) }
    }
}
