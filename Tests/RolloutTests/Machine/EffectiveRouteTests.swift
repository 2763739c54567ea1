import Rollout
import Testing

@Suite("Routing: switches and pauses lie over the lane, in their order")
struct EffectiveRouteTests {
    /// H, F, P, U and whether a fallback is there; what follows.
    struct Row: Sendable {
        let isHalted: Bool
        let isDisabled: Bool
        let isPaused: Bool
        let usesFamily: Bool
        let hasFallback: Bool

        /// The truth table, row by row, without the order of the code.
        var expected: EffectiveRoute {
            switch (isHalted, isPaused, isDisabled, usesFamily, hasFallback) {
            case (true, _, _, _, _): .halted
            case (false, true, _, _, _): .paused
            case (false, false, true, true, true): .fallback
            case (false, false, true, true, false): .pausedWithoutFallback
            case (false, false, true, false, _): .lane
            case (false, false, false, _, _): .lane
            }
        }
    }

    static let rows: [Row] = (0..<32).map { bits in
        Row(
            isHalted: bits & 1 != 0, isDisabled: bits & 2 != 0, isPaused: bits & 4 != 0,
            usesFamily: bits & 8 != 0, hasFallback: bits & 16 != 0)
    }

    @Test("all 32 rows of the truth table", arguments: rows)
    func row(_ row: Row) {
        let route = EffectiveRoute(
            isHalted: row.isHalted, isFamilyDisabled: row.isDisabled, isPaused: row.isPaused,
            usesFamily: row.usesFamily, hasFallback: row.hasFallback)
        #expect(route == row.expected)
        // The model never decides on a family that is switched off.
        if row.isDisabled && row.usesFamily { #expect(route != .lane) }
    }

    @Test("of the 32 rows 16 halt, 8 pause, 1 falls back, 1 wakes someone, 6 keep the lane")
    func counts() {
        let routes = Self.rows.map {
            EffectiveRoute(
                isHalted: $0.isHalted, isFamilyDisabled: $0.isDisabled, isPaused: $0.isPaused,
                usesFamily: $0.usesFamily, hasFallback: $0.hasFallback)
        }
        let counts = EffectiveRoute.allCases.map { route in routes.count { $0 == route } }
        #expect(counts == [16, 8, 1, 1, 6])
    }
}
