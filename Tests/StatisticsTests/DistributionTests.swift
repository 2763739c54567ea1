import Numerics
import Statistics
import Testing

@Suite("The distributions of test statistics")
struct DistributionTests {
    /// P(X <= x) and P(X > x) in 40 digits by mpmath, which agree with the published tables as far
    /// as those go (Abramowitz and Stegun 26.1, 26.7, 26.9, 26.10).
    private static let tailTable: [(Distribution, x: Double, below: Double, above: Double)] = [
        (.normal, -3, 0.0013498980316300945, 0.99865010196836991),
        (.normal, -1, 0.15865525393145705, 0.84134474606854295),
        (.normal, 0, 0.5, 0.5),
        (.normal, 0.5, 0.6914624612740131, 0.3085375387259869),
        (.normal, 2, 0.97724986805182079, 0.022750131948179207),
        (.normal, 6, 0.99999999901341235, 9.8658764503769814e-10),
        (.studentT(degrees: 1), 1, 0.75, 0.25),
        (.studentT(degrees: 4), 2.5, 0.96661672759400593, 0.033383272405994073),
        (.studentT(degrees: 24), 1.3, 0.89702585094894112, 0.10297414905105888),
        (.studentT(degrees: 9), -0.7, 0.2508095196080726, 0.7491904803919274),
        (.studentT(degrees: 24), 12, 0.99999999999375065, 6.2493457751690826e-12),
        (.chiSquare(degrees: 1), 3.5, 0.93863117086059783, 0.061368829139402173),
        (.chiSquare(degrees: 9), 16.9, 0.94969480987568912, 0.050305190124310876),
        (.chiSquare(degrees: 5), 1, 0.037434226752703631, 0.96256577324729637),
        (.chiSquare(degrees: 9), 40, 0.99999240147477054, 7.598525229464276e-6),
        (.f(numeratorDegrees: 2, denominatorDegrees: 2), 3, 0.75, 0.25),
        (
            .f(numeratorDegrees: 4, denominatorDegrees: 10), 3, 0.92767677771185977,
            0.072323222288140233
        ),
        (
            .f(numeratorDegrees: 5, denominatorDegrees: 2), 0.5, 0.2300481458333117,
            0.7699518541666883
        ),
        (
            .f(numeratorDegrees: 3, denominatorDegrees: 20), 8, 0.99893337271722179,
            0.0010666272827782088
        ),
    ]

    @Test("have the tabled tails to 1e-12, small ones too", arguments: tailTable.indices)
    func tails(index: Int) {
        let (distribution, x, below, above) = Self.tailTable[index]
        #expect((distribution.cdf(x) / below - 1).magnitude < 1e-12)
        #expect((distribution.survival(x) / above - 1).magnitude < 1e-12)
    }

    private static let quantileTable: [(Distribution, p: Double, x: Double)] = [
        (.normal, 0.025, -1.9599639845400542), (.normal, 0.9, 1.2815515655446005),
        (.normal, 0.95, 1.6448536269514727), (.normal, 0.975, 1.9599639845400542),
        (.normal, 0.995, 2.5758293035489008),
        (.studentT(degrees: 1), 0.95, 6.3137515146750431),
        (.studentT(degrees: 4), 0.975, 2.7764451051977944),
        (.studentT(degrees: 9), 0.995, 3.2498355415921263),
        (.studentT(degrees: 24), 0.975, 2.0638985616280258),
        (.chiSquare(degrees: 9), 0.95, 16.91897760462045),
        (.chiSquare(degrees: 1), 0.95, 3.841458820694126),
        (.chiSquare(degrees: 4), 0.01, 0.2971094805065319),
        (.f(numeratorDegrees: 4, denominatorDegrees: 10), 0.95, 3.4780496907652302),
        (.f(numeratorDegrees: 3, denominatorDegrees: 20), 0.99, 4.9381933823105389),
    ]

    @Test("have the tabled quantiles to 1e-12", arguments: quantileTable.indices)
    func quantiles(index: Int) {
        let (distribution, p, x) = Self.quantileTable[index]
        #expect((distribution.quantile(p) / x - 1).magnitude < 1e-12)
    }

    @Test("are undone by their quantiles")
    func inverse() {
        let distributions: [Distribution] = [
            .normal, .studentT(degrees: 2.5), .chiSquare(degrees: 7),
            .f(numeratorDegrees: 3, denominatorDegrees: 8),
        ]
        for distribution in distributions {
            for percent in 1..<100 {
                let p = Double(percent) / 100
                let back = distribution.cdf(distribution.quantile(p))
                #expect(isNear(back, p, tolerance: 1e-12))
            }
        }
    }

    @Test("give NaN outside their domain, and do not throw through Swift")
    func domain() {
        #expect(Distribution.studentT(degrees: -1).cdf(0).isNaN)
        #expect(Distribution.chiSquare(degrees: 3).cdf(-1).isNaN)
        #expect(Distribution.normal.quantile(2).isNaN)
        #expect(
            Distribution.normal.quantile(1) == .infinity || Distribution.normal.quantile(1).isNaN)
        #expect(Distribution.normal.cdf(.nan).isNaN)
    }

    @Test("hold Kolmogorov's limit to 1e-12 on both of its series")
    func kolmogorov() {
        // mpmath, 40 digits. Smirnov's table (1948) has 0.027 of them to six.
        let values = [
            (0.3, 0.99999069419866543), (0.6, 0.8642827790506043), (0.99, 0.28087383922554891),
            (1, 0.26999967167735452), (1.5, 0.022217962616525129), (3, 3.0459959489425257e-8),
        ]
        for (x, p) in values {
            #expect((Kolmogorov.survival(x) / p - 1).magnitude < 1e-12, "at \(x)")
        }
        #expect(Kolmogorov.survival(0) == 1)
        #expect(Kolmogorov.survival(40) == 0)
    }

    @Test("hold Kolmogorov's distribution of one sample")
    func kolmogorovOneSample() {
        // scipy.stats.kstwo.sf, eight digits as printed; and D < 1/n cannot occur under 1/(2n).
        for (distance, count, p) in [
            (0.1, 40, 0.78181097), (0.2, 17, 0.44704444), (0.35, 9, 0.17262384),
        ] {
            let value = Kolmogorov.oneSampleSurvival(distance: distance, count: count)
            #expect((value - p).magnitude < 5e-9)
        }
        #expect(isNear(Kolmogorov.oneSampleSurvival(distance: 0.05, count: 10), 1))
        // One value u is as far as max(u, 1 - u) from its distribution.
        #expect(isNear(Kolmogorov.oneSampleSurvival(distance: 0.7, count: 1), 0.6))
    }

    @Test("give p-values of nine digits, so that last bits decide nothing")
    func rounding() {
        #expect(Probability.rounded(0.1234567894) == 0.123456789)
        #expect(Probability.rounded(0.1234567896) == 0.12345679)
        #expect(Probability.rounded(1.2345678949e-7) == 1.23456789e-7)
        #expect(Probability.rounded(1) == 1)
        #expect(Probability.rounded(1.0000000000002) == 1)
        #expect(Probability.rounded(0) == 0)
        #expect(Probability.rounded(.nan).isNaN)
        #expect(Probability.rounded(-1e-17) == 0)
        var random = RandomStream(seed: 1, "p")
        for _ in 0..<1000 {
            let p = Probability.rounded(random.uniform())
            #expect(Probability.rounded(p.nextUp) == p && Probability.rounded(p.nextDown) == p)
        }
    }
}
