import Models
import TestSupport
import Testing

@Suite("A forest sums the leaves that a plain walk finds")
struct ForestTests {
    /// Depths around that of the heap, whose last level hands over to linked nodes.
    @Test(
        "at every depth, for every kind of value",
        arguments: Trial.trials(24, of: "random forests"))
    func plainWalk(trial: Trial) throws {
        var generator = trial.generator
        let random = RandomBooster(
            treeCount: Int.random(in: 1...13, using: &generator),
            depthMax: Int(trial.seed % 10), featureCount: Int.random(in: 1...9, using: &generator),
            outputCount: trial.seed % 3 == 0 ? 3 : 1, isDart: trial.seed % 2 == 0,
            using: &generator)
        let rows = (0..<77).map { _ in random.row(using: &generator) }
        let expected = rows.flatMap { random.margins(of: $0) }
        let booster = try random.booster()
        let margins = Forest.margins(booster, rows.flatMap { $0 })
        let areEqual = margins.floatBits == expected.floatBits
        #expect(areEqual, trial.note("margins differ"))
    }

    @Test("row by row as in batches of any size")
    func batches() throws {
        var generator = SeededGenerator(seed: 5)
        let random = RandomBooster(
            treeCount: 9, depthMax: 8, featureCount: 6, using: &generator)
        let forest = Forest(try random.booster(), columns: Array(0..<6))
        let rows = (0..<200).flatMap { _ in random.row(using: &generator) }
        let whole = forest.margins(of: rows, rowWidth: 6, batchSize: 200)
        #expect(whole.count == 200)
        #expect(Set(whole).count > 20, "the forest tells rows apart")
        for size in [1, 3, 4, 31, 32, 33, 100] {
            let margins = forest.margins(of: rows, rowWidth: 6, batchSize: size)
            let areEqual = margins.floatBits == whole.floatBits
            #expect(areEqual, "batches of \(size)")
        }
    }

    @Test("wherever the features stand in a wider row")
    func columns() throws {
        var generator = SeededGenerator(seed: 6)
        let random = RandomBooster(
            treeCount: 20, depthMax: 5, featureCount: 4, using: &generator)
        let booster = try random.booster()
        let rows = (0..<50).map { _ in random.row(using: &generator) }
        let plain = Forest.margins(booster, rows.flatMap { $0 })
        let columns = [7, 0, 5, 2]
        let wide = rows.flatMap { row in
            var wide = [Double](repeating: 1e6, count: 9)
            for (column, value) in zip(columns, row) { wide[column] = value }
            return wide
        }
        let margins = Forest(booster, columns: columns)
            .margins(of: wide, rowWidth: 9, batchSize: 50)
        let areEqual = margins.floatBits == plain.floatBits
        #expect(areEqual)
        // Two columns exchanged are another model.
        let exchanged = Forest(booster, columns: [0, 7, 5, 2])
            .margins(of: wide, rowWidth: 9, batchSize: 50)
        let isOther = exchanged.floatBits != plain.floatBits
        #expect(isOther)
    }

    @Test("of the trees that are asked for, the first ones")
    func firstTrees() throws {
        var generator = SeededGenerator(seed: 7)
        var random = RandomBooster(
            treeCount: 11, depthMax: 4, featureCount: 3, using: &generator)
        let booster = try random.booster()
        let rows = (0..<40).map { _ in random.row(using: &generator) }
        let first = Forest.margins(booster, rows.flatMap { $0 }, treeCount: 5)
        random.trees = Array(random.trees.prefix(5))
        let areEqual = first.floatBits == rows.flatMap { random.margins(of: $0) }.floatBits
        #expect(areEqual)
        let none = Forest.margins(booster, rows.flatMap { $0 }, treeCount: 0)
        #expect(none == [Double](repeating: Double(random.base), count: 40))
    }

    /// As growing by leaf (`lossguide`) may leave one: a chain far deeper than any stack bears.
    @Test("of a tree that is a chain of a hundred thousand splits")
    func chain() throws {
        var generator = SeededGenerator(seed: 8)
        var random = RandomBooster(
            treeCount: 1, depthMax: 0, featureCount: 1, using: &generator)
        let depth = 100_000
        let count = 2 * depth + 1
        var tree = RandomBooster.Tree()
        tree.lefts = (0..<count).map { $0 % 2 == 0 && $0 < count - 1 ? $0 + 1 : -1 }
        tree.rights = tree.lefts.map { $0 < 0 ? -1 : $0 + 1 }
        tree.features = [Int](repeating: 0, count: count)
        tree.values = (0..<count).map { Float($0) }
        tree.isMissingLeft = [Bool](repeating: false, count: count)
        random.trees = [tree]
        let rows: [Double] = [-1, 1000, 99_999.5, 1e9, .nan]
        let margins = Forest.margins(try random.booster(), rows)
        #expect(margins == rows.flatMap { random.margins(of: [$0]) })
        #expect(Set(margins).count == 4)
    }

    @Test("without features or without trees: the base margin")
    func empty() throws {
        var generator = SeededGenerator(seed: 9)
        let random = RandomBooster(
            treeCount: 0, depthMax: 0, featureCount: 0, using: &generator)
        let forest = Forest(try random.booster(), columns: [])
        let margins = forest.margins(of: [1, 2, .nan], rowWidth: 1, batchSize: 3)
        #expect(margins == [Double](repeating: Double(random.base), count: 3))
        #expect(forest.margins(of: [], rowWidth: 1, batchSize: 1).isEmpty)
    }
}
