package import Features
package import Files

/// A digest of all feature rows of a run, whatever the slices in which they came.
///
/// Each symbol has a SHA-256 over its rows in time order: a row is the close of its bar and the
/// bits of its values, as little-endian 64-bit words.
package struct RowDigest: Sendable {
    private let names: [String]
    private let configText: String
    private var rows: [SHA256]
    private var labels: [SHA256]

    /// - Parameters:
    ///   - symbols: the names of the symbols that have rows, sorted.
    ///   - configText: the text of the configuration that the rows were made by.
    package init(symbols: [String], configText: String) {
        names = symbols
        self.configText = configText
        rows = symbols.map { _ in SHA256() }
        labels = rows
    }

    /// Takes the rows of a slice: one element for each symbol.
    package mutating func append(_ slice: [FeatureRows]) {
        precondition(slice.count == names.count, "each symbol with rows hands them in")
        var words: [UInt64] = []
        for (symbol, part) in slice.enumerated() {
            words.removeAll(keepingCapacity: true)
            let width = part.closeNs.isEmpty ? 0 : part.values.count / part.closeNs.count
            for (row, closeNs) in part.closeNs.enumerated() {
                words.append(UInt64(bitPattern: closeNs))
                for index in row * width..<(row + 1) * width {
                    words.append(part.values[index].bitPattern)
                }
            }
            rows[symbol].update(words)
            labels[symbol].update(part.labels.map(\.bitPattern))
        }
    }

    /// What was appended so far, by symbol.
    package var symbolDigests: [Digest] { rows.map { $0.finish() } }

    /// Over the configuration and all symbols' rows, by their names.
    package var total: Digest { combined(rows) }

    /// The same over the labels, which look ahead and so are no part of the rows.
    package var labelTotal: Digest { combined(labels) }

    private func combined(_ parts: [SHA256]) -> Digest {
        var digest = SHA256()
        digest.updateCounted(configText)
        for (name, part) in zip(names, parts) {
            digest.updateCounted(name)
            digest.update(part.finish().bytes)
        }
        return digest.finish()
    }
}

extension SHA256 {
    /// Takes a text after its length, so that no two lists of texts look alike.
    fileprivate mutating func updateCounted(_ text: String) {
        let bytes = Array(text.utf8)
        update([UInt64(bytes.count)])
        update(bytes)
    }
}
