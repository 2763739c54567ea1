/// The primitives of SVG that figures are made of. Colours come from classes of the style sheet.
struct Canvas {
    typealias Point = (x: Double, y: Double)

    enum Anchor: String {
        case start, middle, end
    }

    private(set) var content = HTML.nothing

    mutating func add(_ piece: HTML) {
        content += piece
    }

    mutating func line(from a: Point, to b: Point, _ style: String) {
        path("M\(Canvas.pair(a))L\(Canvas.pair(b))", style)
    }

    /// A line through `points`; where one is nil the pen is lifted.
    mutating func polyline(_ points: [Point?], _ style: String) {
        var data = ""
        var isDown = false
        for point in points {
            if let point { data += (isDown ? "L" : "M") + Canvas.pair(point) }
            isDown = point != nil
        }
        if !data.isEmpty { path(data, style) }
    }

    /// The closed outline of `points`.
    mutating func polygon(_ points: [Point], _ style: String) {
        guard let first = points.first else { return }
        path(
            "M" + Canvas.pair(first) + points.dropFirst().map { "L" + Canvas.pair($0) }.joined()
                + "Z", style)
    }

    mutating func rectangle(
        x: Double, y: Double, width: Double, height: Double, _ style: String, title: String? = nil
    ) {
        content += .element(
            "rect",
            [
                "class": style, "x": Canvas.text(x), "y": Canvas.text(y),
                "width": Canvas.text(max(0, width)), "height": Canvas.text(max(0, height)),
            ], Canvas.title(title))
    }

    mutating func text(
        _ text: String, at point: Point, _ anchor: Anchor = .start, _ style: String? = nil
    ) {
        content += .element(
            "text",
            [
                "class": style, "x": Canvas.text(point.x), "y": Canvas.text(point.y),
                "text-anchor": anchor == .start ? nil : anchor.rawValue,
            ], HTML(text))
    }

    /// The shape of `ink` around a point.
    mutating func marker(_ ink: Ink, at point: Point, title: String? = nil) {
        let (x, y) = point
        let data: String
        switch ink {
        case .champion, .neutral: data = Canvas.circle(x, y, 4)
        case .candidate:
            data = Canvas.closed([(x - 4, y - 4), (x + 4, y - 4), (x + 4, y + 4), (x - 4, y + 4)])
        case .difference:
            data = Canvas.closed([(x, y - 5.5), (x + 5.5, y), (x, y + 5.5), (x - 5.5, y)])
        case .fourth: data = Canvas.closed([(x, y - 5), (x + 5, y + 4), (x - 5, y + 4)])
        case .warn: data = Canvas.closed([(x, y + 5), (x + 5, y - 4), (x - 5, y - 4)])
        case .limit:
            content += .element(
                "path",
                [
                    "class": "line limit solid",
                    "d": "M\(Canvas.pair((x - 4, y - 4)))L\(Canvas.pair((x + 4, y + 4)))"
                        + "M\(Canvas.pair((x - 4, y + 4)))L\(Canvas.pair((x + 4, y - 4)))",
                ], Canvas.title(title))
            return
        }
        content += .element("path", ["class": ink.dot, "d": data], Canvas.title(title))
    }

    private mutating func path(_ data: String, _ style: String) {
        content += .element("path", ["class": style, "d": data])
    }

    private static func title(_ text: String?) -> HTML {
        text.map { .element("title", [:], HTML($0)) } ?? .nothing
    }

    private static func closed(_ points: [Point]) -> String {
        "M" + points.map(pair).joined(separator: "L") + "Z"
    }

    private static func circle(_ x: Double, _ y: Double, _ radius: Double) -> String {
        "M\(pair((x - radius, y)))a\(text(radius)),\(text(radius)) 0 1 0 \(text(2 * radius)),0"
            + "a\(text(radius)),\(text(radius)) 0 1 0 \(text(-2 * radius)),0Z"
    }

    private static func pair(_ point: Point) -> String {
        text(point.x) + "," + text(point.y)
    }

    /// A coordinate with at most one decimal. Far outside any figure it is cut off, as browsers do.
    static func text(_ value: Double) -> String {
        guard value.isFinite else { return "0" }
        let tenths = Int((min(max(value, -99_999), 99_999) * 10).rounded())
        let whole = tenths / 10
        let rest = abs(tenths % 10)
        if rest == 0 { return String(whole) }
        return (tenths < 0 && whole == 0 ? "-0" : String(whole)) + ".\(rest)"
    }

    /// About how wide `text` is at 12 units, for leaving room; fonts differ.
    static func width(of text: String) -> Double {
        Double(text.count) * 6.8
    }
}
