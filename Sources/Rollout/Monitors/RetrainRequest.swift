/// An alert that asks for a retraining, and how one is started.
package struct RetrainRequest: Equatable, Sendable {
    package let alert: AlertChange
    package let symbol: String?

    init(_ alert: AlertChange, symbol: String?) {
        self.alert = alert
        self.symbol = symbol
    }

    /// The command to run, which nothing runs by itself.
    package static let command = "tapedeck train SCENARIO"
}
