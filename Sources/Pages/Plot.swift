/// A figure over two axes of numbers or time.
package struct Plot: Sendable {
    /// What is drawn, in the order given, later marks above earlier ones.
    package enum Mark: Sendable {
        /// A line through points; a `y` that is not finite interrupts it.
        case line(String, Ink, [(x: Double, y: Double)])
        /// A line that holds its value until the next point, as equity and stages do.
        case step(String, Ink, [(x: Double, y: Double)])
        /// The space between two lines.
        case band(String, Ink, [(x: Double, low: Double, high: Double)])
        /// Points of a shape, each with a text shown when it is pointed at.
        case dots(String, Ink, [(x: Double, y: Double, text: String)])
        /// Points with the interval that holds them and a short text beside each.
        case intervals(
            String, Ink, [(x: Double, y: Double, low: Double, high: Double, text: String)])
        /// Bars standing on zero from `from` to `to`, as in a histogram.
        case bars(String, Ink, [(from: Double, to: Double, y: Double)])
        /// A horizontal line with its name at its end.
        case level(String, Ink, Double)
        /// A vertical line with its name at its top.
        case instant(String, Ink, Double)
        /// A period shaded over the whole height.
        case period(String, Ink, from: Double, to: Double)
        /// The line where both axes are equal.
        case diagonal(String, Ink)
    }

    private let x: Axis
    private let y: Axis
    private let marks: [Mark]
    private let height: Double

    package init(x: Axis, y: Axis, height: Double = 260, _ marks: [Mark]) {
        self.x = x
        self.y = y
        self.height = height
        self.marks = marks
    }

    /// - Parameters:
    ///   - id: unique on the page; letters, digits and hyphens.
    ///   - words: what the figure shows, in words.
    package func drawing(id: String, title: String, words: Phrase) -> Drawing {
        Drawing(id: id, title: title, words: words, keys: keys, draw: draw)
    }

    private var keys: [Drawing.Key] {
        var keys: [Drawing.Key] = []
        for mark in marks {
            if let key = mark.key, !keys.contains(key) { keys.append(key) }
        }
        return keys
    }

    private func draw(_ width: Double) -> (content: HTML, height: Double) {
        let isNarrow = width < 500
        let top = 30.0
        let bottom = height + top
        let yScale = Scale(
            y, covering: marks.flatMap(\.ys), from: bottom, to: top, ticksMax: 6)
        let widest = yScale.ticks.map { Canvas.width(of: $0.label) }.max() ?? 0
        let left = widest + 10
        let right = width - 14
        let xScale = Scale(
            x, covering: marks.flatMap(\.xs), from: left, to: right, ticksMax: isNarrow ? 4 : 8)
        var canvas = Canvas()
        let frame = PlotFrame(
            x: xScale, y: yScale, left: left, right: right, top: top, bottom: bottom)
        for case .period(_, let ink, let from, let to) in marks {
            frame.period(from: from, to: to, ink, &canvas)
        }
        frame.axes(xLabel: x.label, yLabel: y.label, &canvas)
        for mark in marks { frame.draw(mark, &canvas) }
        return (canvas.content, bottom + 42)
    }
}

extension Plot.Mark {
    var key: Drawing.Key? {
        switch self {
        case .line(let label, let ink, _), .step(let label, let ink, _),
            .diagonal(let label, let ink), .level(let label, let ink, _),
            .instant(let label, let ink, _):
            return named(.line, ink, label)
        case .band(let label, let ink, _), .bars(let label, let ink, _),
            .period(let label, let ink, _, _):
            return named(.area, ink, label)
        case .dots(let label, let ink, _), .intervals(let label, let ink, _):
            return named(.dot, ink, label)
        }
    }

    private func named(_ shape: Drawing.Key.Shape, _ ink: Ink, _ label: String) -> Drawing.Key? {
        label.isEmpty ? nil : Drawing.Key(shape: shape, ink: ink, label: label)
    }

    fileprivate var xs: [Double] {
        switch self {
        case .line(_, _, let points), .step(_, _, let points): points.map(\.x)
        case .band(_, _, let points): points.map(\.x)
        case .dots(_, _, let points): points.map(\.x)
        case .intervals(_, _, let points): points.map(\.x)
        case .bars(_, _, let bars): bars.flatMap { [$0.from, $0.to] }
        case .instant(_, _, let x): [x]
        case .period(_, _, let from, let to): [from, to]
        case .level, .diagonal: []
        }
    }

    var ys: [Double] {
        switch self {
        case .line(_, _, let points), .step(_, _, let points): points.map(\.y)
        case .band(_, _, let points): points.flatMap { [$0.low, $0.high] }
        case .dots(_, _, let points): points.map(\.y)
        case .intervals(_, _, let points): points.flatMap { [$0.low, $0.y, $0.high] }
        case .bars(_, _, let bars): [0] + bars.map(\.y)
        case .level(_, _, let y): [y]
        case .instant, .period, .diagonal: []
        }
    }
}
