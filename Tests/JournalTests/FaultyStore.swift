import Journal

/// A store that fails at moments of a test's choosing, in front of one that works.
final class FaultyStore: JournalStore {
    enum Step: CaseIterable {
        case begin, insert, query, commit
    }

    enum Fault {
        /// The connection breaks before the step has done anything.
        case lostBefore
        /// The step is done, and the connection breaks before anybody hears of it.
        case lostAfter
        case diskFull
    }

    let base: any JournalStore
    let dialect: SQLDialect
    let place: String
    /// Asked at each step.
    var fault: (Step) -> Fault? = { _ in nil }
    /// Whether the server is there to be connected to again.
    var isReachable: () -> Bool = { true }
    private(set) var reconnectCount = 0

    init(_ base: any JournalStore) {
        self.base = base
        dialect = base.dialect
        place = base.place
    }

    private func step<Result>(
        _ step: Step, _ body: () throws(JournalError) -> Result
    ) throws(JournalError) -> Result {
        switch fault(step) {
        case nil:
            return try body()
        case .lostBefore?:
            throw lost()
        case .lostAfter?:
            _ = try body()
            throw lost()
        case .diskFull?:
            throw .diskFull(journal: place, reason: "as the test wants it")
        }
    }

    /// What a server does when a client's connection is gone.
    private func lost() -> JournalError {
        base.rollback()
        base.unlock()
        return .disconnected(journal: place, reason: "as the test wants it")
    }

    func hasTable(_ name: String) throws(JournalError) -> Bool { try base.hasTable(name) }

    func execute(_ sql: String) throws(JournalError) { try base.execute(sql) }

    func query(_ sql: String, _ parameters: [SQLValue]) throws(JournalError) -> SQLRows {
        try step(.query) { () throws(JournalError) in try base.query(sql, parameters) }
    }

    func queryOnly(_ sql: String) throws(JournalError) -> SQLRows { try base.queryOnly(sql) }

    func begin() throws(JournalError) {
        try step(.begin) { () throws(JournalError) in try base.begin() }
    }

    func commit() throws(JournalError) {
        try step(.commit) { () throws(JournalError) in try base.commit() }
    }

    func rollback() { base.rollback() }

    func insert(_ rows: ArraySlice<ChainedRow>, of run: Int64) throws(JournalError) {
        try step(.insert) { () throws(JournalError) in try base.insert(rows, of: run) }
    }

    func lock(run: Int64, id: String) throws(JournalError) -> Bool {
        try base.lock(run: run, id: id)
    }

    func unlock() { base.unlock() }

    func reconnect() throws(JournalError) {
        reconnectCount += 1
        guard isReachable() else {
            throw .disconnected(journal: place, reason: "there is nobody")
        }
        try base.reconnect()
    }
}
