package import Files
package import JSON
import Market
internal import Synchronization

/// A tape on disk: its header, its trailer and, on demand, the index of a stream.
///
/// The file is open only while somebody reads from it, so a list of a thousand tapes needs no more
/// file descriptors than the readers at work.
package final class TapeFile: Sendable {
    package let path: String
    package let size: Int64
    package let header: TapeHeader
    /// One for each of the header's streams. In a rebuilt tape they hold no digests.
    package let state: State

    private let identity: SystemFile.Identity
    private let openFile = Mutex(WeakFile())

    package enum State: Sendable {
        case complete(streams: [StreamSummary], ledger: JSONValue, contentDigest: Digest)
        /// The writer died: blocks were found by scanning, and `lostBytes` at the end were not part
        /// of a whole block.
        case rebuilt(entries: [[BlockEntry]], lostBytes: Int64)
    }

    private struct WeakFile {
        weak var file: SystemFile?
    }

    package init(path: String) throws(TapeError) {
        self.path = path
        let file = try SystemFile(reading: path)
        identity = try file.identity()
        size = identity.size
        let opening = TapeOpening(file: file, size: identity.size)
        let headerEnd: Int64
        (header, headerEnd) = try opening.readHeader()
        state = try opening.readState(header, headerEnd: headerEnd)
    }

    /// True when the tape has no trailer and what it holds was found by scanning.
    package var isRebuilt: Bool {
        if case .rebuilt = state { return true }
        return false
    }

    /// What the tape was made from; null in a rebuilt tape.
    package var ledger: JSONValue {
        if case .complete(_, let ledger, _) = state { return ledger }
        return nil
    }

    /// Nil in a rebuilt tape.
    package var contentDigest: Digest? {
        if case .complete(_, _, let digest) = state { return digest }
        return nil
    }

    package func rowCount(ofStream stream: Int) -> Int64 {
        switch state {
        case .complete(let streams, _, _): streams[stream].rows
        case .rebuilt(let entries, _): entries[stream].reduce(0) { $0 + Int64($1.rows) }
        }
    }

    /// Visible times of the stream's first and last row; nil when it has none.
    package func visibleTimes(ofStream stream: Int) -> ClosedRange<Int64>? {
        let (first, last) =
            switch state {
            case .complete(let streams, _, _):
                (streams[stream].firstVisibleNs, streams[stream].lastVisibleNs)
            case .rebuilt(let entries, _):
                (entries[stream].first?.firstVisibleNs, entries[stream].last?.lastVisibleNs)
            }
        guard let first, let last, first <= last else { return nil }
        return first...last
    }

    /// The blocks of one stream, in order. Reads them from the file each time it is called.
    package func blocks(ofStream stream: Int) throws(TapeError) -> [BlockEntry] {
        let summary: StreamSummary
        switch state {
        case .rebuilt(let entries, _): return entries[stream]
        case .complete(let streams, _, _): summary = streams[stream]
        }
        let groups = header.streams[stream].schema.groups.count
        let length = StreamIndex.encodedSize(blocks: summary.blocks, groups: groups)
        let end = summary.indexOffset + Int64(length)
        guard end <= size else {
            throw .corrupt(
                path: path, offset: summary.indexOffset, field: "index of stream \(stream)",
                problem: "lies beyond the end of the file")
        }
        var bytes: [UInt8] = []
        try open().read(summary.indexOffset..<end, into: &bytes)
        guard let entries = StreamIndex.decode(bytes, stream: stream, groups: groups),
            entries.reduce(0, { $0 + Int64($1.rows) }) == summary.rows,
            entries.first?.firstVisibleNs == summary.firstVisibleNs,
            entries.last?.lastVisibleNs == summary.lastVisibleNs
        else {
            throw .corrupt(
                path: path, offset: summary.indexOffset, field: "index of stream \(stream)",
                problem: "its checksum or its blocks do not match")
        }
        return entries
    }

    /// The open file, shared by those who read at this time. Nobody waits for another one's look at
    /// it: a file of one's own is as good.
    func open() throws(TapeError) -> SystemFile {
        let current = openFile.withLockIfAvailable { $0.file }
        if let current = current ?? nil { return current }
        let file = try SystemFile(reading: path)
        guard try file.identity() == identity else { throw .replaced(path: path) }
        // Two readers that open at once both get a file that works; the later one is shared.
        _ = openFile.withLockIfAvailable { $0.file = file }
        return file
    }
}
