/// A piece of HTML or SVG that is well formed: text is escaped where it goes in, so no value from
/// outside can become markup.
///
/// A literal is text too: `"1 < 2"` shows those five characters. An interpolation of `HTML` keeps its
/// markup, one of anything else is escaped.
package struct HTML: Hashable, Sendable {
    /// The markup.
    package private(set) var source: String

    /// `text` as content.
    package init(_ text: some StringProtocol) {
        source = escaped(text)
    }

    /// Markup that is part of the program; nothing from outside may be in it.
    package init(trusted source: String) {
        self.source = source
    }

    package static let nothing = HTML(trusted: "")

    /// An element with its end tag. An attribute whose value is nil is left out.
    package static func element(
        _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String?> = [:],
        _ content: HTML...
    ) -> HTML {
        element(name, attributes, joining: content)
    }

    /// An element around `content` in order.
    package static func element(
        _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String?> = [:],
        joining content: [HTML]
    ) -> HTML {
        var source = opening(name, attributes)
        for piece in content { source += piece.source }
        return HTML(trusted: source + "</\(name)>")
    }

    /// An element of HTML that has no content and no end tag.
    package static func void(
        _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String?> = [:]
    ) -> HTML {
        HTML(trusted: opening(name, attributes))
    }

    package static func + (a: HTML, b: HTML) -> HTML {
        HTML(trusted: a.source + b.source)
    }

    package static func += (a: inout HTML, b: HTML) {
        a.source += b.source
    }

    private static func opening(
        _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String?>
    ) -> String {
        var source = "<\(name)"
        for (key, value) in attributes {
            if let value { source += " \(key)=\"\(escaped(value))\"" }
        }
        return source + ">"
    }
}

extension [HTML] {
    package func joined() -> HTML {
        reduce(into: HTML.nothing) { $0 += $1 }
    }
}

extension HTML: ExpressibleByStringInterpolation {
    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var source = ""

        package init(literalCapacity: Int, interpolationCount: Int) {
            source.reserveCapacity(literalCapacity * 2)
        }

        package mutating func appendLiteral(_ literal: String) {
            source += escaped(literal)
        }

        package mutating func appendInterpolation(_ html: HTML) {
            source += html.source
        }

        package mutating func appendInterpolation(_ value: some CustomStringConvertible) {
            source += escaped(value.description)
        }
    }

    package init(stringLiteral value: String) {
        self.init(value)
    }

    package init(stringInterpolation: StringInterpolation) {
        source = stringInterpolation.source
    }
}
