/// A run of text in which numbers know where they come from; written once, shown as HTML, as
/// Markdown and in a terminal.
///
/// A literal is text, and so is an interpolated string; another phrase keeps its marks:
/// `"n = \(.number(n, .count, key: "headline.n")), \(.strong("held"))"`.
package struct Phrase: Hashable, Sendable {
    enum Run: Hashable, Sendable {
        case text(String)
        case strong(String)
        case code(String)
        case number(text: String, exact: String, key: String)
        /// A place for a number that is not known.
        case missing(reason: String, key: String)
        case link(text: String, target: String)
        /// A short word with a mark and a tone, as a table's status.
        case badge(text: String, tone: Tone)
    }

    private(set) var runs: [Run]

    package init(_ text: String) {
        runs = [.text(text)]
    }

    init(_ run: Run) {
        runs = [run]
    }

    package static let nothing = Phrase("")

    package static func strong(_ text: String) -> Phrase { Phrase(.strong(text)) }

    /// Something to type, or a name from a file.
    package static func code(_ text: String) -> Phrase { Phrase(.code(text)) }

    /// A link to a place on the page (`#drift`) or a file of the project.
    package static func link(_ text: String, to target: String) -> Phrase {
        Phrase(.link(text: text, target: target))
    }

    package static func badge(_ text: String, _ tone: Tone) -> Phrase {
        Phrase(.badge(text: text, tone: tone))
    }

    /// A number of the report's JSON; `key` is its path there, members and indices joined by dots.
    package static func number(_ value: Double, _ format: NumberFormat, key: String) -> Phrase {
        guard value.isFinite else { return .missing("not finite", key: key) }
        return Phrase(.number(text: format.text(value), exact: value.description, key: key))
    }

    package static func number(_ value: Int, _ format: NumberFormat, key: String) -> Phrase {
        Phrase(.number(text: format.text(value), exact: String(value), key: key))
    }

    /// A dash that says why there is no number.
    package static func missing(_ reason: String, key: String) -> Phrase {
        Phrase(.missing(reason: reason, key: key))
    }

    package static func + (a: Phrase, b: Phrase) -> Phrase {
        var phrase = a
        phrase.runs += b.runs
        return phrase
    }

    /// The text alone.
    package var plain: String {
        runs.map { run in
            switch run {
            case .text(let text), .strong(let text), .code(let text): text
            case .number(let text, _, _), .link(let text, _): text
            case .badge(let text, let tone): tone.mark + " " + text
            case .missing: NumberFormat.dash
            }
        }.joined()
    }

    package var html: HTML {
        runs.map(\.html).joined()
    }
}

extension Phrase.Run {
    fileprivate var html: HTML {
        switch self {
        case .text(let text): return HTML(text)
        case .strong(let text): return .element("strong", [:], HTML(text))
        case .code(let text): return .element("code", [:], HTML(text))
        case .link(let text, let target):
            // Only places of the page and files beside it; never a scheme that runs something.
            guard !target.contains(":") else { return HTML(text) }
            return .element("a", ["href": target], HTML(text))
        case .number(let text, let exact, let key):
            return .element("data", ["value": exact, "data-key": key], HTML(text))
        case .missing(let reason, let key):
            return .element(
                "span", ["class": "missing", "data-key": key, "title": reason],
                HTML(NumberFormat.dash), .element("span", ["class": "unseen"], " (\(reason))"))
        case .badge(let text, let tone):
            return .element(
                "span", ["class": "badge \(tone.rawValue)"],
                .element("span", ["aria-hidden": "true"], HTML(tone.mark + " ")), HTML(text))
        }
    }
}

/// What a word or a note says at first sight, by a mark and a colour.
package enum Tone: String, Hashable, Sendable {
    case pass, fail, wait, neutral

    package var mark: String {
        switch self {
        case .pass: "\u{2713}"
        case .fail: "\u{2717}"
        case .wait: "\u{25D0}"
        case .neutral: "\u{25CB}"
        }
    }
}

extension Phrase: ExpressibleByStringInterpolation {
    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var runs: [Run] = []

        package init(literalCapacity: Int, interpolationCount: Int) {}

        package mutating func appendLiteral(_ literal: String) {
            if !literal.isEmpty { runs.append(.text(literal)) }
        }

        package mutating func appendInterpolation(_ phrase: Phrase) {
            runs += phrase.runs
        }

        package mutating func appendInterpolation(_ value: some CustomStringConvertible) {
            runs.append(.text(value.description))
        }
    }

    package init(stringLiteral value: String) {
        self.init(value)
    }

    package init(stringInterpolation: StringInterpolation) {
        runs = stringInterpolation.runs
    }
}
