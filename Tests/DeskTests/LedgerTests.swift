import Desk
import Testing

@Suite struct `Ledgers stand in a fixed order` {
    @Test func `the counterfactual ones come first`() {
        #expect(Ledger.allCases.map(\.name) == ["champion", "candidate", "acted"])
    }
}
