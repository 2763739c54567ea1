/// Equal spans of time, counted from the Unix epoch.
enum TimeGrid {
    /// The span that holds `timeNs`, negative before the epoch.
    static func index(of timeNs: Int64, stepNs: Int64) -> Int64 {
        let (quotient, rest) = timeNs.quotientAndRemainder(dividingBy: stepNs)
        return rest < 0 ? quotient - 1 : quotient
    }
}
