import Pages
import Testing

@Suite("A page")
struct PageTests {
    private static let hostile = "<script>alert(1)</script>|`x`\"'&"

    /// Every place of a page that takes text, filled with markup.
    private static var page: Page {
        var table = PageTable(hostile, [.text(hostile), .number("n")])
        table.add("\(hostile)", .number(1.5, .fixed(1), key: hostile))
        table.add(.code(hostile), .missing(hostile, key: "b"))
        let plot = Plot(
            x: .number(hostile, .count), y: .number(hostile, .count),
            [
                .line(hostile, .candidate, [(0, 1), (1, .nan), (2, 3)]),
                .dots(hostile, .champion, [(0, 1, hostile)]),
                .intervals(hostile, .difference, [(1, 1, 0, 2, hostile)]),
            ])
        return Page(
            title: hostile,
            lead: [.banner(.fail, title: hostile, "\(hostile)")],
            sections: [
                Page.Section(
                    id: "a", title: hostile,
                    [
                        .heading(hostile), .paragraph(.strong(hostile)), .table(table),
                        .facts([(term: hostile, .badge(hostile, .wait))]), .command(hostile),
                        .list([.link(hostile, to: "javascript:" + hostile)]),
                        .note(.neutral, "\(hostile)"), .columns([[.heading(hostile)]]),
                        .folded(title: hostile, [.paragraph("\(hostile)")]),
                        .drawing(
                            plot.drawing(id: "plot", title: hostile, words: "\(hostile)")),
                    ])
            ])
    }

    @Test("Text from outside never becomes an element, an attribute or a script")
    func hostileText() {
        let html = Self.page.html
        #expect(!html.contains("<script"))
        #expect(!html.contains("alert(1)<"))
        #expect(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;|`x`&quot;&#39;&amp;"))
        #expect(!html.contains("href=\"javascript:"))
    }

    @Test("Text from outside never becomes Markdown or HTML in Markdown")
    func hostileMarkdown() {
        let markdown = Self.page.markdown
        // Code shows its text as it is; elsewhere nothing may open a tag.
        for line in markdown.split(separator: "\n") where line.contains("<script>") {
            #expect(line.contains("`"))
        }
        let rows = markdown.split(separator: "\n").filter { $0.hasPrefix("| ") }
        #expect(rows.count == 4)
        for row in rows {
            let bars = row.replacing("\\|", with: "").count { $0 == "|" }
            #expect(bars == 3, "\(row)")
        }
    }

    @Test("A number carries its exact value and its place in the JSON")
    func numbers() {
        let phrase: Phrase = "n = \(.number(1.0 / 3, .fixed(2), key: "a.b.0"))"
        #expect(
            phrase.html.source
                == "n = <data value=\"0.3333333333333333\" data-key=\"a.b.0\">0.33</data>")
        #expect(phrase.plain == "n = 0.33")
        #expect(
            Phrase.number(.nan, .count, key: "a").html.source.contains("not finite"))
    }

    @Test("The page asks for nothing beyond itself, and repeats to the byte")
    func selfContained() {
        let html = Self.page.html
        #expect(html.contains("default-src &#39;none&#39;"))
        #expect(!html.contains("http:"))
        #expect(!html.contains("https:"))
        #expect(html == Self.page.html)
    }
}
