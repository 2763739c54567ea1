/// BTC's six columns, each value from scratch out of whole series, unpurged: slow and plain.
///
/// `Form` says what a gap does: the project's own rule, or the two forms that fixtures come in.
struct BTCReference {
    enum Form {
        /// By slot, skipping what is missing while 92 of 96 are there.
        case slots
        /// Any gap in a window, or under a return, makes the value NaN.
        case strict
        /// Closes are carried forward before returns are taken; the z-score sees the gap.
        case padded
    }

    let own: [Double]
    let btc: [Double]
    let form: Form
    private let ownReturns: [Double]
    private let btcReturns: [Double]

    init(own: [Double], btc: [Double], form: Form) {
        self.own = own
        self.btc = btc
        self.form = form
        ownReturns = Self.returns(own, 1, form)
        btcReturns = Self.returns(btc, 1, form)
    }

    var columns: [[Double]] {
        var columns = [4, 16, 96].map { Self.returns(btc, $0, form) }
        columns.append(column { volatility($0) })
        columns.append(column { zScore($0) })
        columns.append(column { correlation($0) })
        return columns
    }

    private func column(_ value: (Int) -> Double) -> [Double] {
        btc.indices.map { slot in
            if form == .slots && btc[slot].isNaN { return .nan }
            return value(slot)
        }
    }

    static func returns(_ closes: [Double], _ bars: Int, _ form: Form) -> [Double] {
        var closes = closes
        if form == .padded {
            for slot in closes.indices.dropFirst() where closes[slot].isNaN {
                closes[slot] = closes[slot - 1]
            }
        }
        return closes.indices.map { slot in
            let slack = form == .slots ? bars / 4 : 0
            let bases = (0...slack).map { slot - bars - $0 }.filter { $0 >= 0 }
            guard let base = bases.map({ closes[$0] }).first(where: { !$0.isNaN }) else {
                return .nan
            }
            return closes[slot] / base - 1
        }
    }

    private func volatility(_ slot: Int) -> Double {
        guard let values = window(btcReturns, slot, firstSlot: 1) else { return .nan }
        return values.allSatisfy { $0 == values[0] } ? 0 : deviation(values)
    }

    private func zScore(_ slot: Int) -> Double {
        guard let values = window(btc, slot, firstSlot: 0) else { return .nan }
        if values.allSatisfy({ $0 == values[0] }) { return .nan }
        return (btc[slot] - mean(values)) / deviation(values)
    }

    private func correlation(_ slot: Int) -> Double {
        if form == .slots && own[slot].isNaN { return .nan }
        let lagged = BTCMarket.shifted(btcReturns, by: 5)
        let isWhole = own.indices.map { !ownReturns[$0].isNaN && !lagged[$0].isNaN }
        let x = own.indices.map { isWhole[$0] ? ownReturns[$0] : .nan }
        let y = own.indices.map { isWhole[$0] ? lagged[$0] : .nan }
        let firstOwn = own.firstIndex { !$0.isNaN } ?? 0
        let firstBTC = btc.firstIndex { !$0.isNaN } ?? 0
        let first = max(1 + firstOwn, 6 + firstBTC)
        guard slot - 95 >= first, let xs = window(x, slot, firstSlot: 0),
            let ys = window(y, slot, firstSlot: 0)
        else { return .nan }
        if xs.allSatisfy({ $0 == xs[0] }) || ys.allSatisfy({ $0 == ys[0] }) { return .nan }
        let meanX = mean(xs)
        let meanY = mean(ys)
        let products = zip(xs, ys).map { ($0 - meanX) * ($1 - meanY) }
        return sum(products)
            / (sum(xs.map { ($0 - meanX) * ($0 - meanX) })
            * sum(ys.map { ($0 - meanY) * ($0 - meanY) })).squareRoot()
    }

    /// The 96 values up to `slot` without what is missing; nil when too few are there.
    private func window(_ values: [Double], _ slot: Int, firstSlot: Int) -> [Double]? {
        let firstBTC = btc.firstIndex { !$0.isNaN } ?? 0
        guard slot - 95 >= firstSlot + firstBTC else { return nil }
        let present = values[(slot - 95)...slot].filter { !$0.isNaN }
        return present.count >= (form == .slots ? 92 : 96) ? present : nil
    }

    // MARK: - Sums in twice the precision (Neumaier), so that the reference has no order of its own

    private func sum(_ values: [Double]) -> Double {
        var sum = 0.0
        var lost = 0.0
        for value in values {
            let next = sum + value
            lost +=
                sum.magnitude >= value.magnitude ? (sum - next) + value : (value - next) + sum
            sum = next
        }
        return sum + lost
    }

    private func mean(_ values: [Double]) -> Double { sum(values) / Double(values.count) }

    private func deviation(_ values: [Double]) -> Double {
        let mean = mean(values)
        let squares = sum(values.map { ($0 - mean) * ($0 - mean) })
        return (squares / Double(values.count - 1)).squareRoot()
    }
}
