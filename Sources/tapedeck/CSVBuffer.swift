import Market

/// Text of a table on its way to standard output.
struct CSVBuffer {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    /// Appends `units` of 10^-`decimals` without trailing zeros, as ``FixedPoint/text(_:decimals:)``
    /// does, but without a `String` for each field.
    mutating func append(_ units: Int64, decimals: Int) {
        if units < 0 { bytes.append(45) }
        let start = bytes.count
        var rest = units.magnitude
        var position = 0
        var isFraction = decimals > 0
        var hasDigits = false
        while rest > 0 || position <= decimals {
            if position == decimals, isFraction {
                if hasDigits { bytes.append(46) }
                isFraction = false
            }
            let digit = UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
            // Until a digit that counts has come, a zero of the fraction is a trailing one.
            if !isFraction || hasDigits || digit != 0 {
                bytes.append(48 + digit)
                hasDigits = true
            }
            position += 1
        }
        bytes[start...].reverse()
    }

    /// Writes what has gathered, and empties the buffer.
    mutating func flush() throws(ConsoleError) {
        try Console.output(bytes)
        bytes.removeAll(keepingCapacity: true)
    }

    /// `text` as a field: in quotes where it holds a comma, a quote or a line break.
    static func quoted(_ text: String) -> String {
        let isPlain = !text.utf8.contains { $0 == 44 || $0 == 34 || $0 == 10 || $0 == 13 }
        return isPlain ? text : "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}
