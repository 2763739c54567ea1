import JSON
import Tape

/// Drives the recipe parser, and with it the JSON5 parser, with arbitrary text.
enum RecipeFuzzing {
    static func run(_ bytes: [UInt8]) {
        do {
            let node = try JSONNode.parse(bytes, dialect: .json5, sizeMax: 1 << 20)
            let text = node.value.text()
            let again = try JSONNode.parse(text)
            precondition(again.value.text() == text, "canonical text reads back as itself")
            _ = try Recipe(node)
        } catch {
            precondition(!"\(error)".isEmpty)
        }
    }
}
