internal import CSQLite

/// One prepared statement.
@safe final class SQLiteStatement {
    private let handle: OpaquePointer
    private let failure: (Int32, String) -> JournalError
    private let sql: String

    /// - Parameter failure: makes an error of a result code and the statement at fault.
    init(
        _ sql: String, on database: OpaquePointer,
        failure: @escaping (Int32, String) -> JournalError
    ) throws(JournalError) {
        var handle: OpaquePointer?
        let code = unsafe sqlite3_prepare_v3(database, sql, -1, 0, &handle, nil)
        guard code == SQLITE_OK else { throw failure(code, sql) }
        guard let handle = unsafe handle else {
            throw failure(SQLITE_MISUSE, sql)
        }
        unsafe self.handle = handle
        self.failure = failure
        self.sql = sql
    }

    deinit { unsafe sqlite3_finalize(handle) }

    var isReadOnly: Bool { unsafe sqlite3_stmt_readonly(handle) != 0 }

    /// Puts a value in place `index`, counted from 1.
    func bind(_ value: SQLValue, at index: Int32) throws(JournalError) {
        // SQLite copies what it is given: the statement runs after the bytes' scope.
        let copied = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        let code =
            switch value {
            case .null: unsafe sqlite3_bind_null(handle, index)
            case .integer(let value): unsafe sqlite3_bind_int64(handle, index, value)
            case .real(let value): unsafe sqlite3_bind_double(handle, index, value)
            case .text(let text):
                unsafe sqlite3_bind_text(handle, index, text, Int32(text.utf8.count), copied)
            case .bytes(let bytes):
                unsafe sqlite3_bind_blob(handle, index, bytes, Int32(bytes.count), copied)
            }
        guard code == SQLITE_OK else { throw failure(code, sql) }
    }

    /// Goes to the next row; false behind the last one.
    func step() throws(JournalError) -> Bool {
        switch unsafe sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw failure(code, sql)
        }
    }

    /// Makes ready to run again.
    func reset() {
        // Says again what the last step said.
        _ = unsafe sqlite3_reset(handle)
    }

    var columns: [String] {
        unsafe (0..<sqlite3_column_count(handle)).map { index in
            unsafe sqlite3_column_name(handle, index).map { unsafe String(cString: $0) } ?? ""
        }
    }

    /// Value `index`, counted from 0, of the row that `step` went to.
    func value(_ index: Int32) -> SQLValue {
        switch unsafe sqlite3_column_type(handle, index) {
        case SQLITE_INTEGER: .integer(unsafe sqlite3_column_int64(handle, index))
        case SQLITE_FLOAT: .real(unsafe sqlite3_column_double(handle, index))
        case SQLITE_TEXT: .text(String(decoding: bytes(index), as: UTF8.self))
        case SQLITE_BLOB: .bytes(bytes(index))
        default: .null
        }
    }

    private func bytes(_ index: Int32) -> [UInt8] {
        let start = unsafe sqlite3_column_blob(handle, index)
        let count = Int(unsafe sqlite3_column_bytes(handle, index))
        return unsafe Array(UnsafeRawBufferPointer(start: start, count: count))
    }
}
