import Features
import Kernel
import Testing

@Suite("A tally of features")
struct FeatureTallyTests {
    /// Two symbols with three columns of the book and two of the order of differencing.
    private let tally: FeatureTally = {
        var families = FeatureFamilies()
        families.hasBaseline = false
        families.l2 = FeatureFamilies.L2()
        families.l2?.set = .min
        families.fracDiff = FeatureFamilies.FracDiff()
        families.fracDiff?.ordersInTenths = [4, 5]
        let columns = families.columns
        func symbol(_ name: String, _ nan: [Int], _ warmUp: [Int]) -> FeatureTally.Symbol {
            var counts = EnricherCounts(columnCount: columns.count)
            counts.rowCount = 100
            counts.nanCounts = nan
            counts.warmUpCounts = warmUp
            return FeatureTally.Symbol(name, counts)
        }
        return FeatureTally(
            columns: columns,
            symbols: [
                symbol("A", [21, 22, 23, 90, 60], [20, 20, 21, 89, 58]),
                symbol("B", [1, 2, 3, 0, 0], [0, 0, 0, 0, 0]),
            ])
    }()

    @Test("adds up what is NaN by family")
    func nan() {
        #expect(tally.rowCount == 200)
        #expect(tally.families == [.l2, .fracDiff])
        #expect(tally.nanCount(of: .l2) == 72)
        #expect(tally.nanCount(of: .fracDiff) == 150)
        #expect(tally.nanCount(of: .btc) == 0)
        #expect(tally.columnCount(of: .l2) == 3)
    }

    @Test("finds the column that costs a symbol the most rows")
    func warmUp() {
        #expect(tally.symbols.map(\.warmUpRows) == [89, 0])
        #expect(tally.warmUpRows(of: .l2, symbol: 0) == 21)
        #expect(tally.warmUpRows(of: .fracDiff, symbol: 0) == 89)
        #expect(tally.warmUpRows(of: .baseline, symbol: 0) == 0)
        #expect(tally.warmUpRows(of: .l2, symbol: 1) == 0)
    }
}
