// Draws from the distributions that the project needs. Each consumes bits of the stream only, and
// computes with `Elementary` only, so a seed gives the same numbers on every machine.

extension RandomStream {
    /// A standard normal draw by the ziggurat of 256 layers (Marsaglia and Tsang, in Doornik's
    /// form): about 99 draws in 100 cost one multiplication.
    package mutating func normal() -> Double {
        while true {
            let bits = next()
            let layer = Int(bits & 0xff)
            let u = Double(bits >> 11) * 0x1p-52 - 1
            if u.magnitude < Ziggurat.ratios[layer] { return u * Ziggurat.edges[layer] }
            if layer == 0 { return normalTail(isNegative: u < 0) }
            let x = u * Ziggurat.edges[layer]
            let outer = Ziggurat.edges[layer]
            let inner = Ziggurat.edges[layer + 1]
            let low = Elementary.exp(-0.5 * (outer * outer - x * x))
            let high = Elementary.exp(-0.5 * (inner * inner - x * x))
            if low + uniform() * (high - low) < 1 { return x }
        }
    }

    /// A normal draw beyond the ziggurat's base (Marsaglia's method for the tail).
    private mutating func normalTail(isNegative: Bool) -> Double {
        while true {
            let x = exponential() / Ziggurat.base
            if 2 * exponential() > x * x {
                return isNegative ? -(Ziggurat.base + x) : Ziggurat.base + x
            }
        }
    }

    /// An exponential draw of mean 1.
    package mutating func exponential() -> Double {
        -Elementary.log(1 - uniform())
    }

    /// A gamma draw of scale 1 and `shape` of at least 1 (Marsaglia and Tsang, 2000).
    package mutating func gamma(shape: Double) -> Double {
        precondition(shape >= 1, "a shape below 1 is not supported")
        let d = shape - 1.0 / 3
        let c = 1 / (9 * d).squareRoot()
        while true {
            let x = normal()
            let root = 1 + c * x
            guard root > 0 else { continue }
            let v = root * root * root
            let u = 1 - uniform()
            if Elementary.log(u) < 0.5 * x * x + d - d * v + d * Elementary.log(v) { return d * v }
        }
    }

    /// A draw of Student's t with at least 2 degrees of freedom.
    package mutating func studentT(degrees: Double) -> Double {
        let chiSquare = 2 * gamma(shape: degrees / 2)
        return normal() / (chiSquare / degrees).squareRoot()
    }

    /// A Poisson draw of `mean`, by summing exponential waits; costs O(`mean`).
    package mutating func poisson(mean: Double) -> Int {
        precondition(mean >= 0 && mean.isFinite, "a mean count is finite and not negative")
        var count = 0
        var rest = mean
        // Sums of Poisson counts are Poisson: large means are cut so that exp(-mean) stays normal.
        while rest > 32 {
            count += poisson(exponentialOfMean: Elementary.exp(-32))
            rest -= 32
        }
        return count + poisson(exponentialOfMean: Elementary.exp(-rest))
    }

    /// A Poisson draw of the mean whose `exp(-mean)` is given: the fast form for a fixed mean.
    @inlinable
    package mutating func poisson(exponentialOfMean limit: Double) -> Int {
        var count = 0
        var product = uniform()
        while product > limit {
            count += 1
            product *= uniform()
        }
        return count
    }
}

/// Tables of the normal ziggurat: layers of equal area under exp(-x^2/2).
private enum Ziggurat {
    /// Where the tail begins, and the area of each of the 256 layers, so that they fill the curve.
    static let base = 3.654_152_885_361_009
    private static let area = 0.004_928_673_233_99

    /// Right edges from the base (whose edge counts the tail's area in) to the top, which is 0.
    static let edges: [Double] = {
        let density = Elementary.exp(-0.5 * base * base)
        var edges = [area / density, base]
        var height = density
        for _ in 2..<256 {
            height += area / edges[edges.count - 1]
            edges.append((-2 * Elementary.log(height)).squareRoot())
        }
        edges.append(0)
        return edges
    }()

    /// A layer's inner edge by its outer one: below this share a point is under the curve.
    static let ratios: [Double] = (0..<256).map { edges[$0 + 1] / edges[$0] }
}
