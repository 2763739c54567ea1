import Rollout
import Testing

@Suite("Verdicts are ordered: the worse one wins, and no data is no pass")
struct VerdictTests {
    @Test("invalid over rollback over fail over short over inconclusive over pass")
    func order() {
        let order: [Verdict] = [.pass, .inconclusive, .short, .fail, .rollback, .invalid]
        #expect(Verdict.allCases.sorted() == order)
    }
}
