/// One line of a file that training wrote, cut into its fields.
struct TrainingTextLine {
    let file: String
    let number: Int
    let names: [Substring]
    let fields: [Substring]

    /// All lines of a file, without its heading.
    static func lines(
        _ file: String, _ text: String, heading: String
    ) throws(TrainingEvidenceError) -> [TrainingTextLine] {
        // By bytes: a file has millions of them, and Characters are slow.
        let lines = text.utf8.split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let found = lines.first.map { String(Substring($0)) } ?? ""
        guard found == heading else {
            throw .heading(file: file, found: found, expected: heading)
        }
        let names = cut(Substring(heading), ",")
        var read: [TrainingTextLine] = []
        read.reserveCapacity(lines.count)
        for (index, line) in lines.enumerated().dropFirst() {
            // What follows the last line's end.
            if index == lines.count - 1, line.isEmpty { continue }
            let fields = cut(Substring(line), ",")
            guard fields.count == names.count else {
                throw .fieldCount(
                    file: file, line: index + 1, found: fields.count, expected: names.count)
            }
            read.append(
                TrainingTextLine(file: file, number: index + 1, names: names, fields: fields))
        }
        return read
    }

    func text(_ field: Int) -> String { String(fields[field]) }

    /// A time from which others can be counted without overflow.
    func time(_ field: Int) throws(TrainingEvidenceError) -> Int64 {
        guard let value = Self.time(fields[field]) else { throw wrong(field, "nanoseconds") }
        return value
    }

    static func time(_ text: Substring) -> Int64? {
        Int64(text).flatMap { $0.magnitude < 1 << 62 ? $0 : nil }
    }

    func count(_ field: Int) throws(TrainingEvidenceError) -> Int {
        guard let value = Int(fields[field]), 0..<(1 << 32) ~= value else {
            throw wrong(field, "a count")
        }
        return value
    }

    /// From 0, as folds are counted in memory; files count them from 1.
    func fold(_ field: Int) throws(TrainingEvidenceError) -> Int {
        guard let value = Int(fields[field]), value > 0 else {
            throw wrong(field, "a fold, counted from 1")
        }
        return value - 1
    }

    func number(_ field: Int) throws(TrainingEvidenceError) -> Double {
        guard let value = Double(fields[field]), value.isFinite else {
            throw wrong(field, "a number")
        }
        return value
    }

    /// Nil for an empty field: training found no value.
    func optionalNumber(_ field: Int) throws(TrainingEvidenceError) -> Double? {
        fields[field].isEmpty ? nil : try number(field)
    }

    /// The entries of a field, separated by semicolons; none of an empty one.
    func entries(_ field: Int) -> [Substring] {
        fields[field].isEmpty ? [] : Self.cut(fields[field], ";")
    }

    func wrong(_ field: Int, _ needed: String) -> TrainingEvidenceError {
        .value(
            file: file, line: number, field: String(names[field]), value: text(field),
            needed: needed)
    }

    static func cut(_ text: Substring, _ separator: Unicode.Scalar) -> [Substring] {
        text.utf8.split(separator: UInt8(ascii: separator), omittingEmptySubsequences: false)
            .map(Substring.init)
    }
}
