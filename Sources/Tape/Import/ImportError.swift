import Files
internal import Market

/// Where in a source's uncompressed bytes something stands.
package enum SourcePosition: Equatable, Sendable, CustomStringConvertible {
    /// Lines count from 1.
    case line(Int)
    case offset(Int)

    package var description: String {
        switch self {
        case .line(let number): "line \(number)"
        case .offset(let offset): "offset \(offset)"
        }
    }
}

/// What is wrong with one record of a source.
package struct RowFault: Error, Equatable, Sendable, CustomStringConvertible {
    package let reason: DropReason
    package let field: String
    package let value: String
    package let advice: String

    package static let usualAdvice = "correct the source, or pass --skip-bad to set such rows apart"

    package init(
        _ reason: DropReason, field: String, value: String, advice: String = usualAdvice
    ) {
        self.reason = reason
        self.field = field
        self.value = value
        self.advice = advice
    }

    init(_ reason: DropReason, field: String, bytes: Span<UInt8>, advice: String = usualAdvice) {
        self.init(reason, field: field, value: clippedText(bytes), advice: advice)
    }

    package var description: String {
        "\(field) is \"\(value)\": \(reason.text)"
    }
}

/// The start of some bytes as text that is safe to print.
func clippedText(_ bytes: Span<UInt8>, bytesMax: Int = 80) -> String {
    var kept: [UInt8] = []
    for index in 0..<min(bytes.count, bytesMax) {
        kept.append(bytes[index] < 32 || bytes[index] == 127 ? 63 : bytes[index])
    }
    return String(decoding: kept, as: UTF8.self) + (bytes.count > bytesMax ? "..." : "")
}

/// Why a file as a whole cannot be a source.
package enum FileFault: Equatable, Sendable {
    case unreadable(errno: Int32)
    case notAFile
    case empty
    /// The compressed stream is damaged or ends early; `offset` counts uncompressed bytes.
    case corrupt(offset: Int, detail: String)
    case escapingMember(name: String)
    case severalMembers(first: String, second: String)
    case noMember
    case expandsTooMuch(offset: Int)
    case checksumMismatch(expected: String, actual: String)
    case badChecksumFile(detail: String)
    /// The format is known and refused.
    case refused(format: String, why: String)
    case unknownFormat(header: String)
    case ambiguousFormat([String])
    case badHeader(field: String, value: String, advice: String)
    case noRows
    case changedDuringImport
}

/// Why an import ended without a tape.
package enum ImportError: Error, Equatable {
    case file(path: String, FileFault)
    case row(path: String, SourcePosition, RowFault)
    case plan(field: String, value: String, advice: String)
    /// Two sources of one stream overlap in time, and their rows carry no key to tell them apart.
    case overlap(path: String, other: String, timeNs: Int64)
    /// The values of a stream need more than an `Int64` at their finest scale.
    case scale(symbol: String, unit: String, value: String, decimals: Int)
    case output(path: String, errno: Int32)
    case tape(TapeError)
    case interrupted
}

extension ImportError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .file(let path, let fault): "\(path): \(fault.text)"
        case .row(let path, let position, let fault):
            "\(path), \(position): \(fault); \(fault.advice)"
        case .plan(let field, let value, let advice): "\(field) is \"\(value)\"; \(advice)"
        case .overlap(let path, let other, let timeNs):
            "\(path) and \(other) overlap at \(Timestamp(nanoseconds: timeNs)) and their rows "
                + "carry no id that tells a repeated row from a new one; import only one of them, or cut "
                + "the other"
        case .scale(let symbol, let unit, let value, let decimals):
            "\(symbol): the \(unit) \(value) does not fit 64 bits with the \(decimals) decimals "
                + "that other rows have; give a coarser scale (--price-decimals, --size-decimals, "
                + "--quote-decimals) and --skip-bad to set finer rows apart"
        case .output(let path, let errno): "\(path): cannot be written: \(systemMessage(errno))"
        case .tape(let error): "\(error)"
        case .interrupted: "interrupted; no tape was written"
        }
    }
}

extension FileFault {
    var text: String {
        switch self {
        case .unreadable(let errno):
            "cannot be read: \(systemMessage(errno)); check that it exists and who may read it"
        case .notAFile: "is not a regular file; name the file itself"
        case .empty: "is empty; download or record it again"
        case .corrupt(let offset, let detail):
            "is damaged or cut short at uncompressed offset \(offset) (\(detail)); fetch it again"
        case .escapingMember(let name):
            "holds a member whose path leaves the archive: \"\(name)\"; do not trust this archive"
        case .severalMembers(let first, let second):
            "holds several files (\"\(first)\", \"\(second)\"); unpack it and name the one you want"
        case .noMember: "is an archive without a file"
        case .expandsTooMuch(let offset):
            "expands beyond every bound at offset \(offset) (more than "
                + "\(ArchiveReader.ratioMax) times its size, or \(ArchiveReader.sizeMax) bytes); "
                + "it looks like a decompression bomb"
        case .checksumMismatch(let expected, let actual):
            "does not match its .CHECKSUM file: expected \(expected), found \(actual); "
                + "download both again"
        case .badChecksumFile(let detail):
            "has a .CHECKSUM file beside it that is not 'HASH  NAME' (\(detail)); "
                + "fetch or remove that file"
        case .refused(let format, let why): "is \(format), which cannot be imported: \(why)"
        case .unknownFormat(let header):
            "has no format known here (it begins \"\(header)\"); name one with --format, or map "
                + "the columns of a CSV with --map"
        case .ambiguousFormat(let names):
            "could be \(names.joined(separator: " or ")); say which with --format"
        case .badHeader(let field, let value, let advice): "\(field) is \"\(value)\"; \(advice)"
        case .noRows: "holds a header but no rows; leave it out"
        case .changedDuringImport: "changed while it was being imported; start again"
        }
    }
}
