import Files

/// What is wrong with a tape, or with the machine under it.
package enum TapeError: Error, Equatable {
    /// The operating system refused; `errorNumber` is errno's value.
    case system(path: String, operation: String, errorNumber: Int32)
    case notATape(path: String)
    case newerVersion(path: String, version: Int, supported: Int)
    /// The tape needs a feature that this program does not know; `flags` are the unknown bits.
    case unknownFeature(path: String, flags: UInt32)
    /// Bytes that break the format: a checksum, a length or a value, at `offset` of the file.
    case corrupt(path: String, offset: Int64, field: String, problem: String)
    /// The file changed between two reads of one run.
    case replaced(path: String)
    /// Rows that a stream cannot take.
    case invalidRows(path: String, stream: Int, row: Int64, problem: String)
    /// A list of tapes that cannot be read as one.
    case inconsistentList(path: String, problem: String)

    /// True when the machine is to blame and not the file.
    package var isEnvironment: Bool {
        if case .system = self { return true }
        return false
    }
}

extension TapeError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .system(let path, let operation, let errorNumber):
            "\(path): cannot \(operation): \(systemMessage(errorNumber))"
        case .notATape(let path):
            "\(path): not a tape (the first bytes are another format's); "
                + "`tapedeck tape import` reads recorded market data"
        case .newerVersion(let path, let version, let supported):
            "\(path): format version \(version) is newer than \(supported), the newest this "
                + "program reads; use a newer tapedeck"
        case .unknownFeature(let path, let flags):
            "\(path): needs format features 0x\(String(flags, radix: 16)) that this program "
                + "does not know; use a newer tapedeck"
        case .corrupt(let path, let offset, let field, let problem):
            "\(path): damaged at byte \(offset): \(field): \(problem); "
                + "make or copy the tape again"
        case .replaced(let path):
            "\(path): was replaced while it was being read; run again"
        case .invalidRows(let path, let stream, let row, let problem):
            "\(path): stream \(stream), row \(row): \(problem)"
        case .inconsistentList(let path, let problem):
            "\(path): does not continue the tapes before it: \(problem)"
        }
    }
}
