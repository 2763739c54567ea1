package import Files

/// The chain of hashes that a run's rows form: each row's hash covers the one before it.
///
/// It starts from a constant and holds nothing of the run's inputs, so that runs which did the same
/// have the same chain. Copying it forks it.
package struct JournalChain: Sendable {
    /// Rows so far, and so the number of the next one.
    package private(set) var count: Int64 = 0
    /// Hash of the last row.
    package private(set) var tip: Digest
    /// The same over the rows of ``JournalTable/commands`` alone.
    package private(set) var commands: Digest
    /// Held to save an allocation a row.
    private var encoding: [UInt8] = []

    package init() {
        tip = Self.origin("tapedeck journal chain 1")
        commands = Self.origin("tapedeck journal commands 1")
        encoding.reserveCapacity(1024)
    }

    /// Takes the next row and hands out its hash.
    package mutating func advance(_ row: JournalRow) -> Digest {
        encode(row, after: tip)
        tip = digest
        if row.table == .commands {
            encode(row, after: commands)
            commands = digest
        }
        count += 1
        return tip
    }

    /// The hash that `row` has behind another tip than this chain's.
    mutating func hash(_ row: JournalRow, after tip: Digest) -> Digest {
        encode(row, after: tip)
        return digest
    }

    /// Goes on as if the last row's hash had been `tip`.
    mutating func rejoin(at tip: Digest) {
        self.tip = tip
    }

    private var digest: Digest {
        var hash = SHA256()
        hash.update(encoding)
        return hash.finish()
    }

    private static func origin(_ text: String) -> Digest {
        var hash = SHA256()
        hash.update(Array(text.utf8))
        return hash.finish()
    }

    /// The previous hash, the table's name, the time and the values: each with a tag or a length,
    /// so that no two rows have one encoding.
    private mutating func encode(_ row: JournalRow, after tip: Digest) {
        encoding.removeAll(keepingCapacity: true)
        encoding += tip.bytes
        append(row.table.rawValue)
        append(row.atNs)
        for value in row.values {
            switch value {
            case .null:
                encoding.append(0)
            case .integer(let value):
                encoding.append(1)
                append(value)
            case .text(let text):
                encoding.append(2)
                append(text)
            }
        }
    }

    private mutating func append(_ value: Int64) {
        for shift in stride(from: 0, to: 64, by: 8) {
            encoding.append(UInt8(truncatingIfNeeded: value >> Int64(shift)))
        }
    }

    private mutating func append(_ text: String) {
        append(Int64(text.utf8.count))
        encoding.append(contentsOf: text.utf8)
    }
}

/// What ends a run's journal: binds its rows to its inputs and to its operators' commands.
package struct JournalFooter: Equatable, Sendable {
    package let identity: Digest
    package let rowCount: Int64
    package let tip: Digest
    package let commands: Digest

    package init(identity: Digest, rowCount: Int64, tip: Digest, commands: Digest) {
        self.identity = identity
        self.rowCount = rowCount
        self.tip = tip
        self.commands = commands
    }

    package init(identity: Digest, _ chain: JournalChain) {
        self.init(
            identity: identity, rowCount: chain.count, tip: chain.tip, commands: chain.commands)
    }

    package var hash: Digest {
        var hash = SHA256()
        hash.update(Array("tapedeck journal footer 1".utf8))
        hash.update(identity.bytes)
        hash.update([rowCount])
        hash.update(tip.bytes)
        hash.update(commands.bytes)
        return hash.finish()
    }
}

/// A row, its number in the run and its hash.
package struct ChainedRow: Equatable, Sendable {
    package let seq: Int64
    package let row: JournalRow
    /// As stored: nothing says yet that it is right.
    package let hash: [UInt8]

    package var hashText: String { Hexadecimal.text(hash) }

    package init(seq: Int64, _ row: JournalRow, hash: [UInt8]) {
        self.seq = seq
        self.row = row
        self.hash = hash
    }
}
