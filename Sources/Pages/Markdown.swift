/// Markdown in which nothing from outside becomes markup.
package enum Markdown {
    /// `text` on one line, with what Markdown or HTML would read as markup escaped.
    package static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\\", "`", "*", "_", "[", "]", "|", "#", "~":
                escaped += "\\"
                escaped.unicodeScalars.append(scalar)
            case "\n", "\r", "\t": escaped += " "
            case "\u{00}"..."\u{1F}", "\u{7F}": escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// `text` as code within a line.
    static func code(_ text: String) -> String {
        // Backticks inside need a longer fence than any run of them.
        let fence = String(repeating: "`", count: longestTicks(text) + 1)
        let pad = text.hasPrefix("`") || text.hasSuffix("`") ? " " : ""
        return fence + pad + printable(text, lineEnd: " ") + pad + fence
    }

    /// `text` as a block of code.
    static func fenced(_ text: String) -> String {
        let fence = String(repeating: "`", count: max(3, longestTicks(text) + 1))
        return "\(fence)\n\(printable(text, lineEnd: "\n"))\n\(fence)\n"
    }

    static func table(_ table: PageTable) -> String {
        func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }
        var text = "**\(escaped(table.caption))**\n\n"
        text += line(table.columns.map { escaped($0.heading) })
        text += line(table.columns.map { $0.alignment == .right ? "---:" : "---" })
        for row in table.rows {
            // A bar ends a cell even inside code.
            text += line(row.map { $0.markdownCell })
        }
        return text
    }

    /// `text` with its control characters as marks.
    private static func printable(_ text: String, lineEnd: Unicode.Scalar) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    switch scalar {
                    case "\n", "\r": lineEnd
                    case "\u{00}"..."\u{1F}", "\u{7F}": "\u{FFFD}"
                    default: scalar
                    }
                }))
    }

    private static func longestTicks(_ text: String) -> Int {
        var longest = 0
        var run = 0
        for character in text {
            run = character == "`" ? run + 1 : 0
            longest = max(longest, run)
        }
        return longest
    }
}

extension Phrase {
    package var markdown: String {
        runs.map { run in
            switch run {
            case .text(let text), .number(let text, _, _): return Markdown.escaped(text)
            case .strong(let text): return "**\(Markdown.escaped(text))**"
            case .code(let text): return Markdown.code(text)
            case .link(let text, let target):
                // The page's anchors are not Markdown's.
                return target.hasPrefix("#") || target.contains(":")
                    ? Markdown.escaped(text) : "[\(Markdown.escaped(text))](<\(target)>)"
            case .badge(let text, let tone): return "\(tone.mark) \(Markdown.escaped(text))"
            case .missing(let reason, _):
                return "\(NumberFormat.dash) (\(Markdown.escaped(reason)))"
            }
        }.joined()
    }

    fileprivate var markdownCell: String {
        runs.map { run in
            guard case .code(let text) = run, text.contains("|") else {
                return Phrase(run).markdown
            }
            return Markdown.escaped(text)
        }.joined()
    }
}
