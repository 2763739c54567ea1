/// A table of a page: aligned columns under headings, in a box of its own that scrolls sideways.
package struct PageTable: Hashable, Sendable {
    package enum Alignment: Hashable, Sendable {
        case left, right
    }

    package struct Column: Hashable, Sendable {
        let heading: String
        let alignment: Alignment
        var isLong = false

        /// A column of words.
        package static func text(_ heading: String) -> Column {
            Column(heading: heading, alignment: .left)
        }

        /// A column of sentences, which takes room.
        package static func sentence(_ heading: String) -> Column {
            Column(heading: heading, alignment: .left, isLong: true)
        }

        /// A column of numbers, right-aligned with digits of one width.
        package static func number(_ heading: String) -> Column {
            Column(heading: heading, alignment: .right)
        }
    }

    let caption: String
    let columns: [Column]
    package private(set) var rows: [[Phrase]] = []

    /// - Parameter caption: what the table shows, read out before it and shown above it.
    package init(_ caption: String, _ columns: [Column]) {
        self.caption = caption
        self.columns = columns
    }

    package mutating func add(_ cells: [Phrase]) {
        precondition(cells.count == columns.count, "a row has a cell for every column")
        rows.append(cells)
    }

    package mutating func add(_ cells: Phrase...) {
        add(cells)
    }

    /// - Parameter id: of the table element, where a script looks for it.
    package func html(id: String? = nil) -> HTML {
        let head = columns.map { column in
            HTML.element("th", ["scope": "col", "class": column.cellClass], HTML(column.heading))
        }
        let body = rows.map { cells in
            HTML.element(
                "tr", [:],
                joining: zip(columns, cells).enumerated().map { index, cell in
                    // The first column names the row.
                    index == 0
                        ? .element("th", ["scope": "row", "class": cell.0.cellClass], cell.1.html)
                        : .element("td", ["class": cell.0.cellClass], cell.1.html)
                }) + HTML(trusted: "\n")
        }
        let table = HTML.element(
            "table", ["id": id], .element("caption", [:], HTML(caption)),
            .element("thead", [:], .element("tr", [:], joining: head)), HTML(trusted: "\n"),
            .element("tbody", [:], joining: body))
        // A box that scrolls must be reachable by the keyboard.
        return .element(
            "div", ["class": "scroll", "role": "region", "tabindex": "0", "aria-label": caption],
            table)
    }
}

extension PageTable.Column {
    fileprivate var cellClass: String? { alignment == .right ? "n" : isLong ? "long" : nil }
}
