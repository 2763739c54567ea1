/// Lines of a terminal. A character counts as one column.
package enum TextLine {
    /// `text` in at most `width` columns; what is cut off shows as an ellipsis, and what would steer
    /// the terminal as a mark.
    package static func fitted(_ text: String, width: Int) -> String {
        let plain = String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    switch scalar.value {
                    case 0..<32, 127..<160, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069:
                        "\u{FFFD}"
                    default: scalar
                    }
                }))
        return plain.count <= width ? plain : String(plain.prefix(width - 1)) + "\u{2026}"
    }

    /// Cells beside each other, each as wide as said; a negative width aligns to the right.
    package static func columns(_ cells: [(text: String, width: Int)]) -> String {
        var line = ""
        for (text, width) in cells {
            let fitted = fitted(text, width: abs(width))
            let pad = String(repeating: " ", count: abs(width) - fitted.count)
            line += width < 0 ? pad + fitted : fitted + pad
        }
        while line.last == " " { line.removeLast() }
        return line
    }

    /// `text` broken between words; of more lines than there may be the last ends in an ellipsis.
    package static func wrapped(_ text: String, width: Int, linesMax: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + word
        }
        if !line.isEmpty { lines.append(line) }
        guard lines.count > linesMax else { return lines.map { fitted($0, width: width) } }
        let cut = lines.prefix(linesMax).dropLast()
        let rest = lines.dropFirst(linesMax - 1).joined(separator: " ")
        return cut + [fitted(rest, width: width)]
    }
}
