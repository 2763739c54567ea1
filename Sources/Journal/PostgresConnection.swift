internal import CPostgres

/// One connection to a PostgreSQL server.
@safe final class PostgresConnection {
    /// What the server said to a statement.
    enum Answer {
        case rows(SQLRows)
        /// It takes the rows of a COPY now.
        case copying
    }

    /// Why a statement failed.
    struct Failure: Error {
        /// Five letters; empty when the server said nothing.
        let state: String
        let reason: String
        let isDisconnected: Bool
    }

    private let handle: OpaquePointer

    init(_ url: String) throws(Failure) {
        // What stands before the URL is what it does not say itself. A server that vanished without
        // a word is noticed after some seconds instead of a quarter of an hour.
        let defaults = [
            ("connect_timeout", "10"), ("fallback_application_name", "tapedeck"),
            ("client_encoding", "UTF8"), ("keepalives_idle", "10"), ("keepalives_interval", "5"),
            ("keepalives_count", "3"), ("tcp_user_timeout", "15000"), ("dbname", url),
        ]
        let connected = unsafe CStrings.with(defaults.map(\.0)) { keys in
            unsafe CStrings.with(defaults.map(\.1)) { values in
                unsafe PQconnectdbParams(keys, values, 1)
            }
        }
        guard let handle = unsafe connected else {
            throw Failure(state: "", reason: "out of memory", isDisconnected: false)
        }
        unsafe self.handle = handle
        guard unsafe PQstatus(handle) == CONNECTION_OK else { throw failure(state: "") }
        unsafe PQsetNoticeProcessor(handle, { _, _ in }, nil)
    }

    deinit { unsafe PQfinish(handle) }

    /// Where it leads, without the password.
    var place: String {
        let parts = unsafe [PQuser(handle), PQhost(handle), PQport(handle), PQdb(handle)].map {
            part in unsafe part.map { unsafe String(cString: $0) } ?? ""
        }
        return "postgres://\(parts[0])@\(parts[1]):\(parts[2])/\(parts[3])"
    }

    /// Whether a transaction is open on a connection that lives.
    var isInTransaction: Bool {
        let status = unsafe PQtransactionStatus(handle)
        return status == PQTRANS_INTRANS || status == PQTRANS_INERROR
    }

    // MARK: - Statements

    /// Runs several statements, of which nobody asks what they answer.
    func execute(_ sql: String) throws(Failure) {
        _ = try unsafe answer(PQexec(handle, sql))
    }

    /// Runs one statement; refuses a second one.
    func run(_ sql: String, _ parameters: [SQLValue] = []) throws(Failure) -> Answer {
        let texts = parameters.map(Self.text)
        let result = unsafe CStrings.with(texts) { values in
            unsafe PQexecParams(handle, sql, Int32(texts.count), nil, values, nil, nil, 0)
        }
        return try unsafe answer(result)
    }

    private func answer(_ result: OpaquePointer?) throws(Failure) -> Answer {
        defer { unsafe PQclear(result) }
        let status = unsafe PQresultStatus(result)
        switch status {
        case PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: return .rows(SQLRows(columns: []))
        case PGRES_TUPLES_OK: return .rows(unsafe Self.rows(result))
        case PGRES_COPY_IN: return .copying
        default:
            let state = unsafe PQresultErrorField(result, Self.diagnosticSQLState)
            throw failure(
                state: unsafe state.map { unsafe String(cString: $0) } ?? "",
                message: unsafe PQresultErrorMessage(result).map { unsafe String(cString: $0) })
        }
    }

    /// PG_DIAG_SQLSTATE, a macro of a character.
    private static let diagnosticSQLState = Int32(UInt8(ascii: "C"))

    private func failure(state: String, message: String? = nil) -> Failure {
        let text = unsafe message ?? PQerrorMessage(handle).map { unsafe String(cString: $0) } ?? ""
        let lines = text.split(separator: "\n").map { $0.drop { $0 == " " || $0 == "\t" } }
        return Failure(
            state: state, reason: lines.joined(separator: "; "),
            // What the server did not say, libpq said: that it cannot be spoken to. It notices a
            // broken connection only when it reads, so its status may still be good.
            isDisconnected: unsafe state.isEmpty || PQstatus(handle) == CONNECTION_BAD)
    }

    // MARK: - Copying

    /// Sends some of the bytes of a COPY.
    func send(_ bytes: [UInt8]) throws(Failure) {
        let code = unsafe bytes.withUnsafeBytes { buffer in
            unsafe PQputCopyData(
                handle, buffer.baseAddress?.assumingMemoryBound(to: CChar.self),
                Int32(buffer.count))
        }
        guard code == 1 else { throw failure(state: "") }
    }

    /// Ends a COPY and hears whether the server took it.
    func finishCopying() throws(Failure) {
        guard unsafe PQputCopyEnd(handle, nil) == 1 else { throw failure(state: "") }
        var outcome: Failure?
        // Everything that the server has to say must be read before the next statement.
        while let result = unsafe PQgetResult(handle) {
            do throws(Failure) {
                _ = try unsafe answer(result)
            } catch {
                outcome = outcome ?? error
            }
        }
        if let outcome { throw outcome }
    }

    // MARK: - Values

    private static func text(_ value: SQLValue) -> String? {
        switch value {
        case .null: nil
        case .integer(let value): String(value)
        case .real(let value): value.description
        case .text(let text): text
        case .bytes(let bytes): "\\x" + Hexadecimal.text(bytes)
        }
    }

    private static func rows(_ result: OpaquePointer?) -> SQLRows {
        let columns = unsafe 0..<PQnfields(result)
        let types = columns.map { unsafe PQftype(result, $0) }
        var rows = SQLRows(
            columns: columns.map { column in
                unsafe PQfname(result, column).map { unsafe String(cString: $0) } ?? ""
            })
        let rowCount = unsafe PQntuples(result)
        rows.rows.reserveCapacity(Int(rowCount))
        for row in 0..<rowCount {
            rows.rows.append(
                columns.map { column in
                    if unsafe PQgetisnull(result, row, column) != 0 { return .null }
                    let start = unsafe UnsafeRawPointer(PQgetvalue(result, row, column))
                    let count = Int(unsafe PQgetlength(result, row, column))
                    return unsafe value(
                        UnsafeRawBufferPointer(start: start, count: count),
                        type: types[Int(column)])
                })
        }
        return rows
    }

    /// The server writes every value as text; `type` is one of its own numbers for types.
    private static func value(_ bytes: UnsafeRawBufferPointer, type: Oid) -> SQLValue {
        let text = unsafe String(decoding: bytes, as: UTF8.self)
        switch type {
        case 20, 21, 23: return Int64(text).map { .integer($0) } ?? .text(text)
        case 700, 701: return Double(text).map { .real($0) } ?? .text(text)
        case 17: return unsafe Hexadecimal.bytes(bytes.dropFirst(2)).map { .bytes($0) } ?? .null
        default: return .text(text)
        }
    }
}

/// Lists of texts as C reads them.
private enum CStrings {
    /// Calls `body` with pointers that are good for the call, and null behind the last.
    static func with<Result>(
        _ texts: [String?], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
    ) -> Result {
        var offsets: [Int?] = []
        var bytes: [CChar] = []
        for text in texts {
            offsets.append(text.map { _ in bytes.count })
            if let text { bytes += text.utf8CString }
        }
        return unsafe bytes.withUnsafeBufferPointer { buffer in
            let pointers = unsafe offsets.map { offset in
                unsafe offset.flatMap { offset in
                    unsafe buffer.baseAddress.map { unsafe $0 + offset }
                }
            }
            return unsafe (pointers + [nil]).withUnsafeBufferPointer { list in
                guard let start = list.baseAddress else { preconditionFailure("never empty") }
                return unsafe body(start)
            }
        }
    }
}
