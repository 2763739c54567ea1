/// A database that holds a journal. What a journal is, ``RunJournal`` knows; a store knows how its
/// database is spoken to. Synchronous: it belongs to one actor with an executor of its own.
package protocol JournalStore: AnyObject {
    var dialect: SQLDialect { get }
    /// Where it is, for messages: never holds a password.
    var place: String { get }

    /// Whether the journal's own place has a table of this name.
    func hasTable(_ name: String) throws(JournalError) -> Bool

    /// Runs statements that answer nothing.
    func execute(_ sql: String) throws(JournalError)

    /// Runs one statement. `$1`, `$2` stand in it in the order of `parameters`.
    @discardableResult
    func query(_ sql: String, _ parameters: [SQLValue]) throws(JournalError) -> SQLRows

    /// Runs one statement of a user's, which can change nothing.
    func queryOnly(_ sql: String) throws(JournalError) -> SQLRows

    /// Starts a transaction that will write: a second one waits for it.
    func begin() throws(JournalError)

    /// What it wrote is on the disk when this returns.
    func commit() throws(JournalError)

    /// Takes back what was written since `begin`. Never fails: a connection that is gone has done so
    /// already.
    func rollback()

    /// Adds rows of one run, in the transaction that is open.
    func insert(_ rows: ArraySlice<ChainedRow>, of run: Int64) throws(JournalError)

    /// Keeps other processes from writing the run until this store is closed; false when another
    /// one does already.
    func lock(run: Int64, id: String) throws(JournalError) -> Bool

    /// Lets go of the run.
    func unlock()

    /// Connects anew after ``JournalError/disconnected``; a lock is lost by then.
    func reconnect() throws(JournalError)
}

extension JournalStore {
    /// Runs `body` in a transaction: all of it or nothing.
    func transaction<Result>(
        _ body: () throws(JournalError) -> Result
    ) throws(JournalError) -> Result {
        try begin()
        do {
            let result = try body()
            try commit()
            return result
        } catch {
            rollback()
            throw error
        }
    }
}
