/// A page: a lead that stands on the first screen, then sections with a list of contents; one value
/// that is shown as HTML and as Markdown.
package struct Page: Sendable {
    /// A part of the page under a heading, reached as `#id`.
    package struct Section: Sendable {
        let id: String
        let title: String
        let blocks: [PageBlock]

        package init(id: String, title: String, _ blocks: [PageBlock]) {
            self.id = id
            self.title = title
            self.blocks = blocks
        }
    }

    private let title: String
    private let lead: [PageBlock]
    private let sections: [Section]
    private let script: String?

    /// - Parameter script: JavaScript of the program for pages that search and sort; nothing from
    ///   outside may be in it.
    package init(
        title: String, lead: [PageBlock], sections: [Section], script: String? = nil
    ) {
        self.title = title
        self.lead = lead
        self.sections = sections
        self.script = script
    }

    /// The whole file. It asks for nothing beyond itself, and its policy lets nothing be asked for.
    package var html: String {
        let policy =
            "default-src 'none'; style-src 'unsafe-inline'"
            + (script == nil ? "" : "; script-src 'unsafe-inline'")
        let head = HTML.element(
            "head", [:],
            .void("meta", ["charset": "utf-8"]),
            .void("meta", ["http-equiv": "Content-Security-Policy", "content": policy]),
            .void("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
            .void("meta", ["name": "color-scheme", "content": "light dark"]),
            .element("title", [:], HTML(title)),
            .element("style", [:], HTML(trusted: StyleSheet.text)))
        var main = HTML.element(
            "header", ["id": "lead"],
            joining: [.element("h1", [:], HTML(title))] + lead.map(\.html))
        if !sections.isEmpty { main += contents }
        for section in sections { main += html(of: section) }
        if let script { main += .element("script", [:], HTML(trusted: script)) }
        let body = HTML.element("body", [:], .element("main", [:], main))
        return "<!DOCTYPE html>\n"
            + HTML.element("html", ["lang": "en"], head, HTML(trusted: "\n"), body).source + "\n"
    }

    package var markdown: String {
        var text = "# \(Markdown.escaped(title))\n"
        for block in lead { text += "\n" + block.markdown }
        for section in sections {
            text += "\n## \(Markdown.escaped(section.title))\n"
            for block in section.blocks { text += "\n" + block.markdown }
        }
        return text
    }

    private var contents: HTML {
        .element(
            "nav", ["aria-label": "Contents"],
            .element(
                "ul", [:],
                joining: sections.map { section in
                    .element(
                        "li", [:],
                        .element("a", ["href": "#" + section.id], HTML(section.title)))
                }))
    }

    private func html(of section: Section) -> HTML {
        let heading = HTML.element("h2", [:], HTML(section.title))
        return HTML(trusted: "\n")
            + .element(
                "section", ["id": section.id], joining: [heading] + section.blocks.map(\.html))
    }
}
