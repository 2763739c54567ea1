/// Values of rows over columns as cells, coloured by step and labelled where there is room.
package struct HeatMap: Sendable {
    /// One cell; `isMarked` draws an outline around it, for a value beyond what chance explains.
    package struct Cell: Sendable {
        let value: Double?
        let isMarked: Bool
        let text: String

        /// - Parameters:
        ///   - value: nil where nothing is known.
        ///   - text: shown when the cell is pointed at.
        package init(value: Double?, isMarked: Bool, text: String) {
            self.value = value
            self.isMarked = isMarked
            self.text = text
        }
    }

    private let columns: [String]
    private let rows: [(label: String, cells: [Cell])]
    private let bounds: [Double]
    private let format: NumberFormat
    private let markLabel: String

    /// - Parameters:
    ///   - bounds: ascending limits between the colours, at most four.
    ///   - mark: what an outlined cell means.
    package init(
        columns: [String], rows: [(label: String, cells: [Cell])], bounds: [Double],
        _ format: NumberFormat, mark: String
    ) {
        precondition(bounds.count <= 4, "there are five steps of colour")
        self.columns = columns
        self.rows = rows
        self.bounds = bounds
        self.format = format
        markLabel = mark
    }

    package func drawing(id: String, title: String, words: Phrase) -> Drawing {
        Drawing(id: id, title: title, words: words, keys: [], draw: draw)
    }

    /// Columns that find no room beside each other go to a block of rows below.
    private func draw(_ width: Double) -> (content: HTML, height: Double) {
        let isNarrow = width < 500
        let cellWidth = 36.0
        let cellHeight = 22.0
        let longest = rows.map { Canvas.width(of: $0.label) }.max() ?? 0
        let left = isNarrow ? 0 : min(longest + 10, width * 0.35)
        let perBlock = max(1, Int((width - left) / cellWidth))
        var canvas = Canvas()
        var y = 4.0
        var first = 0
        repeat {
            let block = first..<min(first + perBlock, columns.count)
            for (place, column) in block.enumerated() {
                canvas.text(
                    columns[column], at: (left + (Double(place) + 0.5) * cellWidth, y + 12),
                    .middle, "small")
            }
            y += 18
            for row in rows {
                if isNarrow { y += 18 }
                canvas.text(
                    row.label, at: (2, isNarrow ? y - 5 : y + 15), .start, "name")
                for (place, column) in block.enumerated() {
                    draw(
                        row.cells[column], x: left + Double(place) * cellWidth, y: y,
                        width: cellWidth, height: cellHeight, &canvas)
                }
                y += cellHeight
            }
            y += 10
            first = block.upperBound
        } while first < columns.count
        let height = legend(from: y, width: width, &canvas)
        return (canvas.content, height)
    }

    private func draw(
        _ cell: Cell, x: Double, y: Double, width: Double, height: Double, _ canvas: inout Canvas
    ) {
        let step = cell.value.map { value in bounds.count { $0 <= value } }
        let style = step.map { "heat h\($0)" } ?? "heat"
        canvas.rectangle(
            x: x + 1, y: y + 1, width: width - 2, height: height - 2,
            cell.isMarked ? style + " marked" : style, title: cell.text)
        canvas.text(
            cell.value.map { format.bare.text($0) } ?? NumberFormat.dash,
            at: (x + width / 2, y + height / 2 + 4), .middle,
            step == 4 ? "small over" : "small name")
    }

    /// Draws what colours and outlines mean; the new height.
    private func legend(from y: Double, width: Double, _ canvas: inout Canvas) -> Double {
        var (x, y) = (2.0, y + 6)
        func put(_ style: String, _ label: String, _ canvas: inout Canvas) {
            let needed = 26 + Canvas.width(of: label) + 14
            if x + needed > width, x > 2 {
                x = 2
                y += 20
            }
            canvas.rectangle(x: x, y: y, width: 20, height: 14, style)
            canvas.text(label, at: (x + 26, y + 11))
            x += needed
        }
        for step in 0...bounds.count {
            let label: String
            if step == 0 {
                label = bounds.isEmpty ? "any" : "below " + format.text(bounds[0])
            } else {
                label = "from " + format.text(bounds[step - 1])
            }
            put("heat h\(step)", label, &canvas)
        }
        put("heat marked", markLabel, &canvas)
        return y + 24
    }
}
