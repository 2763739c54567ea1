package import Desk
package import Features
package import Market
import Models

/// What a role's model says of one bar of one symbol.
package struct Prediction: Equatable, Sendable {
    package enum Action: String, Sendable {
        case buy, none
        /// The symbol has no bar, so there is nothing to score.
        case missing
        /// No model is in service for the symbol.
        case paused
    }

    package let closeNs: Int64
    package let tickNs: Int64
    /// Among the traded symbols.
    package let symbol: Int
    package let role: Role
    /// Index into the run's models; nil while the symbol is paused.
    package let model: Int?
    /// Calibrated; nil where nothing was scored.
    package let probability: Double?
    package let action: Action
    /// Features that were unknown, of those that the model asks for.
    package let nanCount: Int
}

/// What was scored in a slice.
package struct SliceScores: Sendable {
    /// By tick, then symbol, then role.
    package var predictions: [Prediction] = []
    /// One for each tick in the window.
    package var signals: [TickSignals] = []
    /// Switches that took effect.
    package var switches: [ServiceSwitch] = []

    package init() {}
}

/// Scores rows with the models in service, and knows which those are.
package struct ScoringCore: Sendable {
    private let models: [ServedModel]
    /// By role, then by symbol: an index into `models`, nil while the symbol is paused.
    private var service: [[Int?]]
    /// Still to come, in the order in which they take effect.
    private var switches: ArraySlice<ServiceSwitch>
    private var probabilities: [Double] = []

    package init(models: [ServedModel], service: [[Int?]], switches: [ServiceSwitch]) {
        self.models = models
        self.service = service
        self.switches = switches[...]
    }

    /// Scores the rows of a slice that reaches to `endNs`: one entry for each traded symbol.
    package mutating func score(_ rows: [FeatureRows], throughNs endNs: Int64) -> SliceScores {
        var scores = SliceScores()
        let ticks = rows.first?.tickNs ?? []
        var start = 0
        while start < ticks.count {
            apply(before: ticks[start], &scores)
            // All ticks up to the next switch are scored together.
            let limitNs = switches.first?.atNs ?? .max
            var end = start + 1
            while end < ticks.count, ticks[end] <= limitNs { end += 1 }
            score(rows, start..<end, &scores)
            start = end
        }
        apply(before: endNs + 1, &scores)
        return scores
    }

    private mutating func apply(before tickNs: Int64, _ scores: inout SliceScores) {
        while let next = switches.first, next.atNs < tickNs {
            switches.removeFirst()
            switch next.target {
            case .model(let model): service[next.role.rawValue][next.symbol] = model
            case .refused: service[next.role.rawValue][next.symbol] = nil
            }
            scores.switches.append(next)
        }
    }

    private mutating func score(
        _ rows: [FeatureRows], _ ticks: Range<Int>, _ scores: inout SliceScores
    ) {
        let roles = Role.allCases.prefix(service.count)
        var predictions: [[[Prediction]]] = []
        for (symbol, symbolRows) in rows.enumerated() {
            predictions.append(roles.map { score(symbolRows, ticks, symbol: symbol, $0) })
        }
        for index in 0..<ticks.count {
            for symbol in predictions.indices {
                for role in roles {
                    scores.predictions.append(predictions[symbol][role.rawValue][index])
                }
            }
            let tick = ticks.lowerBound + index
            scores.signals.append(
                TickSignals(
                    closeNs: rows[0].closeNs[tick], tickNs: rows[0].tickNs[tick],
                    signals: roles.map { role in
                        predictions.map { Signal($0[role.rawValue][index]) }
                    },
                    routes: [Role](repeating: .champion, count: rows.count)))
        }
    }

    private mutating func score(
        _ rows: FeatureRows, _ ticks: Range<Int>, symbol: Int, _ role: Role
    ) -> [Prediction] {
        let width = rows.values.count / rows.closeNs.count
        let range = (ticks.lowerBound * width)..<(ticks.upperBound * width)
        let model = service[role.rawValue][symbol]
        if let model {
            models[model].probabilities(
                of: rows.values.span.extracting(range), rowWidth: width, into: &probabilities)
        }
        let values = rows.values[range]
        return ticks.enumerated().map { index, tick in
            let row = values[(values.startIndex + index * width)...].prefix(width)
            let isMissing = row.allSatisfy(\.isNaN)
            var action = model == nil ? Prediction.Action.paused : isMissing ? .missing : .none
            var probability: Double?
            var nanCount = 0
            if let model, !isMissing {
                let served = models[model]
                let value = probabilities[index]
                probability = value
                if let threshold = served.metadata.threshold, value >= threshold { action = .buy }
                nanCount = served.columns.count { row[row.startIndex + $0].isNaN }
            }
            return Prediction(
                closeNs: rows.closeNs[tick], tickNs: rows.tickNs[tick], symbol: symbol,
                role: role, model: model, probability: probability, action: action,
                nanCount: nanCount)
        }
    }
}

extension ScoringCore: StateEncodable {
    package func encode(into state: inout StateEncoder) {
        for model in service.joined() { state.add(model ?? -1) }
        state.add(switches.count)
    }
}

extension Signal {
    fileprivate init(_ prediction: Prediction) {
        self.init(wantsEntry: prediction.action == .buy, model: prediction.model ?? 0)
    }
}
