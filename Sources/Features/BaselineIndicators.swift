package import Market

/// The baseline columns of one symbol, from its own bars alone: feed it each slot once, in order.
///
/// What is defined over slots takes a missing bar as NaN. What is recursive waits until the bar is
/// back, and starts anew after a longer gap. All memory is taken in `init`.
package struct BaselineIndicators: Sendable {
    /// How many missing bars in a row the recursive indicators bridge.
    package static let bridgedCountMax = 4

    /// How often a gap made the recursive indicators start anew.
    package private(set) var restartCount = 0
    /// The mean of the last 20 closes, which the bands of the last row lie around.
    package var bandMiddle: Double { bands.middle }

    private var moves = PriceMoves()
    private var bands = BollingerBands()
    private var volumeScore = VolumeScore()
    private var recursive = RecursiveIndicators()
    /// Missing bars since the last one that was there.
    private var missingCount = 0
    private var hasBegun = false

    package init() {}

    /// Takes a slot's bar and appends the values of ``FeatureFamilies/baselineColumns``, in order.
    package mutating func push(_ bar: Bar, into row: inout [Double]) {
        hasBegun = true
        missingCount = 0
        moves.push(bar.close)
        bands.push(bar.close)
        volumeScore.push(bar.volume)
        let strength = recursive.strength.push(bar.close)
        let range = recursive.range.push(bar)
        let direction = recursive.direction.push(bar)
        recursive.convergence.push(bar.close)
        let week = WeekPhase.point(bar.closeNs)

        row.append(moves.change(over: 1))
        row.append(moves.change(over: 4))
        row.append(moves.change(over: 16))
        row.append(moves.change(over: 96))
        row.append(moves.volatility)
        row.append(strength)
        row.append(range)
        row.append(quotient(range, bar.close))
        row.append(direction)
        row.append(recursive.convergence.line)
        row.append(recursive.convergence.signal)
        row.append(recursive.convergence.histogram)
        row.append(bands.upper)
        row.append(bands.lower)
        row.append(moves.difference(over: 10))
        row.append(bar.volume)
        row.append(volumeScore.value)
        row.append(week.sine)
        row.append(week.cosine)
    }

    /// Takes a slot without a bar.
    package mutating func pushMissing() {
        moves.push(.nan)
        bands.push(.nan)
        volumeScore.push(.nan)
        missingCount += 1
        // Before the first bar there is nothing to start anew.
        if missingCount == Self.bridgedCountMax + 1 && hasBegun {
            recursive = RecursiveIndicators()
            restartCount += 1
        }
    }
}

/// The indicators that depend on all bars since they started.
private struct RecursiveIndicators: Sendable {
    var strength = RelativeStrength()
    var range = AverageTrueRange()
    var direction = DirectionalIndex()
    var convergence = ConvergenceDivergence()
}

extension BaselineIndicators: StateEncodable {
    package func encode(into state: inout StateEncoder) {
        moves.encode(into: &state)
        bands.encode(into: &state)
        volumeScore.encode(into: &state)
        recursive.encode(into: &state)
        state.add(missingCount)
        state.add(hasBegun)
        state.add(restartCount)
    }
}

extension RecursiveIndicators: StateEncodable {
    func encode(into state: inout StateEncoder) {
        strength.encode(into: &state)
        range.encode(into: &state)
        direction.encode(into: &state)
        convergence.encode(into: &state)
    }
}
