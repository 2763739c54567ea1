/// Shares and multipliers as integers in units of 10^-9, which multiply to the same bits anywhere.
enum Billionths {
    static let one: Int64 = 1_000_000_000
    /// What a product may grow to: beyond it there is no price that an `Int64` holds.
    private static let max = Int128(one) * Int128(one)

    static func millionths(_ value: Int64) -> Int64 { value * 1_000 }

    /// Rounded once, halves up.
    static func product(_ a: Int64, _ b: Int64) -> Int64 {
        Int64(min((Int128(a) * Int128(b) + Int128(one / 2)) / Int128(one), max))
    }

    /// `count` of `total`, both positive.
    static func share(_ count: Int64, of total: Int64) -> Int64 {
        Int64((Int128(count) * Int128(one) + Int128(total / 2)) / Int128(total))
    }
}
