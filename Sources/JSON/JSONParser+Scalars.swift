// Numbers and strings: what stands at the leaves of a document.

extension JSONParser {
    // MARK: - Numbers

    /// A number without point and exponent is an integer and must fit an `Int64`; every other one
    /// is the nearest `Double`.
    mutating func number() throws(JSONError) -> JSONNode.Content {
        let start = self
        let isNegative = next == "-"
        if isNegative || isJSON5 && next == "+" { advance() }
        if isJSON5, next == "I" || next == "N" {
            throw start.error(.notFinite(next == "I" ? "Infinity" : "NaN"))
        }
        if isJSON5, next == "0", peek(1) == "x" || peek(1) == "X" {
            return try hexadecimal(from: start, isNegative: isNegative)
        }
        let wholeCount = skipDigits()
        if wholeCount > 1, peek(-wholeCount) == "0" {
            throw start.error(.unexpected("a leading zero", expected: "a number without it"))
        }
        guard wholeCount > 0 || isJSON5 && next == "." else { throw unexpected("a digit") }
        var isInteger = true
        if skip(".") {
            isInteger = false
            let fractionCount = skipDigits()
            guard fractionCount > 0 || isJSON5 && wholeCount > 0 else {
                throw unexpected("a digit after the point")
            }
        }
        if next == "e" || next == "E" {
            isInteger = false
            advance()
            if next == "+" || next == "-" { advance() }
            guard skipDigits() > 0 else { throw unexpected("a digit of the exponent") }
        }
        if let next, next.isIdentifierPart || next == "." {
            throw unexpected("the end of the number")
        }
        let text = String(decoding: bytes[start.position..<position], as: UTF8.self)
        if isInteger {
            guard let value = Int64(text) else {
                throw start.error(.outOfNumberRange(text.clipped))
            }
            return .integer(value)
        }
        guard let value = Double(text), value.isFinite else {
            throw start.error(.outOfNumberRange(text.clipped))
        }
        return .number(value)
    }

    private mutating func hexadecimal(
        from start: JSONParser, isNegative: Bool
    ) throws(JSONError) -> JSONNode.Content {
        advance(2)
        let digitStart = position
        while let next, next.isIdentifierPart { advance() }
        let digits = String(decoding: bytes[digitStart..<position], as: UTF8.self)
        guard let value = Int64((isNegative ? "-" : "") + digits, radix: 16) else {
            throw start.error(.outOfNumberRange("0x" + digits.clipped))
        }
        return .integer(value)
    }

    private mutating func skipDigits() -> Int {
        let start = position
        while let next, next.isDigit { advance() }
        return position - start
    }

    // MARK: - Strings

    mutating func string(quote: Unicode.Scalar) throws(JSONError) -> String {
        let start = error(.endOfText(expected: "the closing quote"))
        advance()
        var content: [UInt8] = []
        while let next {
            switch next {
            case quote:
                advance()
                guard let string = String(validating: content, as: UTF8.self) else {
                    throw JSONError(.notUTF8, line: start.line, column: start.column)
                }
                return string
            case "\\":
                try escape(into: &content)
            case "\n", "\r":
                throw error(.controlCharacter(bytes[position]))
            case "\0"..<" " where !isJSON5:
                throw error(.controlCharacter(bytes[position]))
            default:
                content.append(bytes[position])
                advance()
            }
        }
        throw start
    }

    private mutating func escape(into content: inout [UInt8]) throws(JSONError) {
        let start = self
        advance()
        guard let escaped = next else { throw error(.endOfText(expected: "an escape")) }
        advance()
        switch escaped {
        case "\"", "\\", "/": content.append(UInt8(ascii: escaped))
        case "b": content.append(0x08)
        case "f": content.append(0x0C)
        case "n": content.append(0x0A)
        case "r": content.append(0x0D)
        case "t": content.append(0x09)
        case "u": content += Array(String(try unicodeEscape(from: start)).utf8)
        case "v" where isJSON5: content.append(0x0B)
        case "'" where isJSON5: content.append(UInt8(ascii: escaped))
        case "0" where isJSON5 && next?.isDigit != true: content.append(0)
        case "x" where isJSON5:
            guard let value = hexDigits(2), let scalar = Unicode.Scalar(value) else {
                throw start.error(.badEscape("\\x without two hexadecimal digits"))
            }
            content += Array(String(Character(scalar)).utf8)
        // A backslash before the end of a line continues the string on the next one.
        case "\r" where isJSON5 && next == "\n": startLine(after: 1)
        case "\n" where isJSON5: startLine(after: 0)
        default:
            throw start.error(.badEscape("of \(escaped.name)"))
        }
    }

    /// The character after `\u`, from one escape or from the two of a surrogate pair.
    private mutating func unicodeEscape(from start: JSONParser) throws(JSONError) -> Character {
        let incomplete = start.error(.badEscape("\\u without four hexadecimal digits"))
        guard let first = hexDigits(4) else { throw incomplete }
        if let scalar = Unicode.Scalar(first) { return Character(scalar) }
        guard first < 0xDC00, skip("\\"), skip("u"), let second = hexDigits(4),
            (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw start.error(.loneSurrogate) }
        return Character(scalar)
    }

    private mutating func hexDigits(_ count: Int) -> UInt32? {
        var value: UInt32 = 0
        for _ in 0..<count {
            guard let next, let digit = Character(next).hexDigitValue else { return nil }
            value = value << 4 + UInt32(digit)
            advance()
        }
        return value
    }
}
