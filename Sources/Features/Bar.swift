/// A finished bar of one symbol, in quote and base currency.
package struct Bar: Equatable, Sendable {
    package let closeNs: Int64
    package let open: Double
    package let high: Double
    package let low: Double
    package let close: Double
    package let volume: Double

    package init(
        closeNs: Int64, open: Double, high: Double, low: Double, close: Double, volume: Double
    ) {
        self.closeNs = closeNs
        self.open = open
        self.high = high
        self.low = low
        self.close = close
        self.volume = volume
    }
}
