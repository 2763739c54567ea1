/// Curves in panels below each other and what happened in lanes below them, over one axis of time,
/// with periods shaded through all of them.
package struct TimePanels: Sendable {
    package struct Panel: Sendable {
        let y: Axis
        let height: Double
        let marks: [Plot.Mark]

        package init(y: Axis, height: Double = 150, _ marks: [Plot.Mark]) {
            self.y = y
            self.height = height
            self.marks = marks
        }
    }

    private let range: ClosedRange<Int64>
    private let periods: [(fromNs: Int64, untilNs: Int64)]
    private let panels: [Panel]
    private let lanes: [TimeLine.Lane]
    private let keys: [Drawing.Key]

    /// - Parameters:
    ///   - periods: what is shaded, under the one name `shaded`.
    ///   - legend: what the shapes of events mean.
    package init(
        range: ClosedRange<Int64>, periods: [(fromNs: Int64, untilNs: Int64)], shaded: String,
        _ panels: [Panel], lanes: [TimeLine.Lane], legend: [(ink: Ink, label: String)]
    ) {
        self.range = range
        self.periods = periods
        self.panels = panels
        self.lanes = lanes
        var keys: [Drawing.Key] = [Drawing.Key(shape: .area, ink: Self.shade, label: shaded)]
        for key in panels.flatMap(\.marks).compactMap(\.key) where !keys.contains(key) {
            keys.append(key)
        }
        self.keys = keys + legend.map { Drawing.Key(shape: .dot, ink: $0.ink, label: $0.label) }
    }

    private static let shade = Ink.limit
    private static let laneHeight = 44.0

    package func drawing(id: String, title: String, words: Phrase) -> Drawing {
        Drawing(id: id, title: title, words: words, keys: keys, draw: draw)
    }

    private func draw(_ width: Double) -> (content: HTML, height: Double) {
        var top = 30.0
        let scales = panels.map { panel -> (top: Double, y: Scale) in
            defer { top += panel.height + 40 }
            return (
                top,
                Scale(
                    panel.y, covering: panel.marks.flatMap(\.ys), from: top + panel.height,
                    to: top, ticksMax: 4)
            )
        }
        let labels = scales.flatMap(\.y.ticks).map { Canvas.width(of: $0.label) }
        let left = (labels.max() ?? 0) + 10
        let right = width - 14
        let x = Scale(
            .time(range: range), covering: [], from: left, to: right,
            ticksMax: width < 500 ? 4 : 8)
        var canvas = Canvas()
        for ((top, y), panel) in zip(scales, panels) {
            let frame = PlotFrame(
                x: x, y: y, left: left, right: right, top: top, bottom: top + panel.height)
            shade(frame, &canvas)
            frame.axes(xLabel: nil, yLabel: panel.y.label, &canvas)
            for mark in panel.marks { frame.draw(mark, &canvas) }
        }
        let bottom = top - 24 + Self.laneHeight * Double(lanes.count)
        // The lanes' values are their names: this frame's own scale is never seen.
        let frame = PlotFrame(
            x: x,
            y: Scale(
                .number("", .count, range: 0...1), covering: [], from: 0, to: 1,
                ticksMax: 1), left: left, right: right, top: top - 24, bottom: bottom)
        shade(frame, &canvas)
        for (index, lane) in lanes.enumerated() {
            let laneTop = top - 8 + Self.laneHeight * Double(index)
            canvas.text(lane.label, at: (2, laneTop), .start, "name")
            lane.draw(top: laneTop + 4, x, &canvas)
        }
        canvas.line(from: (left, bottom), to: (right, bottom), "axis")
        frame.xTicks(&canvas)
        return (canvas.content, bottom + 26)
    }

    private func shade(_ frame: PlotFrame, _ canvas: inout Canvas) {
        for period in periods {
            frame.period(
                from: Double(period.fromNs), to: Double(period.untilNs), Self.shade, &canvas)
        }
    }
}
