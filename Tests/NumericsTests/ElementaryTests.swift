import Glibc
import Numerics
import Testing

/// Our functions against the C library's, which are within one unit in the last place themselves.
@Suite struct ElementaryTests {
    @Test func exponentialIsWithinTwoUnits() {
        var draws = RandomStream(seed: 1, "exp")
        for _ in 0..<100_000 {
            let x = draws.uniform() * 1454 - 745
            #expect(ulps(Elementary.exp(x), Glibc.exp(x)) <= 2, "exp(\(x))")
            let small = draws.normal()
            #expect(ulps(Elementary.exp(small), Glibc.exp(small)) <= 1, "exp(\(small))")
        }
    }

    @Test func logarithmIsWithinTwoUnits() {
        var draws = RandomStream(seed: 1, "log")
        for _ in 0..<100_000 {
            let x = Double(bitPattern: draws.next() >> 1 % 0x7ff0_0000_0000_0000)
            if x.isFinite { #expect(ulps(Elementary.log(x), Glibc.log(x)) <= 2, "log(\(x))") }
            let near = 0.5 + draws.uniform()
            #expect(ulps(Elementary.log(near), Glibc.log(near)) <= 2, "log(\(near))")
        }
    }

    @Test func powerIsWithinTwoUnits() {
        var draws = RandomStream(seed: 1, "pow")
        for _ in 0..<100_000 {
            let base = Elementary.exp(draws.normal() * 4)
            let exponent = draws.normal() * 40
            let ours = Elementary.pow(base, exponent)
            #expect(ulps(ours, Glibc.pow(base, exponent)) <= 2, "pow(\(base), \(exponent))")
            let near = 1 + draws.normal() * 1e-3
            let large = draws.normal() * 2e5
            #expect(
                ulps(Elementary.pow(near, large), Glibc.pow(near, large)) <= 2,
                "pow(\(near), \(large))")
        }
    }

    @Test func sineAndCosineAreWithinTwoUnits() {
        var draws = RandomStream(seed: 1, "sin")
        for round in 0..<100_000 {
            let size = round % 2 == 0 ? 7 : Elementary.angleMax
            let x = (draws.uniform() * 2 - 1) * size
            #expect(ulps(Elementary.sin(x), Glibc.sin(x)) <= 2, "sin(\(x))")
            #expect(ulps(Elementary.cos(x), Glibc.cos(x)) <= 2, "cos(\(x))")
        }
    }

    @Test(arguments: [
        0.0, -0.0, 1, -1, 710, -746, .infinity, -.infinity, .nan, .leastNonzeroMagnitude,
        .leastNormalMagnitude, .greatestFiniteMagnitude, .pi / 2, .pi, 3 * .pi / 4,
    ])
    func specialValuesAreTheLibrarys(_ x: Double) {
        expectSame(Elementary.exp(x), Glibc.exp(x))
        expectSame(Elementary.log(x), Glibc.log(x))
        if x.magnitude <= Elementary.angleMax || !x.isFinite {
            expectSame(Elementary.sin(x), Glibc.sin(x))
            expectSame(Elementary.cos(x), Glibc.cos(x))
        }
        for exponent in [0, 0.5, -0.5, 2, 3, -3, .infinity, -.infinity, .nan] {
            expectSame(Elementary.pow(x, exponent), Glibc.pow(x, exponent))
            expectSame(Elementary.pow(exponent, x), Glibc.pow(exponent, x))
        }
    }

    /// The bits themselves: a machine that fuses or reorders fails here.
    @Test func bitsAreTheSameOnEveryMachine() {
        var draws = RandomStream(seed: 7, "bits")
        var hash: UInt64 = 0
        for _ in 0..<10_000 {
            let x = draws.normal() * 20
            let values = [
                Elementary.exp(x), Elementary.log(x.magnitude), Elementary.sin(x),
                Elementary.cos(x), Elementary.pow(x.magnitude, 1.7),
            ]
            for value in values { hash = (hash ^ value.bitPattern) &* 0x100_0000_01b3 }
        }
        #expect(hash == 18_413_883_871_619_329_476)
    }

    private func expectSame(
        _ ours: Double, _ library: Double, at location: SourceLocation = #_sourceLocation
    ) {
        #expect(
            ours.isNaN && library.isNaN || ulps(ours, library) <= 1, "\(ours) and \(library)",
            sourceLocation: location)
    }

    /// How many doubles lie between two of one sign.
    private func ulps(_ a: Double, _ b: Double) -> UInt64 {
        if a == b { return 0 }
        guard a.sign == b.sign, !a.isNaN, !b.isNaN else { return .max }
        let (low, high) = (min(a.bitPattern, b.bitPattern), max(a.bitPattern, b.bitPattern))
        return high - low
    }
}
