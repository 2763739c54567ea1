/// How a first amount becomes a last one: each step begins where the one before it ended.
package struct Waterfall: Sendable {
    package enum Step: Sendable {
        /// An amount that stands for itself, such as gross and net.
        case total(String, Double)
        /// What is added, or taken away when it is negative.
        case change(String, Double)

        fileprivate var label: String {
            switch self {
            case .total(let label, _), .change(let label, _): label
            }
        }
    }

    private let axis: Axis
    private let format: NumberFormat
    private let groups: [(name: String, ink: Ink, steps: [Step])]

    /// - Parameter groups: waterfalls below each other on one axis, such as champion and candidate.
    package init(
        axis: Axis, _ format: NumberFormat, _ groups: [(name: String, ink: Ink, steps: [Step])]
    ) {
        self.axis = axis
        self.format = format
        self.groups = groups
    }

    package func drawing(id: String, title: String, words: Phrase) -> Drawing {
        Drawing(
            id: id, title: title, words: words,
            keys: groups.map { Drawing.Key(shape: .area, ink: $0.ink, label: $0.name) }
                + [Drawing.Key(shape: .area, ink: .limit, label: "what a step takes away")],
            draw: draw)
    }

    /// A step with where its bar begins and ends.
    private struct Bar {
        let label: String
        let from: Double
        let to: Double
        let isTotal: Bool
    }

    private static func bars(_ steps: [Step]) -> [Bar] {
        var level = 0.0
        return steps.map { step in
            switch step {
            case .total(let label, let amount):
                level = amount
                return Bar(label: label, from: 0, to: amount, isTotal: true)
            case .change(let label, let amount):
                defer { level += amount }
                return Bar(label: label, from: level, to: level + amount, isTotal: false)
            }
        }
    }

    private func draw(_ width: Double) -> (content: HTML, height: Double) {
        let all = groups.map { Waterfall.bars($0.steps) }
        let labels = groups.flatMap { $0.steps.map(\.label) }
        let left = (labels.map { Canvas.width(of: $0) }.max() ?? 0) + 10
        // Room for an amount behind the longest bar.
        let x = Scale(
            axis, covering: [0] + all.joined().flatMap { [$0.from, $0.to] },
            from: left + 48, to: width - 62, ticksMax: width < 500 ? 3 : 7)
        var canvas = Canvas()
        var y = 4.0
        let rowHeight = 24.0
        let height =
            4 + groups.reduce(0.0) { $0 + 22 + rowHeight * Double($1.steps.count) + 6 }
        for tick in x.ticks {
            canvas.line(from: (x(tick.value), 4), to: (x(tick.value), height), "grid")
            canvas.text(tick.label, at: (x(tick.value), height + 16), .middle)
        }
        canvas.line(from: (x.clamped(0), 4), to: (x.clamped(0), height), "axis")
        for (group, bars) in zip(groups, all) {
            canvas.text(group.name, at: (2, y + 14), .start, "strong")
            y += 22
            for (index, bar) in bars.enumerated() {
                draw(bar, y: y, ink: group.ink, x, &canvas)
                if index + 1 < bars.count {
                    let place = x.clamped(bar.to)
                    canvas.line(from: (place, y + 18), to: (place, y + rowHeight + 4), "axis")
                }
                y += rowHeight
            }
            y += 6
        }
        canvas.text(axis.label, at: (width - 4, height + 34), .end, "name")
        return (canvas.content, height + 42)
    }

    private func draw(_ bar: Bar, y: Double, ink: Ink, _ x: Scale, _ canvas: inout Canvas) {
        let (low, high) = (x.clamped(min(bar.from, bar.to)), x.clamped(max(bar.from, bar.to)))
        let takes = !bar.isTotal && bar.to < bar.from
        let style = (takes ? Ink.limit : ink).area + (bar.isTotal ? " whole" : " edged")
        canvas.rectangle(x: low, y: y + 4, width: max(1, high - low), height: 14, style)
        canvas.text(bar.label, at: (2, y + 15), .start, bar.isTotal ? "strong" : "name")
        let amount = bar.isTotal ? bar.to : bar.to - bar.from
        let text = (bar.isTotal ? format : format.signed).bare.text(amount)
        if bar.to < 0 || takes {
            canvas.text(text, at: (low - 5, y + 15), .end, "halo")
        } else {
            canvas.text(text, at: (high + 5, y + 15), .start, "halo")
        }
    }
}
