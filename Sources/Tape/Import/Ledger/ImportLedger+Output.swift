package import JSON
internal import Market

// The ledger as a document, for the tape's trailer and `--json`, and as lines for people.

extension ImportLedger {
    package var asJSON: JSONValue {
        [
            "records_read": JSONValue(recordsRead), "records_kept": JSONValue(recordsKept),
            "records_dropped": JSONValue(recordsDropped), "rows_written": JSONValue(rowsWritten),
            "sources": .array(sources.map(\.asJSON)), "streams": .array(streams.map(\.asJSON)),
        ]
    }

    /// Lines without trailing spaces, ready to print.
    package var asText: [String] {
        var lines = ["sources"]
        for source in sources { lines += source.asText.map { "  " + $0 } }
        lines.append("streams")
        for stream in streams { lines += stream.asText.map { "  " + $0 } }
        lines.append(
            "\(recordsRead) records read, \(recordsKept) kept, \(recordsDropped) dropped; "
                + "\(rowsWritten) rows on the tape")
        if let quarantinePath { lines.append("bad rows were set apart in \(quarantinePath)") }
        return lines
    }
}

extension SourceLedger {
    /// What was unusual in the source, by the names of the ledger's document.
    package var counts: [String: Int] {
        Dictionary(uniqueKeysWithValues: notes.counts.map { ($0.name, $0.count) })
    }

    fileprivate var asJSON: JSONValue {
        [
            "files": .array(
                files.map {
                    [
                        "name": .string($0.name), "bytes": JSONValue($0.size),
                        "sha256": .string($0.sha256), "checksum_verified": .bool($0.isVerified),
                    ]
                }),
            "format": .string(format),
            "time_unit": timeUnit.map { .string($0.rawValue) } ?? .null,
            "clock_offset_ns": .integer(clockOffsetNs),
            "read": JSONValue(read), "kept": JSONValue(kept),
            "dropped": .object(
                dropped.map { JSONMember($0.reason.rawValue, JSONValue($0.count)) }),
            "notes": .object(
                notes.counts.map { JSONMember($0.name, JSONValue($0.count)) }),
            "book_episodes": .array(
                notes.episodes.map {
                    [
                        "cause": .string($0.cause.rawValue),
                        "event_time_ns": .integer($0.eventTimeNs),
                        "update_id": .integer($0.updateID),
                    ]
                }),
        ]
    }

    fileprivate var asText: [String] {
        var lines = [
            files.map(\.name).joined(separator: ", ") + " (\(format))",
            "  \(read) read, \(kept) kept"
                + (files.contains(where: \.isVerified) ? ", checksum verified" : ""),
        ]
        for entry in dropped {
            lines.append("  \(entry.count) dropped: \(entry.reason.text)")
        }
        for note in notes.counts where note.count > 0 {
            lines.append("  \(note.count) \(note.text)")
        }
        return lines
    }
}

extension SourceNotes {
    fileprivate var counts: [(name: String, text: String, count: Int)] {
        [
            ("snapped_funding", "funding times moved to their boundary", snappedFunding),
            ("rounded_rates", "funding rates rounded to 12 decimals", roundedRates),
            ("book_gaps", "gaps in the book's changes", bookGaps),
            ("crossed_built_books", "books crossed after a change", crossedBuiltBooks),
            ("crossed_snapshots", "snapshots crossed as recorded, kept", crossedSnapshots),
            ("quotes_matched", "best quotes equal to the built book", quotesMatched),
            ("quotes_differing", "best quotes that differ from the built book", quotesDiffering),
            ("event_time_steps", "event times before the one received earlier", eventTimeSteps),
            (
                "received_before_event",
                "rows received before their event time (the recorder's "
                    + "clock is behind)", receivedBeforeEvent
            ),
        ]
    }
}

extension StreamLedger {
    fileprivate var asJSON: JSONValue {
        [
            "symbol": .string(symbol), "venue": .string(venue), "kind": .string(kind.rawValue),
            "rows": JSONValue(rows),
            "first_event_time_ns": firstEventNs.map { .integer($0) } ?? .null,
            "last_event_time_ns": lastEventNs.map { .integer($0) } ?? .null,
            "interval_ns": .integer(intervalNs),
            "expected_rows": expectedRows.map { .integer($0) } ?? .null,
            "columns": .array(columns.map { .string($0) }),
            "gap_count": JSONValue(gapCount), "missing": .integer(missing),
            "id_backsteps": JSONValue(gaps.idBacksteps),
            "gaps": .array(
                gaps.listed.map {
                    [
                        "from_ns": .integer($0.fromNs), "to_ns": .integer($0.toNs),
                        "missing": .integer($0.missing),
                    ]
                }),
        ]
    }

    fileprivate var asText: [String] {
        var line = "\(symbol) \(kind.rawValue) (\(venue)): \(rows) rows"
        if let firstEventNs, let lastEventNs {
            line += ", \(Timestamp(nanoseconds: firstEventNs))"
            line += " to \(Timestamp(nanoseconds: lastEventNs))"
        }
        if let expectedRows, expectedRows > 0 {
            let share = Int64(rows) * 10_000 / expectedRows
            line += ", \(FixedPoint.text(share, decimals: 2)) % of the span"
        }
        guard gapCount > 0 else { return [line] }
        var lines = [line, "  \(gapCount) gaps, \(missing) missing"]
        for gap in gaps.listed.prefix(10) {
            lines.append(
                "  \(gap.missing) missing from \(Timestamp(nanoseconds: gap.fromNs)) "
                    + "to \(Timestamp(nanoseconds: gap.toNs))")
        }
        if gapCount > 10 { lines.append("  and \(gapCount - 10) more") }
        return lines
    }
}
