/// The space of one drawn plot: its scales and edges, and how each mark is put into it.
struct PlotFrame {
    let x: Scale
    let y: Scale
    let left: Double
    let right: Double
    let top: Double
    let bottom: Double

    /// - Parameter xLabel: nil where another frame below shows the times of both.
    func axes(xLabel: String?, yLabel: String, _ canvas: inout Canvas) {
        for tick in y.ticks {
            let position = y(tick.value)
            canvas.line(from: (left, position), to: (right, position), "grid")
            canvas.text(tick.label, at: (left - 6, position + 4), .end)
        }
        if xLabel != nil { xTicks(&canvas) }
        canvas.line(from: (left, bottom), to: (right, bottom), "axis")
        if y.low < 0, y.high > 0 {
            canvas.line(from: (left, y(0)), to: (right, y(0)), "axis")
        }
        canvas.text(yLabel, at: (2, top - 16), .start, "name")
        if let xLabel { canvas.text(xLabel, at: (right, bottom + 36), .end, "name") }
    }

    /// The ticks of the horizontal axis.
    func xTicks(_ canvas: inout Canvas) {
        var free = -Double.infinity
        for tick in x.ticks {
            let position = x(tick.value)
            canvas.line(from: (position, bottom), to: (position, bottom + 4), "axis")
            let half = Canvas.width(of: tick.label) / 2
            let centre = min(position, right + 12 - half)
            guard centre - half > free + 4 else { continue }
            canvas.text(tick.label, at: (centre, bottom + 18), .middle)
            free = centre + half
        }
    }

    func period(from: Double, to: Double, _ ink: Ink, _ canvas: inout Canvas) {
        let start = x.clamped(from)
        canvas.rectangle(
            x: start, y: top, width: max(1, x.clamped(to) - start), height: bottom - top,
            "period \(ink.rawValue)")
    }

    func draw(_ mark: Plot.Mark, _ canvas: inout Canvas) {
        switch mark {
        case .line(_, let ink, let points):
            canvas.polyline(thinned(points.map(place)), ink.line)
        case .step(_, let ink, let points):
            canvas.polyline(stepped(thinned(points.map(place))), ink.line)
        case .band(_, let ink, let points): band(points, ink, &canvas)
        case .dots(_, let ink, let points):
            for point in points {
                guard let place = place((point.x, point.y)) else { continue }
                canvas.marker(ink, at: place, title: point.text)
            }
        case .intervals(_, let ink, let points):
            for point in points {
                guard let place = place((point.x, point.y)) else { continue }
                canvas.line(
                    from: (place.x, y.clamped(point.low)), to: (place.x, y.clamped(point.high)),
                    ink.line + " solid")
                canvas.marker(ink, at: place)
                canvas.text(point.text, at: (place.x, y.clamped(point.high) - 5), .middle, "small")
            }
        case .bars(_, let ink, let bars): histogram(bars, ink, &canvas)
        case .level(_, let ink, let value):
            guard value >= y.low, value <= y.high else { return }
            canvas.line(from: (left, y(value)), to: (right, y(value)), ink.line)
        case .instant(_, let ink, let value):
            guard value >= x.low, value <= x.high else { return }
            canvas.line(from: (x(value), top), to: (x(value), bottom), ink.line)
        case .diagonal(_, let ink):
            let low = max(x.low, y.low)
            let high = min(x.high, y.high)
            canvas.line(from: (x(low), y(low)), to: (x(high), y(high)), ink.line)
        // Drawn beneath the grid.
        case .period: break
        }
    }

    private func place(_ point: (x: Double, y: Double)) -> Canvas.Point? {
        point.x.isFinite && point.y.isFinite ? (x(point.x), y.clamped(point.y)) : nil
    }

    private func band(
        _ points: [(x: Double, low: Double, high: Double)], _ ink: Ink, _ canvas: inout Canvas
    ) {
        let known = points.filter { $0.x.isFinite && !$0.low.isNaN && !$0.high.isNaN }
        let upper = thinned(known.map { (x($0.x), y.clamped($0.high)) }).compactMap(\.self)
        let lower = thinned(known.map { (x($0.x), y.clamped($0.low)) }).compactMap(\.self)
        canvas.polygon(upper + lower.reversed(), ink.area)
    }

    /// Bars with one outline in the ink's dash, so that two that overlap can be told apart.
    private func histogram(
        _ bars: [(from: Double, to: Double, y: Double)], _ ink: Ink, _ canvas: inout Canvas
    ) {
        let known = bars.filter { $0.y.isFinite }
        guard let first = known.first, let last = known.last else { return }
        let base = y.clamped(0)
        let tops = known.flatMap { bar -> [Canvas.Point] in
            [(x(bar.from), y.clamped(bar.y)), (x(bar.to), y.clamped(bar.y))]
        }
        let outline = [(x(first.from), base)] + tops + [(x(last.to), base)]
        canvas.polygon(outline, ink.area)
        canvas.polyline(outline, ink.line)
    }

    private func stepped(_ points: [Canvas.Point?]) -> [Canvas.Point?] {
        var result: [Canvas.Point?] = []
        for point in points {
            if let point, let last = result.last, let last { result.append((point.x, last.y)) }
            result.append(point)
        }
        return result
    }

    /// Of all points within one unit of width the first, the lowest, the highest and the last: what is
    /// seen is the same, and a month of minutes stays small.
    private func thinned(_ points: [Canvas.Point?]) -> [Canvas.Point?] {
        guard points.count > 1500 else { return points }
        var result: [Canvas.Point?] = []
        var group: [Canvas.Point] = []
        func flush() {
            guard let first = group.first, let last = group.last else { return }
            let low = group.indices.min { group[$0].y < group[$1].y } ?? 0
            let high = group.indices.max { group[$0].y < group[$1].y } ?? 0
            let middle = Set([low, high]).subtracting([0, group.count - 1]).sorted()
            result.append(first)
            result += middle.map { group[$0] }
            if group.count > 1 { result.append(last) }
            group.removeAll(keepingCapacity: true)
        }
        for point in points {
            guard let point else {
                flush()
                result.append(nil)
                continue
            }
            if let first = group.first, Int(first.x) != Int(point.x) { flush() }
            group.append(point)
        }
        flush()
        return result
    }
}
