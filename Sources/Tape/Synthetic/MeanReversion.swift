import Numerics

/// A value of mean 0 and deviation 1 that forgets half of itself every `halfLife` (a discrete
/// Ornstein-Uhlenbeck process, one step a minute).
struct MeanReversion: Sendable {
    private(set) var value: Double
    private let memory: Double
    private let noise: Double

    init(halfLifeMinutes: Double, draws: inout RandomStream) {
        memory = Elementary.pow(0.5, 1 / halfLifeMinutes)
        noise = (1 - memory * memory).squareRoot()
        value = draws.normal()
    }

    /// Moves one minute on.
    mutating func step(_ draws: inout RandomStream) {
        value = memory * value + noise * draws.normal()
    }
}
