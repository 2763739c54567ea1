import Models

extension TrainingEvidence {
    /// A file that training wrote, with the path that messages name.
    package struct Text: Sendable {
        package var path: String
        package var text: String

        package init(path: String, text: String) {
            self.path = path
            self.text = text
        }
    }

    /// Reads `cells.csv` and `blocks.csv` of one training, exactly as it wrote them.
    ///
    /// - Parameter symbols: What the models' metadata say of the symbols of a run; cells of others
    ///   are left out.
    package init(
        cells: Text, blocks: Text, symbols: [Symbol]
    ) throws(TrainingEvidenceError) {
        var figures: [Key: CellLine] = [:]
        for line in try TrainingTextLine.lines(cells.path, cells.text, heading: CellFigures.heading)
        {
            let cell = try CellLine(line)
            guard figures.updateValue(cell, forKey: cell.key) == nil else {
                throw .order(file: cells.path, line: line.number, problem: "a cell that was there")
            }
        }
        var series: [Key: [BlockLine]] = [:]
        for line in try TrainingTextLine.lines(blocks.path, blocks.text, heading: CellBlock.heading)
        {
            let block = try BlockLine(line)
            series[block.key, default: []].append(block)
        }
        var read: [Cell] = []
        // Keys are looked up in an order of their own: a dictionary's is none.
        for symbol in symbols {
            let folds = figures.keys.filter { $0.symbol == symbol.name }.map(\.fold)
            for role in Role.allCases
            where !folds.contains(where: {
                figures[Key(symbol: symbol.name, fold: $0, role: role.rawValue)] != nil
            }) {
                throw .missing(file: cells.path, symbol: symbol.name, role: role.rawValue)
            }
            for fold in Set(folds).sorted() {
                read.append(
                    try Self.cell(symbol.name, fold, figures, series, cells.path, blocks.path))
            }
        }
        self.init(cells: read, symbols: symbols)
    }

    private enum Role: String, CaseIterable {
        case champion, candidate
    }

    fileprivate struct Key: Hashable {
        var symbol: String
        var fold: Int
        var role: String
    }

    private static func cell(
        _ symbol: String, _ fold: Int, _ figures: [Key: CellLine], _ series: [Key: [BlockLine]],
        _ cellsPath: String, _ blocksPath: String
    ) throws(TrainingEvidenceError) -> Cell {
        func part(_ role: Role) throws(TrainingEvidenceError) -> (CellLine, [BlockLine]) {
            let key = Key(symbol: symbol, fold: fold, role: role.rawValue)
            guard let cell = figures[key] else {
                throw .missing(
                    file: cellsPath, symbol: "\(symbol) in fold \(fold + 1)", role: role.rawValue)
            }
            let blocks = series[key] ?? []
            try check(cell, blocks, blocksPath)
            return (cell, blocks)
        }
        let (champion, championBlocks) = try part(.champion)
        let (candidate, candidateBlocks) = try part(.candidate)
        guard championBlocks.count == candidateBlocks.count else {
            throw .mismatch(
                file: cellsPath, line: candidate.number,
                problem: "\(candidateBlocks.count) blocks where the champion has"
                    + " \(championBlocks.count)")
        }
        var agreement: [ActionCounts] = []
        for (champion, candidate) in zip(championBlocks, candidateBlocks) {
            guard champion.startNs == candidate.startNs, champion.buys.count == candidate.buys.count
            else {
                throw .mismatch(
                    file: blocksPath, line: candidate.number,
                    problem: "another market than the champion's block in line \(champion.number)")
            }
            agreement.append(ActionCounts(candidate: candidate.buys, fallback: champion.buys))
        }
        return Cell(
            symbol: symbol, fold: fold, championF1: champion.f1, candidateF1: candidate.f1,
            startNs: championBlocks.first?.startNs ?? 0,
            championBlocks: championBlocks.map(\.block),
            candidateBlocks: candidateBlocks.map(\.block), agreement: agreement)
    }

    /// Holds the blocks of a cell against the cell, and against one another.
    private static func check(
        _ cell: CellLine, _ blocks: [BlockLine], _ path: String
    ) throws(TrainingEvidenceError) {
        guard cell.returns == blocks.map(\.block.markReturn) else {
            let line = blocks.first?.number ?? 1
            throw .mismatch(
                file: path, line: line,
                problem: "the blocks of \(cell.key.symbol) by the \(cell.key.role) in fold"
                    + " \(cell.key.fold + 1) earn something else than cells.csv says")
        }
        for (before, block) in zip(blocks, blocks.dropFirst())
        where block.startNs - before.startNs != CellFigures.blockNs {
            throw .order(
                file: path, line: block.number,
                problem: "a block does not begin where the one before it ends")
        }
    }

    /// A line of `cells.csv`.
    private struct CellLine {
        let number: Int
        let key: Key
        let f1: Double?
        let returns: [Double]

        init(_ line: TrainingTextLine) throws(TrainingEvidenceError) {
            number = line.number
            key = Key(symbol: line.text(0), fold: try line.fold(1), role: line.text(2))
            f1 = try line.optionalNumber(3)
            _ = try (line.optionalNumber(4), line.optionalNumber(5), line.count(6))
            var returns: [Double] = []
            for entry in line.entries(7) {
                guard let value = Double(entry), value.isFinite else {
                    throw line.wrong(7, "numbers separated by semicolons")
                }
                returns.append(value)
            }
            self.returns = returns
        }
    }

    /// A line of `blocks.csv`.
    private struct BlockLine {
        let number: Int
        let key: Key
        let startNs: Int64
        let buys: [Bool]
        let block: RoleBlock

        init(_ line: TrainingTextLine) throws(TrainingEvidenceError) {
            number = line.number
            key = Key(symbol: line.text(0), fold: try line.fold(1), role: line.text(2))
            startNs = try line.time(3)
            var block = RoleBlock()
            block.markReturn = try line.number(4)
            var buys: [Bool] = []
            for letter in line.fields[5].utf8 {
                switch letter {
                case UInt8(ascii: "B"): buys.append(true)
                case UInt8(ascii: "-"): buys.append(false)
                default: throw line.wrong(5, "made of B and -")
                }
            }
            self.buys = buys
            block.decisionCount = buys.count
            block.labelled.truePositive = try line.count(6)
            block.labelled.falsePositive = try line.count(7)
            block.labelled.falseNegative = try line.count(8)
            block.labelled.trueNegative = try line.count(9)
            guard block.labelled.count == buys.count else {
                throw line.wrong(5, "a letter for each of \(block.labelled.count) labels")
            }
            block.bins = try Self.bins(line)
            block.trades = try Self.trades(line, startNs)
            self.block = block
        }

        private static func bins(
            _ line: TrainingTextLine
        ) throws(TrainingEvidenceError) -> [CalibrationBin] {
            let entries = line.entries(10)
            guard entries.count == CellBlock.binCount else {
                throw line.wrong(10, "\(CellBlock.binCount) bins")
            }
            var bins: [CalibrationBin] = []
            for entry in entries {
                var bin = CalibrationBin()
                if !entry.isEmpty {
                    let parts = TrainingTextLine.cut(entry, ":")
                    guard parts.count == 3, let count = Int(parts[0]), count > 0,
                        let sum = Double(parts[1]), (0...Double(count)).contains(sum),
                        let buyCount = Int(parts[2]), (0...count).contains(buyCount)
                    else { throw line.wrong(10, "COUNT:PROBABILITIES:BUYS in each bin") }
                    bin.count = count
                    bin.probabilitySum = sum
                    bin.buyCount = buyCount
                }
                bins.append(bin)
            }
            return bins
        }

        private static func trades(
            _ line: TrainingTextLine, _ startNs: Int64
        ) throws(TrainingEvidenceError) -> [TradeSample] {
            var trades: [TradeSample] = []
            for entry in line.entries(11) {
                let parts = TrainingTextLine.cut(entry, ":")
                guard parts.count == 3, let entryNs = TrainingTextLine.time(parts[0]),
                    let exitNs = TrainingTextLine.time(parts[1]), entryNs <= exitNs,
                    let net = Double(parts[2]), net.isFinite
                else { throw line.wrong(11, "ENTRY:EXIT:NET of each trade, exit after entry") }
                trades.append(
                    TradeSample(
                        entryNs: startNs + entryNs, exitNs: startNs + exitNs, netReturn: net))
            }
            return trades
        }
    }
}

extension ActionCounts {
    /// Whether each of them would buy, bar by bar; equally many.
    fileprivate init(candidate: [Bool], fallback: [Bool]) {
        self.init()
        for (candidate, fallback) in zip(candidate, fallback) {
            switch (candidate, fallback) {
            case (true, true): bothBuy += 1
            case (true, false): candidateOnly += 1
            case (false, true): fallbackOnly += 1
            case (false, false): neither += 1
            }
        }
    }
}
