import Reports
import Rollout
import Statistics
import Testing

@Suite("The canary report as a page, Markdown and terminal text")
struct CanaryPageTests {
    private static let open = DecisionLine(
        mean: .undefined(.noValues, n: 0), lower: nil, upper: nil, margin: 0.0002,
        conclusion: .open)
    private static let hostile = "<script>alert(1)</script>\u{1B}[31m|"

    /// A refused rollout, a day of bars without a trade, and one whose names are full of markup.
    private static func reports() throws -> [CanaryReport] {
        var refused = try CanaryRollout()
        refused.refuse()
        var tradeless = try CanaryRollout()
        var marked = try CanaryRollout(
            symbols: [CanaryRollout.symbol, hostile], operatorName: hostile)
        for verdict in [Verdict.inconclusive, .pass] {
            var rollout = verdict == .pass ? marked : tradeless
            rollout.enterShadow()
            rollout.decide(0...48, candidateBuys: [10])
            rollout.look(verdict, bar: 48, line: open)
            if verdict == .pass { marked = rollout } else { tradeless = rollout }
        }
        return [try refused.report(), try tradeless.report(), try marked.report()]
    }

    private static func texts() throws -> [String] {
        try reports().flatMap { [$0.html, $0.markdown, $0.terminal(folder: "reports/canary")] }
    }

    @Test("All sixteen sections are there, whatever there is to show")
    func sections() throws {
        for report in try Self.reports() {
            let titles = report.markdown.split(separator: "\n").filter { $0.hasPrefix("## ") }
            #expect(titles.count == 16)
            #expect(titles.first == "## 1. Verdict")
            #expect(titles.last == "## 16. Limits and sign-off")
            #expect(report.html.split(separator: "<section id=").count == 17)
        }
    }

    @Test("Nothing is called by a word that promises more than was shown")
    func forbiddenWords() throws {
        for text in try Self.texts() {
            let words = text.lowercased()
            for forbidden in ["no difference", "significant", "0-100", "score of"] {
                #expect(!words.contains(forbidden))
            }
            let parts = words.split { !$0.isLetter && $0 != "-" }
            #expect(!parts.contains("safe"))
        }
    }

    @Test("Markup in names is shown and not obeyed, in no text does it steer a terminal")
    func hostileNames() throws {
        for text in try Self.texts() {
            #expect(!text.contains("\u{1B}"))
        }
        for report in try Self.reports() {
            #expect(!report.html.contains("<script"))
            // Every other piece between backticks is code, which shows what it holds.
            let pieces = report.markdown.split(
                separator: "`", omittingEmptySubsequences: false)
            for (index, piece) in pieces.enumerated() where index % 2 == 0 {
                #expect(!piece.contains("<script"))
            }
        }
        #expect(try Self.reports()[2].html.contains("&lt;script&gt;alert(1)"))
    }

    @Test("A gate without data does not look like one that passed")
    func noData() throws {
        let html = try Self.reports()[1].html
        #expect(html.contains("badge neutral"))
        let gates = html.split(separator: "<section id=\"gates\"").last ?? ""
        let statuses = gates.split(separator: "</section>").first ?? ""
        #expect(statuses.contains("no data"))
        // The other profile's verdict is the one pass of the row.
        #expect(statuses.split(separator: "badge pass").count == 2)
    }

    @Test("What is undefined is a dash with its reason, and never a zero")
    func undefined() throws {
        let html = try Self.reports()[1].html
        #expect(html.contains("data-key=\"line.mean.interval\" title=\"none is defined\">\u{2013}"))
        #expect(!html.contains("<data value=\"nan\""))
    }

    @Test("The terminal's text is one screen of 80 by 24")
    func terminal() throws {
        for report in try Self.reports() {
            let lines = report.terminal(folder: "reports/canary-0123").split(
                separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.count <= 25)
            for line in lines where !line.hasPrefix("  tapedeck ") {
                #expect(line.count <= 80)
            }
        }
    }

    @Test("All three are the same when made again")
    func repeated() throws {
        #expect(try Self.texts() == Self.texts())
    }
}
