/// One thing that happens to a run's market, its feed or its venue, as a scenario declares it.
package struct Injection: Equatable, Sendable {
    package let kind: InjectionKind
    /// Nil for all of the run. Of a correlated crash the first one leads; where none are named, it
    /// is the run's BTC.
    package var symbols: [String]?
    package var start: Start
    /// In the order of the kind's fields.
    private var values: [Int64]

    package enum Start: Equatable, Sendable {
        case at(Int64)
        /// So long after the window begins.
        case after(Int64)
    }

    /// With every parameter as it is where a file says nothing.
    package init(_ kind: InjectionKind, start: Start, symbols: [String]? = nil) {
        self.kind = kind
        self.start = start
        self.symbols = symbols
        values = kind.fields.map(\.standard)
    }

    /// A parameter that the kind has: millionths or nanoseconds.
    package subscript(_ parameter: InjectionParameter) -> Int64 {
        get { values[index(parameter)] }
        set {
            let index = index(parameter)
            precondition(kind.fields[index].range.contains(newValue), "out of range")
            values[index] = newValue
        }
    }

    private func index(_ parameter: InjectionParameter) -> Int {
        guard let index = kind.fields.firstIndex(where: { $0.parameter == parameter }) else {
            preconditionFailure("\(kind) has no \(parameter)")
        }
        return index
    }

    /// The same injection at the size at which it does nothing.
    package var zeroed: Injection {
        var zeroed = self
        for field in kind.fields {
            if let zero = field.zero { zeroed[field.parameter] = zero }
        }
        return zeroed
    }

    /// From start to end; nil for one that lasts to the end of the tape.
    package var spanNs: Int64? {
        switch kind {
        case .flashCrash: self[.fall] + self[.hold] + self[.recovery]
        case .correlatedCrash: self[.fall] + self[.hold] + self[.recovery] + self[.lag]
        case .halvingStep: nil
        case .volatilityRegime, .spreadBlowOut, .depthDrought, .fundingSpike, .feedGap, .frozenFeed,
            .duplicates, .outOfOrder, .nanBurst, .clockSkew, .latencySpike, .feeChange,
            .exchangeOutage:
            self[.lasting]
        }
    }
}
