import Pages
import Testing

@Suite("Figures")
struct FigureTests {
    /// The texts of the wide drawing of a plot, in the order drawn: the labels of its y axis, those of
    /// its x axis, then the axes' names.
    private static func texts(x: Axis, y: Axis, _ marks: [Plot.Mark]) -> [String] {
        let html = Plot(x: x, y: y, marks).drawing(id: "a", title: "a", words: "a").html.source
        let wide = html.split(separator: "</svg>").first { $0.contains("figure wide") } ?? ""
        return wide.split(separator: "<text").dropFirst().map { piece in
            String(piece.drop { $0 != ">" }.dropFirst().prefix { $0 != "<" })
        }
    }

    @Test(
        "Ticks of numbers stand on round values and tell them apart",
        arguments: [
            (0.0, 9.0, ["0", "2", "4", "6", "8", "10"]),
            (-0.03, 0.07, ["−0.04", "−0.02", "0.00", "0.02", "0.04", "0.06", "0.08"]),
            (
                100_000, 100_001,
                [
                    "100,000.0", "100,000.2", "100,000.4", "100,000.6",
                    "100,000.8", "100,001.0",
                ]
            ),
        ])
    func numberTicks(low: Double, high: Double, labels: [String]) {
        let texts = Self.texts(
            x: .number("x", .count), y: .number("y", .count),
            [.line("", .candidate, [(0, low), (1, high)])])
        #expect(texts.prefix(labels.count) == labels[...])
    }

    @Test("An axis of one value, of none and of infinite ones still has ticks")
    func degenerate() {
        for values in [[5.0], [], [.infinity, .nan], [1e300, -1e300], [1e-300]] {
            let texts = Self.texts(
                x: .time(), y: .number("y", .fixed(1)),
                [.line("", .candidate, values.map { (0, $0) })])
            #expect(texts.count >= 4, "\(values)")
            #expect(!texts.contains { $0.contains("nan") || $0.contains("inf") })
        }
    }

    @Test(
        "Ticks of time stand on hours, days and months of the calendar",
        arguments: [
            (12, ["1 Mar", "02:00", "04:00", "06:00", "08:00", "10:00", "12:00"]),
            (
                8 * 24,
                ["1 Mar", "2 Mar", "3 Mar", "4 Mar", "5 Mar", "6 Mar", "7 Mar", "8 Mar", "9 Mar"]
            ),
            (150 * 24, ["Mar 2025", "Apr 2025", "May 2025", "Jun 2025", "Jul 2025"]),
        ] as [(Int64, [String])])
    func timeTicks(hours: Int64, labels: [String]) {
        let start: Int64 = 1_740_787_200_000_000_000
        let texts = Self.texts(
            x: .time(range: start...(start + hours * 3_600_000_000_000)),
            y: .number("y", .count, range: 0...1), [])
        #expect(Array(texts.dropFirst(6).dropLast(2)) == labels)
    }

    @Test("A month of minutes is drawn with no more points than can be seen, and no peak is lost")
    func thinning() {
        let points = (0..<43_200).map { index in
            (x: Double(index), y: index == 20_000 ? 5.0 : Double(index % 3))
        }
        let html = Plot(
            x: .number("", .count), y: .number("", .count), [.line("", .candidate, points)]
        ).drawing(id: "a", title: "a", words: "a").html.source
        #expect(html.utf8.count < 60_000)
        // The top of the plot, where the one peak is.
        #expect(html.contains(",30L"))
    }

    @Test("A gap in a line lifts the pen")
    func gaps() {
        let points = [0.0, 1, .nan, 2, 3].enumerated().map { (x: Double($0), y: $1) }
        let html = Plot(
            x: .number("", .count), y: .number("", .count), [.line("", .candidate, points)]
        ).drawing(id: "a", title: "a", words: "a").html.source
        let path = html.split(separator: "line candidate\" d=\"").dropFirst().first ?? ""
        #expect(path.prefix { $0 != "\"" }.count { $0 == "M" } == 2)
    }

    @Test("Every figure holds its title and its words, for both widths")
    func alternatives() {
        let drawings = [
            ForestPlot(
                axis: .number("bps", .basisPoints()), references: [("zero", .neutral, 0)],
                [.init("a", value: nil, low: 0, high: 0, note: "too few")]
            ).drawing(id: "f", title: "Title", words: "Words"),
            Waterfall(
                axis: .number("bps", .basisPoints()), .basisPoints(),
                [(name: "a", ink: .champion, steps: [.total("gross", 0)])]
            ).drawing(id: "f", title: "Title", words: "Words"),
            HeatMap(columns: [], rows: [], bounds: [0.1], .fixed(2), mark: "m")
                .drawing(id: "f", title: "Title", words: "Words"),
            TimeLine(range: 0...86_400_000_000_000, legend: [], [.init("a")])
                .drawing(id: "f", title: "Title", words: "Words"),
            Plot(x: .time(), y: .number("y", .count), [])
                .drawing(id: "f", title: "Title", words: "Words"),
        ]
        for drawing in drawings {
            let html = drawing.html.source
            for name in ["wide", "narrow"] {
                #expect(html.contains("<title id=\"f-\(name)-title\">Title</title>"))
                #expect(html.contains("<desc id=\"f-\(name)-words\">Words</desc>"))
            }
            #expect(!html.contains("nan"))
            #expect(!html.contains("\"inf"))
        }
    }

    @Test("A waterfall's steps end where the next begins, and its last is the net")
    func waterfall() {
        let html = Waterfall(
            axis: .number("bps", .basisPoints()), .basisPoints(),
            [
                (
                    name: "a", ink: .champion,
                    steps: [.total("gross", 10), .change("fee", -4), .total("net", 6)]
                )
            ]
        ).drawing(id: "w", title: "w", words: "w").html.source
        #expect(html.contains(">\u{2212}4.0</text>"))
        #expect(html.contains(">6.0</text>"))
    }

    @Test("A sparkline shows gaps as blanks and a month within its width")
    func sparkline() {
        #expect(Sparkline.text([0, 1, nil, 7]) == "▁▂ █")
        #expect(Sparkline.text([.nan, 3]) == " ▁")
        #expect(Sparkline.text([]) == "")
        #expect(Sparkline.text((0..<100).map(Double.init), countMax: 4) == "▁▃▆█")
    }
}
