package import Statistics

extension CanaryReport {
    /// Figure B: what each ledger was worth at each bar of the evidence's range, as a fraction of
    /// what it started with, and how far below its highest mark.
    package struct Equity: Equatable, Sendable {
        package struct Series: Equatable, Sendable {
            package let ledger: RunLedger
            /// Marked to market and net, one for each of ``closesNs``; 1 at the start.
            package let values: [Double]
            /// At or above 0, one for each bar.
            package let drawdowns: [Double]
            package let maxDrawdown: Figure
        }

        /// A stretch that is shown shaded.
        package struct Shade: Equatable, Sendable {
            package let span: Span
            package let reason: Sample.Reason
        }

        /// In quote currency: 1 of ``Series/values``.
        package let start: Double
        package let closesNs: [Int64]
        /// Champion, candidate, acted.
        package let series: [Series]
        package let shades: [Shade]
    }
}
