/// Reads one document of JSON or JSON5 by recursive descent, its depth bounded by `depthMax`.
struct JSONParser {
    let bytes: [UInt8]
    let dialect: JSONNode.Dialect
    let depthMax: Int
    private(set) var position = 0
    private(set) var line = 1
    private var lineStart = 0
    private var depth = 0

    init(_ bytes: [UInt8], dialect: JSONNode.Dialect, depthMax: Int) {
        precondition((1...256).contains(depthMax), "the stack bounds the depth")
        self.bytes = bytes
        self.dialect = dialect
        self.depthMax = depthMax
    }

    var isJSON5: Bool { dialect == .json5 }
    var column: Int { position - lineStart + 1 }
    /// The byte that comes next, as the character of that code; nil at the end.
    var next: Unicode.Scalar? { peek(0) }

    mutating func document() throws(JSONError) -> JSONNode {
        skipByteOrderMark()
        try skipSpace()
        let node = try value()
        try skipSpace()
        guard next == nil else { throw unexpected("the end of the text") }
        return node
    }

    // MARK: - Values

    private mutating func value() throws(JSONError) -> JSONNode {
        let (startLine, startColumn) = (line, column)
        let content = try content()
        return JSONNode(line: startLine, column: startColumn, content: content)
    }

    private mutating func content() throws(JSONError) -> JSONNode.Content {
        switch next {
        case "{": return .object(try members())
        case "[": return .array(try elements())
        case "\"": return .string(try string(quote: "\""))
        case "'" where isJSON5: return .string(try string(quote: "'"))
        case "-", ".", "+": return try number()
        case .some(let next) where next.isDigit: return try number()
        case .some(let next) where next.isIdentifierPart: return try word()
        default: throw unexpected("a value")
        }
    }

    private mutating func word() throws(JSONError) -> JSONNode.Content {
        let start = position
        var end = position
        while end < bytes.count, Unicode.Scalar(bytes[end]).isIdentifierPart { end += 1 }
        let content: JSONNode.Content
        switch String(decoding: bytes[start..<end], as: UTF8.self) {
        case "null": content = .null
        case "true": content = .bool(true)
        case "false": content = .bool(false)
        case let word where word == "NaN" || word == "Infinity":
            throw error(.notFinite(word))
        case let word:
            throw error(.unexpected("`\(word.clipped)`", expected: "a value; quote strings"))
        }
        position = end
        return content
    }

    private mutating func elements() throws(JSONError) -> [JSONNode] {
        var elements: [JSONNode] = []
        try list(closing: "]") { (parser) throws(JSONError) in
            elements.append(try parser.value())
        }
        return elements
    }

    private mutating func members() throws(JSONError) -> [JSONNode.Member] {
        var members: [JSONNode.Member] = []
        var keys: Set<String> = []
        try list(closing: "}") { (parser) throws(JSONError) in
            let (line, column) = (parser.line, parser.column)
            let key = try parser.key()
            guard keys.insert(key).inserted else {
                throw JSONError(.duplicateKey(key.clipped), line: line, column: column)
            }
            try parser.skipSpace()
            guard parser.skip(":") else { throw parser.unexpected("a colon after the key") }
            try parser.skipSpace()
            let node = try parser.value()
            members.append(JSONNode.Member(key: key, line: line, column: column, node: node))
        }
        return members
    }

    /// What stands between an opening bracket and `closing`, separated by commas.
    private mutating func list(
        closing: Unicode.Scalar, _ item: (inout JSONParser) throws(JSONError) -> Void
    ) throws(JSONError) {
        guard depth < depthMax else { throw error(.tooDeep(depthMax: depthMax)) }
        depth += 1
        position += 1
        try skipSpace()
        var mayClose = true
        while !(mayClose && skip(closing)) {
            try item(&self)
            try skipSpace()
            if skip(closing) { break }
            guard skip(",") else {
                throw unexpected("a comma or `\(closing)`")
            }
            try skipSpace()
            mayClose = isJSON5
        }
        depth -= 1
    }

    private mutating func key() throws(JSONError) -> String {
        if next == "\"" { return try string(quote: "\"") }
        guard isJSON5 else { throw unexpected("a key in double quotes") }
        if next == "'" { return try string(quote: "'") }
        let start = position
        guard let first = next, first.isIdentifierPart, !first.isDigit else {
            throw unexpected("a key; quote it unless it is made of letters, digits, `_` and `$`")
        }
        while let next, next.isIdentifierPart { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    // MARK: - Space and comments

    private mutating func skipByteOrderMark() {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            position = 3
            lineStart = 3
        }
    }

    private mutating func skipSpace() throws(JSONError) {
        while let next {
            switch next {
            case "\n": startLine(after: 1)
            case " ", "\t", "\r": position += 1
            case "\u{B}" where isJSON5, "\u{C}" where isJSON5: position += 1
            // A no-break space in UTF-8.
            case "\u{C2}" where isJSON5 && peek(1) == "\u{A0}": position += 2
            case "/" where isJSON5 && peek(1) == "/":
                while let character = self.next, character != "\n" { position += 1 }
            case "/" where isJSON5 && peek(1) == "*": try skipBlockComment()
            default: return
            }
        }
    }

    private mutating func skipBlockComment() throws(JSONError) {
        let start = error(.endOfText(expected: "`*/`"))
        position += 2
        while !(next == "*" && peek(1) == "/") {
            guard let next else { throw start }
            if next == "\n" { startLine(after: 1) } else { position += 1 }
        }
        position += 2
    }

    // MARK: - Steps

    mutating func startLine(after count: Int) {
        position += count
        line += 1
        lineStart = position
    }

    mutating func advance(_ count: Int = 1) {
        position += count
    }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard next == character else { return false }
        position += 1
        return true
    }

    func peek(_ distance: Int) -> Unicode.Scalar? {
        position + distance < bytes.count ? Unicode.Scalar(bytes[position + distance]) : nil
    }

    func error(_ problem: JSONError.Problem) -> JSONError {
        JSONError(problem, line: line, column: column)
    }

    func unexpected(_ expected: String) -> JSONError {
        guard let next else { return error(.endOfText(expected: expected)) }
        return error(.unexpected(next.name, expected: expected))
    }
}

extension Unicode.Scalar {
    var isDigit: Bool { ("0"..."9").contains(self) }

    /// ASCII letters, digits, `_` and `$`.
    var isIdentifierPart: Bool {
        isDigit || ("A"..."Z").contains(self) || ("a"..."z").contains(self) || self == "_"
            || self == "$"
    }

    /// How a message shows a byte: itself when it is printable ASCII, else its number.
    var name: String {
        ("!"..."~").contains(self) ? "`\(self)`" : "byte \(value)"
    }
}

extension String {
    /// The beginning, short enough for a message.
    var clipped: String {
        count <= 60 ? self : String(prefix(57)) + "..."
    }
}
