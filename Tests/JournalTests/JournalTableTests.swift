import Journal
import Testing

@Suite struct `Tables describe their columns` {
    @Test(arguments: JournalTable.allCases)
    func `no name stands twice`(_ table: JournalTable) {
        #expect(Set(table.columns.map(\.name)).count == table.columns.count)
    }

    @Test func `each knows its place`() {
        #expect(JournalTable.allCases.map(\.place) == Array(JournalTable.allCases.indices))
    }
}
