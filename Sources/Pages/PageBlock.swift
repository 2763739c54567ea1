/// A block of a page.
package enum PageBlock: Sendable {
    case heading(String)
    case paragraph(Phrase)
    /// A sentence that must be seen, such as a verdict or that something is missing.
    case note(Tone, Phrase)
    /// The sentence of the whole page.
    case banner(Tone, title: String, Phrase)
    case list([Phrase])
    /// Terms and what they are.
    case facts([(term: String, Phrase)])
    case table(PageTable)
    case drawing(Drawing)
    /// A command to type.
    case command(String)
    /// Blocks beside each other where there is room, below each other on a phone.
    case columns([[PageBlock]])
    /// Blocks that open when asked to, and are open in print.
    case folded(title: String, [PageBlock])
    /// HTML that a page makes itself, with what Markdown says instead.
    case custom(HTML, markdown: String)

    var html: HTML {
        switch self {
        case .heading(let text): return .element("h3", [:], HTML(text))
        case .paragraph(let phrase): return .element("p", [:], phrase.html)
        case .note(let tone, let phrase):
            return .element("p", ["class": "note \(tone.rawValue)"], mark(tone), phrase.html)
        case .banner(let tone, let title, let phrase):
            return .element(
                "div", ["class": "banner \(tone.rawValue)"],
                .element("p", ["class": "verdict"], mark(tone), HTML(title)),
                .element("p", [:], phrase.html))
        case .list(let items):
            return .element("ul", [:], joining: items.map { .element("li", [:], $0.html) })
        case .facts(let facts):
            return .element(
                "dl", [:],
                joining: facts.flatMap { fact in
                    [
                        HTML.element("dt", [:], HTML(fact.term)),
                        HTML.element("dd", [:], fact.1.html),
                    ]
                })
        case .table(let table): return table.html()
        case .drawing(let drawing): return drawing.html
        case .command(let text):
            return .element(
                "pre", ["tabindex": "0"], .element("code", [:], HTML(text)))
        case .columns(let columns):
            return .element(
                "div", ["class": "columns"],
                joining: columns.map { .element("div", [:], joining: $0.map(\.html)) })
        case .folded(let title, let blocks):
            return .element(
                "details", [:],
                joining: [.element("summary", [:], HTML(title))] + blocks.map(\.html))
        case .custom(let html, _): return html
        }
    }

    /// The block in Markdown, its last line ended.
    var markdown: String {
        switch self {
        case .heading(let text): return "### \(Markdown.escaped(text))\n"
        case .paragraph(let phrase): return phrase.markdown + "\n"
        case .note(let tone, let phrase): return "> \(tone.mark) \(phrase.markdown)\n"
        case .banner(let tone, let title, let phrase):
            return "> **\(tone.mark) \(Markdown.escaped(title))**\n>\n> \(phrase.markdown)\n"
        case .list(let items): return items.map { "- \($0.markdown)\n" }.joined()
        case .facts(let facts):
            return facts.map { "- **\(Markdown.escaped($0.term))**: \($0.1.markdown)\n" }.joined()
        case .table(let table): return Markdown.table(table)
        case .drawing(let drawing): return drawing.markdown
        case .command(let text): return Markdown.fenced(text)
        case .columns(let columns):
            return columns.joined().map(\.markdown).joined(separator: "\n")
        case .folded(let title, let blocks):
            return "**\(Markdown.escaped(title))**\n\n"
                + blocks.map(\.markdown).joined(separator: "\n")
        case .custom(_, let markdown): return markdown
        }
    }

    private func mark(_ tone: Tone) -> HTML {
        .element("span", ["class": "mark", "aria-hidden": "true"], HTML(tone.mark + " "))
    }
}
