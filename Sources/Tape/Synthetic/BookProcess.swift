import Numerics

/// One symbol's book: how its levels change from one round to the next.
///
/// When the touch moves, both sides are drawn afresh. While it stands, the touch's size is drawn
/// again, and each side either keeps its levels or redraws them from a random level on; levels
/// that keep their price may change their size. Sizes follow the profile whatever they lean to,
/// but for a factor that makes the slow flow more visible where a recipe asks for it.
struct BookProcess: Sendable {
    private(set) var bids = Side()
    private(set) var asks = Side()
    private(set) var spreadTicks: Int64 = 1
    private let profile: BookProfile
    private let levels: Int
    private let chances: Chances
    /// Shifts depth from one side to the other for about a second.
    private var tilt = 0.0
    private let tiltMemory: Double
    private var draws: RandomStream

    private static let tiltWeight = 0.45

    /// The levels of one side, the best first.
    struct Side: Sendable {
        /// Ticks away from the touch.
        var offsets = InlineArray<10, Int64>(repeating: 0)
        var lots = InlineArray<10, Int64>(repeating: 0)
    }

    /// Chances per round in units of 2^-16 (levels) and 2^-5 (refreshed sizes).
    private struct Chances: Sendable {
        var levels = InlineArray<10, UInt64>(repeating: 0)
        var refresh: UInt64 = 0
    }

    /// What leans on the sizes for a minute.
    struct Leaning: Sendable {
        /// From -1 to 1: with this chance the larger (or smaller) of two draws becomes a
        /// level's size.
        var bids = 0.0
        var asks = 0.0
        /// What each drawn size is multiplied by.
        var bidFactor = 1.0
        var askFactor = 1.0
        /// The chance of a spread above one tick.
        var wideChance = 0.0
    }

    init(profile: BookProfile, levels: Int, roundSeconds: Double, draws: RandomStream) {
        self.profile = profile
        self.levels = levels
        self.draws = draws
        var chances = Chances()
        for (index, share) in profile.levelShares.enumerated() {
            let chance = BookProfile.share(share, inSeconds: roundSeconds)
            chances.levels[index] = UInt64(chance * 0x1p16)
        }
        let refresh = BookProfile.share(profile.refreshShare, inSeconds: roundSeconds)
        chances.refresh = UInt64(refresh * 32 + 0.5)
        self.chances = chances
        tiltMemory = Elementary.pow(0.4, roundSeconds)
        redraw(leaning: Leaning())
    }

    /// Brings the book to the next round.
    mutating func step(hasMoved: Bool, leaning: Leaning) {
        let shock = Self.tiltWeight * (1 - tiltMemory * tiltMemory).squareRoot()
        tilt = tiltMemory * tilt + shock * draws.normal()
        if hasMoved {
            redraw(leaning: leaning)
        } else {
            Self.churn(
                &bids, Lean(leaning.bids + tilt, leaning.bidFactor), profile, levels, chances,
                &draws)
            Self.churn(
                &asks, Lean(leaning.asks - tilt, leaning.askFactor), profile, levels, chances,
                &draws)
        }
    }

    private mutating func redraw(leaning: Leaning) {
        spreadTicks = 1
        if draws.uniform() < leaning.wideChance {
            spreadTicks += 1 + Int64(draws.exponential() * (profile.wideTicks - 1))
        }
        Self.redraw(
            &bids, from: 0, Lean(leaning.bids + tilt, leaning.bidFactor), profile, levels, &draws)
        Self.redraw(
            &asks, from: 0, Lean(leaning.asks - tilt, leaning.askFactor), profile, levels, &draws)
    }

    private static func churn(
        _ side: inout Side, _ lean: Lean, _ profile: BookProfile, _ levels: Int,
        _ chances: Chances, _ draws: inout RandomStream
    ) {
        side.lots[0] = lean.size(profile, level: 0, bits: draws.next())
        var bits = draws.next()
        let change = bits & 0xffff
        bits >>= 16
        var level = 1
        while level < levels, change >= chances.levels[level - 1] {
            if bits & 31 < chances.refresh {
                side.lots[level] = lean.size(profile, level: level, bits: draws.next())
            }
            bits >>= 5
            level += 1
        }
        redraw(&side, from: level, lean, profile, levels, &draws)
    }

    private static func redraw(
        _ side: inout Side, from first: Int, _ lean: Lean, _ profile: BookProfile, _ levels: Int,
        _ draws: inout RandomStream
    ) {
        for level in first..<levels {
            let bits = draws.next()
            side.lots[level] = lean.size(profile, level: level, bits: bits)
            if level == 0 { continue }
            let gap = profile.gap(level: level, bits: bits >> 48)
            side.offsets[level] = side.offsets[level - 1] + gap
        }
    }

    /// A lean as a chance in units of 2^-16 and a direction, and a factor on sizes.
    ///
    /// The larger and the smaller of two draws mix to the plain distribution, so a lean that is
    /// symmetric about 0 leaves the distribution of sizes as it was recorded.
    private struct Lean {
        let chance: UInt64
        let isUp: Bool
        let factor: Double

        init(_ lean: Double, _ factor: Double) {
            chance = UInt64(min(lean.magnitude, 1) * 0x1p16)
            isUp = lean > 0
            self.factor = factor
        }

        /// Draws the size of a level in lots out of the lower 48 of `bits`.
        @inline(__always)
        func size(_ profile: BookProfile, level: Int, bits: UInt64) -> Int64 {
            let lots = profile.size(level: level, bits: choose(bits))
            return factor == 1 ? lots : Int64(Double(lots) * factor)
        }

        /// 16 uniform bits, or the larger or smaller of two, out of the lower 48 of `bits`.
        @inline(__always)
        func choose(_ bits: UInt64) -> UInt64 {
            let first = bits & 0xffff
            let second = (bits >> 16) & 0xffff
            let leans = (bits >> 32) & 0xffff < chance
            let other = isUp ? max(first, second) : min(first, second)
            return leans ? other : first
        }
    }
}
