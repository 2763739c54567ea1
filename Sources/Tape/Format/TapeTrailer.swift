package import Files
import JSON
import Market

/// What a complete tape knows of one stream.
package struct StreamSummary: Equatable, Sendable {
    package let rows: Int64
    /// Nil in an empty stream.
    package let firstVisibleNs: Int64?
    package let lastVisibleNs: Int64?
    /// Over the uncompressed columns; see ``StreamEncoder/digest``.
    package let digest: Digest
    package let blocks: Int
    let indexOffset: Int64
    /// Bytes of all blocks in the file.
    package let size: Int64
}

/// The tape's last checked frame: digests, where each stream's index lies, and the import ledger.
struct TapeTrailer: Equatable {
    let streams: [StreamSummary]
    let ledger: JSONValue
    let contentDigest: Digest

    init(streams: [StreamSummary], ledger: JSONValue, header: TapeHeader) {
        self.streams = streams
        self.ledger = ledger
        contentDigest = Self.contentDigest(header, streams.map(\.digest))
    }

    /// SHA-256 over the header's instruments and streams, as their canonical text, and the digest
    /// of each stream: equal for equal content, however it was compressed or cut into blocks.
    static func contentDigest(_ header: TapeHeader, _ streams: [Digest]) -> Digest {
        var digest = SHA256()
        digest.update(Array(header.contentDocument.text().utf8))
        for stream in streams { digest.update(stream.bytes) }
        return digest.finish()
    }

    func encoded() -> [UInt8] {
        let document: JSONValue = [
            "content_digest": "\(contentDigest)",
            "streams": .array(
                streams.map { stream in
                    [
                        "rows": .integer(stream.rows),
                        "first_visible_ns": stream.firstVisibleNs.map { .integer($0) } ?? nil,
                        "last_visible_ns": stream.lastVisibleNs.map { .integer($0) } ?? nil,
                        "digest": "\(stream.digest)",
                        "blocks": JSONValue(stream.blocks),
                        "index_offset": .integer(stream.indexOffset),
                        "size": .integer(stream.size),
                    ]
                }),
            "ledger": ledger,
        ]
        return CheckedFrame.encode(.trailer, payload: Array(document.text().utf8))
    }

    /// Reads a trailer's frame, which begins at `offset` of the file at `path`.
    init(
        frame bytes: [UInt8], header: TapeHeader, path: String, offset: Int64
    ) throws(TapeError) {
        guard let payload = CheckedFrame.decode(.trailer, bytes) else {
            throw .corrupt(
                path: path, offset: offset, field: "trailer",
                problem: "its checksum does not match")
        }
        let contentDigest: Digest
        do throws(JSONError) {
            let node = try JSONNode.parse(
                Array(payload), sizeMax: TapeHeader.sizeMax, depthMax: 32)
            var fields = try JSONFields(node)
            contentDigest = try fields.required("content_digest").digest()
            var streams: [StreamSummary] = []
            let count = header.streams.count
            for field in try fields.required("streams").array(count: count...count) {
                try streams.append(StreamSummary(document: field, indexMax: offset))
            }
            let ledger = try fields.required("ledger").node.value
            try fields.finish()
            self.init(streams: streams, ledger: ledger, header: header)
        } catch {
            throw .corrupt(path: path, offset: offset, field: "trailer", problem: "\(error)")
        }
        guard contentDigest == self.contentDigest else {
            throw .corrupt(
                path: path, offset: offset, field: "content_digest",
                problem: "does not follow from the header and the streams' digests")
        }
    }
}

extension StreamSummary {
    fileprivate init(document field: JSONField, indexMax: Int64) throws(JSONError) {
        var fields = try field.object()
        rows = try fields.integer("rows", in: 0...Int64.max)
        firstVisibleNs = try fields.required("first_visible_ns").optionalTime()
        lastVisibleNs = try fields.required("last_visible_ns").optionalTime()
        digest = try fields.required("digest").digest()
        blocks = try fields.integer("blocks", in: 0...Int(UInt32.max))
        indexOffset = try fields.integer("index_offset", in: 0...indexMax)
        size = try fields.integer("size", in: 0...indexMax)
        try fields.finish()
        guard (rows == 0) == (blocks == 0), rows >= blocks,
            (firstVisibleNs == nil) == (rows == 0), (lastVisibleNs == nil) == (rows == 0)
        else { throw field.refusal("rows, blocks and times must be there together") }
    }
}

extension JSONField {
    fileprivate func digest() throws(JSONError) -> Digest {
        guard let digest = try Digest(hexadecimal: string()) else {
            throw refusal("a digest is 64 lower-case hexadecimal digits")
        }
        return digest
    }

    fileprivate func optionalTime() throws(JSONError) -> Int64? {
        if case .null = node.content { return nil }
        return try integer(in: Int64.min...Int64.max)
    }
}
