import Numerics

/// Focal loss (Lin et al. 2017) of a margin: -a (1 - q)^gamma log q, where q is the probability of
/// the row's own class and a is alpha for a buy, 1 - alpha for the rest.
///
/// With gamma 0 and alpha 1/2 it is half the logistic loss, so one code serves both.
package struct FocalLoss: Equatable, Sendable {
    /// What one row adds to the loss, and the first and second derivative in its margin. The second
    /// one is negative where a row is far on the wrong side, for the loss is not convex.
    package struct Terms: Equatable, Sendable {
        package let value: Double
        package let gradient: Double
        package let hessian: Double
    }

    /// At least 0; the higher, the less do rows count that are right already.
    package let gamma: Double
    /// Between 0 and 1.
    package let alpha: Double

    package init(gamma: Double, alpha: Double) {
        precondition(gamma >= 0 && gamma.isFinite, "gamma is a number of at least 0")
        precondition(alpha > 0 && alpha < 1, "alpha lies between 0 and 1")
        self.gamma = gamma
        self.alpha = alpha
    }

    /// The loss that training minimises, up to a constant factor.
    package init(_ loss: ModelLoss) {
        switch loss {
        case .logistic: self.init(gamma: 0, alpha: 0.5)
        case .focal(let gamma, let alpha): self.init(gamma: gamma, alpha: alpha)
        }
    }

    package func terms(margin: Double, isBuy: Bool) -> Terms {
        // Everything in z, the margin towards the row's own class: q = 1 / (1 + exp(-z)). Neither q
        // nor u = 1 - q is got by subtraction, which would lose the smaller one.
        let z = isBuy ? margin : -margin
        let weight = isBuy ? alpha : 1 - alpha
        let small = Elementary.exp(-z.magnitude)
        let logSum = Self.log1p(small)
        let larger = 1 / (1 + small)
        let smaller = small / (1 + small)
        let q = z >= 0 ? larger : smaller
        let u = z >= 0 ? smaller : larger
        let logQ = z >= 0 ? -logSum : z - logSum
        let logU = z >= 0 ? -z - logSum : -logSum
        let scale = weight * Elementary.exp(gamma * logU)
        // dq/dz = q u; both derivatives are then sums without a quotient.
        let slope = scale * (gamma * q * logQ - u)
        let bend = scale * q * (u * (1 + 2 * gamma) + gamma * logQ * (u - gamma * q))
        return Terms(value: -scale * logQ, gradient: isBuy ? slope : -slope, hessian: bend)
    }

    /// log(1 + x) for 0 <= x <= 1 that keeps the digits of a small x (Kahan).
    private static func log1p(_ x: Double) -> Double {
        let sum = 1 + x
        return sum == 1 ? x : Elementary.log(sum) * (x / (sum - 1))
    }
}
