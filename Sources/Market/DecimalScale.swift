/// How an instrument's integer units become `Double` amounts: where exact arithmetic ends.
package struct DecimalScale: Equatable, Sendable {
    /// Price units in one unit of quote currency, size units in one unit of base.
    package let priceUnits: Double
    package let sizeUnits: Double

    package init(_ instrument: Instrument) {
        self.init(priceDecimals: instrument.priceDecimals, sizeDecimals: instrument.sizeDecimals)
    }

    package init(priceDecimals: Int, sizeDecimals: Int) {
        priceUnits = Double(FixedPoint.powerOfTen(priceDecimals))
        sizeUnits = Double(FixedPoint.powerOfTen(sizeDecimals))
    }

    /// Correctly rounded: the same `Double` as the decimal text would be read as.
    @inlinable
    package func price(_ units: Int64) -> Double { Double(units) / priceUnits }

    @inlinable
    package func size(_ units: Int64) -> Double { Double(units) / sizeUnits }
}
