/// Estimates with their intervals below each other on one axis, each with its name and numbers.
package struct ForestPlot: Sendable {
    /// One estimate; `value` is nil where there is none, and `note` then says why.
    package struct Row: Sendable {
        let label: String
        let value: Double?
        let low: Double
        let high: Double
        let note: String
        let isWhole: Bool

        /// - Parameters:
        ///   - note: its numbers in short.
        ///   - isWhole: whether it sums up the others.
        package init(
            _ label: String, value: Double?, low: Double, high: Double, note: String,
            isWhole: Bool = false
        ) {
            self.label = label
            self.value = value
            self.low = low
            self.high = high
            self.note = note
            self.isWhole = isWhole
        }
    }

    private let axis: Axis
    private let rows: [Row]
    private let references: [(label: String, ink: Ink, value: Double)]

    /// - Parameter references: vertical lines such as zero and a margin.
    package init(
        axis: Axis, references: [(label: String, ink: Ink, value: Double)], _ rows: [Row]
    ) {
        self.axis = axis
        self.references = references
        self.rows = rows
    }

    package func drawing(id: String, title: String, words: Phrase) -> Drawing {
        Drawing(
            id: id, title: title, words: words,
            keys: references.map { Drawing.Key(shape: .line, ink: $0.ink, label: $0.label) },
            draw: draw)
    }

    private func draw(_ width: Double) -> (content: HTML, height: Double) {
        let isNarrow = width < 500
        // On a phone names and numbers stand above their interval, otherwise to its sides.
        let labelWidth = isNarrow ? 0 : rows.map { Canvas.width(of: $0.label) }.max() ?? 0
        let noteWidth = isNarrow ? 0 : rows.map { Canvas.width(of: $0.note) }.max() ?? 0
        // The first tick's label stands around the axis' end.
        let left = max(min(labelWidth, width * 0.3) + 12, 22)
        let right = width - min(noteWidth, width * 0.36) - 14
        let rowHeight = isNarrow ? 42.0 : 26
        let bottom = 8 + rowHeight * Double(rows.count)
        let known = rows.filter { $0.value != nil }
        let x = Scale(
            axis,
            covering: known.flatMap { [$0.low, $0.value ?? 0, $0.high] } + references.map(\.value),
            from: left, to: right, ticksMax: isNarrow ? 5 : 7)
        var canvas = Canvas()
        for tick in x.ticks {
            canvas.line(from: (x(tick.value), 4), to: (x(tick.value), bottom), "grid")
            let half = Canvas.width(of: tick.label) / 2
            let centre = min(max(x(tick.value), half + 2), width - half - 2)
            canvas.text(tick.label, at: (centre, bottom + 16), .middle)
        }
        for reference in references {
            let place = x.clamped(reference.value)
            canvas.line(from: (place, 4), to: (place, bottom), reference.ink.line)
        }
        canvas.line(from: (left, bottom), to: (right, bottom), "axis")
        canvas.text(
            axis.label, at: (isNarrow ? right : (left + right) / 2, bottom + 34),
            isNarrow ? .end : .middle, "name")
        for (index, row) in rows.enumerated() {
            let y = 4 + rowHeight * (Double(index) + (isNarrow ? 0.72 : 0.5))
            interval(row, y: y, x, &canvas)
            let style = row.isWhole ? "strong halo" : "name halo"
            if isNarrow {
                canvas.text(row.label, at: (2, y - 12), .start, style)
                canvas.text(row.note, at: (width - 2, y - 12), .end, "halo")
            } else {
                canvas.text(row.label, at: (2, y + 4), .start, style)
                canvas.text(row.note, at: (right + 12, y + 4), .start)
            }
        }
        return (canvas.content, bottom + 42)
    }

    private func interval(_ row: Row, y: Double, _ x: Scale, _ canvas: inout Canvas) {
        guard let value = row.value else { return }
        let ink: Ink = row.isWhole ? .difference : .candidate
        let (low, high) = (x.clamped(row.low), x.clamped(row.high))
        canvas.line(from: (low, y), to: (high, y), ink.line + " solid")
        for (end, isCut) in [(low, row.low < x.low), (high, row.high > x.high)] where !isCut {
            canvas.line(from: (end, y - 4), to: (end, y + 4), ink.line + " solid")
        }
        canvas.marker(ink, at: (x.clamped(value), y), title: row.label + ": " + row.note)
    }
}
