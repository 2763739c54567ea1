/// A figure ready for a page: drawn once for wide screens and paper and once for phones, so that its
/// text is never smaller than 10 pixels, with its content in words.
package struct Drawing: Sendable {
    /// What a mark of the legend looks like and means.
    struct Key: Hashable, Sendable {
        enum Shape: Hashable, Sendable {
            case line, area, dot
        }

        let shape: Shape
        let ink: Ink
        let label: String
    }

    /// Widths that text of 12 units is drawn for. A phone of 360 pixels leaves 328 for a figure.
    static let wideWidth = 720.0
    static let narrowWidth = 340.0

    let id: String
    let title: String
    /// What the figure shows, for those who do not see it and for Markdown.
    let words: Phrase
    let keys: [Key]
    /// The drawing's content and height for a width.
    let draw: @Sendable (Double) -> (content: HTML, height: Double)

    package var html: HTML {
        .element(
            "figure", ["id": id],
            .element("figcaption", [:], HTML(title)),
            legend,
            svg(width: Drawing.wideWidth, name: "wide"),
            svg(width: Drawing.narrowWidth, name: "narrow"),
            .element("p", ["class": "words"], words.html)) + HTML(trusted: "\n")
    }

    var markdown: String {
        "**\(Markdown.escaped(title))** (figure in index.html)\n\n\(words.markdown)\n"
    }

    private var legend: HTML {
        guard !keys.isEmpty else { return .nothing }
        return .element(
            "ul", ["class": "legend"],
            joining: keys.map { key in
                .element("li", [:], swatch(key), HTML(key.label))
            })
    }

    private func svg(width: Double, name: String) -> HTML {
        let (content, height) = draw(width)
        let titleID = "\(id)-\(name)-title"
        let wordsID = "\(id)-\(name)-words"
        return .element(
            "svg",
            [
                "class": "figure \(name)", "role": "img",
                "viewBox": "0 0 \(Canvas.text(width)) \(Canvas.text(height))",
                "aria-labelledby": "\(titleID) \(wordsID)",
            ],
            .element("title", ["id": titleID], HTML(title)),
            .element("desc", ["id": wordsID], HTML(words.plain)), content)
    }

    private func swatch(_ key: Key) -> HTML {
        var canvas = Canvas()
        switch key.shape {
        case .line: canvas.line(from: (1, 7), to: (27, 7), key.ink.line)
        case .area: canvas.rectangle(x: 1, y: 2, width: 26, height: 10, key.ink.area)
        case .dot: canvas.marker(key.ink, at: (14, 7))
        }
        return .element(
            "svg", ["class": "swatch", "viewBox": "0 0 28 14", "aria-hidden": "true"],
            canvas.content)
    }
}

/// Which series a mark belongs to: a colour, a dash and a shape, so that none is told by colour alone.
package enum Ink: String, Hashable, Sendable, CaseIterable {
    case champion, candidate, difference, fourth, neutral, limit, warn

    var line: String { "line \(rawValue)" }
    var area: String { "area \(rawValue)" }
    var dot: String { "dot \(rawValue)" }
}
