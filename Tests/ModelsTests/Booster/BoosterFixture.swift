import Files
import JSON
import Models
import TestSupport
import Testing

/// Boosters of several releases of XGBoost and what those releases predict with them.
struct BoosterFixture {
    let booster: Booster
    /// Row after row, all features of the booster each.
    let rows: [Double]
    let margins: [Float]

    static let oracles = "oracles/fixtures/xgb/"
    static let models = "data/models/"

    static func bytes(_ path: String) throws -> [UInt8] {
        let path = try #require(SharedData.path(path))
        return try TextFile.read(path, sizeMax: Booster.sizeMax)
    }

    static func booster(_ path: String) throws -> Booster {
        try Booster(try bytes(path), file: path)
    }

    static func json(_ path: String) throws -> JSONNode {
        try JSONNode.parse(try bytes(path))
    }

    /// The numbers of a list or of a list of lists, NaN for null.
    static func numbers(_ node: JSONNode?) throws -> [Double] {
        guard case .array(let elements) = try #require(node).content else { return [] }
        return try elements.flatMap { element -> [Double] in
            switch element.content {
            case .null: [.nan]
            case .integer(let value): [Double(value)]
            case .number(let value): [value]
            default: try numbers(element)
            }
        }
    }

    /// Floats that are given by their bits, which decide.
    static func floats(_ node: JSONNode?) throws -> [Float] {
        try numbers(node?["bits"]).map { Float(bitPattern: UInt32($0)) }
    }

    /// The rows of a table of numbers, a missing one as NaN, under one line of headings.
    static func table(_ path: String) throws -> [[Double]] {
        String(decoding: try bytes(path), as: UTF8.self).split(separator: "\n").dropFirst().map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map {
                Double($0) ?? .nan
            }
        }
    }

    /// A folder of ``oracles`` with its expected margins.
    static func oracle(_ name: String) throws -> BoosterFixture {
        let rows = try floats(json(oracles + "rows.json"))
        return BoosterFixture(
            booster: try booster(oracles + name + "/model.json"), rows: rows.map(Double.init),
            margins: try floats(json(oracles + name + "/expected.json")["margin"]))
    }
}

extension Forest {
    /// The margins of all rows at once, each row with the booster's features in their order.
    static func margins(
        _ booster: Booster, _ rows: [Double], treeCount: Int? = nil
    ) -> [Double] {
        Forest(booster, columns: Array(0..<booster.featureCount), treeCount: treeCount)
            .margins(of: rows, rowWidth: booster.featureCount, batchSize: max(1, rows.count))
    }

    /// The margins of rows that are scored a batch at a time.
    func margins(of rows: [Double], rowWidth: Int, batchSize: Int) -> [Double] {
        var margins: [Double] = []
        let step = rowWidth * batchSize
        for first in stride(from: 0, to: rows.count, by: step) {
            let batch = first..<min(first + step, rows.count)
            self.margins(of: rows.span.extracting(batch), rowWidth: rowWidth, into: &margins)
        }
        return margins
    }
}

extension [Double] {
    /// The bits of the values as floats: -0 and 0 differ, NaN equals itself.
    var floatBits: [UInt32] { map { Float($0).bitPattern } }

    /// The largest distance of two series of one length.
    func distance(to other: [Double]) -> Double {
        precondition(count == other.count, "the series are of one length")
        return zip(self, other).reduce(0) { Swift.max($0, ($1.0 - $1.1).magnitude) }
    }
}
