/// What lasted and what happened, in lanes below each other over time.
package struct TimeLine: Sendable {
    package struct Lane: Sendable {
        let label: String
        let spans: [(fromNs: Int64, untilNs: Int64, ink: Ink, text: String)]
        let events: [(ns: Int64, ink: Ink, text: String)]

        /// - Parameters:
        ///   - spans: periods with their name, written into them where there is room.
        ///   - events: instants, each with a text shown when it is pointed at.
        package init(
            _ label: String,
            spans: [(fromNs: Int64, untilNs: Int64, ink: Ink, text: String)] = [],
            events: [(ns: Int64, ink: Ink, text: String)] = []
        ) {
            self.label = label
            self.spans = spans
            self.events = events
        }
    }

    private let range: ClosedRange<Int64>
    private let lanes: [Lane]
    private let keys: [Drawing.Key]

    /// - Parameter legend: what the shapes of events mean.
    package init(
        range: ClosedRange<Int64>, legend: [(ink: Ink, label: String)], _ lanes: [Lane]
    ) {
        self.range = range
        self.lanes = lanes
        keys = legend.map { Drawing.Key(shape: .dot, ink: $0.ink, label: $0.label) }
    }

    package func drawing(id: String, title: String, words: Phrase) -> Drawing {
        Drawing(id: id, title: title, words: words, keys: keys, draw: draw)
    }

    private func draw(_ width: Double) -> (content: HTML, height: Double) {
        let isNarrow = width < 500
        let longest = lanes.map { Canvas.width(of: $0.label) }.max() ?? 0
        let left = isNarrow ? 4 : min(longest + 12, width * 0.3)
        let laneHeight = isNarrow ? 44.0 : 30
        let bottom = 6 + laneHeight * Double(lanes.count)
        let x = Scale(
            .time(range: range), covering: [], from: left, to: width - 14,
            ticksMax: isNarrow ? 4 : 8)
        var canvas = Canvas()
        for tick in x.ticks {
            canvas.line(from: (x(tick.value), 2), to: (x(tick.value), bottom), "grid")
            let half = Canvas.width(of: tick.label) / 2
            let centre = min(max(x(tick.value), half), width - half)
            canvas.text(tick.label, at: (centre, bottom + 16), .middle)
        }
        canvas.line(from: (left, bottom), to: (width - 14, bottom), "axis")
        for (index, lane) in lanes.enumerated() {
            let top = 4 + laneHeight * Double(index) + (isNarrow ? 18 : 4)
            if isNarrow {
                canvas.text(lane.label, at: (2, top - 4), .start, "name")
            } else {
                canvas.text(lane.label, at: (2, top + 15), .start, "name")
            }
            lane.draw(top: top, x, &canvas)
        }
        return (canvas.content, bottom + 24)
    }
}

extension TimeLine.Lane {
    /// Its marks, 21 units high, below `top`.
    func draw(top: Double, _ x: Scale, _ canvas: inout Canvas) {
        for span in spans {
            let from = x.clamped(Double(span.fromNs))
            let width = max(2, x.clamped(Double(span.untilNs)) - from)
            canvas.rectangle(
                x: from, y: top, width: width, height: 21, span.ink.area + " edged",
                title: span.text)
            if Canvas.width(of: span.text) + 6 < width {
                canvas.text(span.text, at: (from + 4, top + 15), .start, "small name")
            }
        }
        for event in events {
            canvas.marker(
                event.ink, at: (x.clamped(Double(event.ns)), top + 11), title: event.text)
        }
    }
}
