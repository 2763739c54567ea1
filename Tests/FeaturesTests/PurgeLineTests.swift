import Features
import Testing

@Suite("A purged row")
struct PurgeLineTests {
    @Test("comes out as many slots later as asked for, NaN before", arguments: [0, 1, 10, 20, 200])
    func delay(purgeBars: Int) {
        var line = PurgeLine(columnCount: 2, purgeBars: purgeBars)
        var output: [Double] = []
        for slot in 0..<500 {
            line.push([Double(slot), -Double(slot)].span, into: &output)
        }
        #expect(output.count == 1000)
        for slot in 0..<500 {
            let row = output[2 * slot..<2 * slot + 2]
            if slot < purgeBars {
                #expect(row.allSatisfy { $0.bitPattern == Double.nan.bitPattern })
            } else {
                #expect(Array(row) == [Double(slot - purgeBars), -Double(slot - purgeBars)])
            }
        }
    }
}
