import Market
import Numerics

/// The time within the week as a point on a circle, from Monday 00:00 UTC: Sunday's last instant
/// lies beside Monday's first.
enum WeekPhase {
    private static let weekNs = 7 * Timestamp.dayNs
    /// The first Monday after the epoch, which was a Thursday.
    private static let mondayNs = 4 * Timestamp.dayNs

    static func point(_ timeNs: Int64) -> (sine: Double, cosine: Double) {
        var sinceMondayNs = (timeNs % weekNs - mondayNs) % weekNs
        if sinceMondayNs < 0 { sinceMondayNs += weekNs }
        let angle = 2 * Double.pi * (Double(sinceMondayNs) / Double(weekNs))
        return (Elementary.sin(angle), Elementary.cos(angle))
    }
}
