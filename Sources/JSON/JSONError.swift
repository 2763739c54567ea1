/// Why a JSON text was refused, and where.
package struct JSONError: Error, Equatable {
    package let problem: Problem
    /// Counted from 1.
    package let line: Int
    /// Counted from 1, in bytes of UTF-8.
    package let column: Int
    /// The field, as in `symbols[2].depth`; empty for the document itself.
    package let path: String

    package init(_ problem: Problem, line: Int, column: Int, path: String = "") {
        self.problem = problem
        self.line = line
        self.column = column
        self.path = path
    }

    package enum Problem: Equatable, Sendable {
        // The text.
        case tooLarge(size: Int, sizeMax: Int)
        case tooDeep(depthMax: Int)
        case endOfText(expected: String)
        case unexpected(String, expected: String)
        case notUTF8
        case badEscape(String)
        case loneSurrogate
        case controlCharacter(UInt8)
        case notFinite(String)
        case outOfNumberRange(String)
        case duplicateKey(String)
        // The fields.
        /// `resembling` is a key of the object that may be this one, misspelt.
        case missing(resembling: String?)
        case unknown(nearest: String?, known: [String])
        case wrongType(found: String, expected: String)
        case outOfRange(value: String, range: String)
        case notAChoice(value: String, nearest: String?, choices: [String])
        case wrongCount(found: Int, range: String)
        case refused(value: String, reason: String)
    }
}

extension JSONError: CustomStringConvertible {
    /// One line for a person: the place, the field, the value and what to do.
    package var description: String {
        let field = path.isEmpty ? "" : path + ": "
        return "line \(line), column \(column): " + field + problem.description
    }
}

extension JSONError.Problem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tooLarge(let size, let sizeMax):
            "the text has \(size) bytes; at most \(sizeMax) are read"
        case .tooDeep(let depthMax):
            "lists and objects nest deeper than \(depthMax); flatten them"
        case .endOfText(let expected): "the text ends where \(expected) should stand"
        case .unexpected(let found, let expected): "found \(found), expected \(expected)"
        case .notUTF8: "the string is not UTF-8; save the file as UTF-8"
        case .badEscape(let escape): "no escape \(escape)"
        case .loneSurrogate: "half of a surrogate pair; write both halves or the character itself"
        case .controlCharacter(let byte):
            "control character \(byte) in a string; write it as an escape"
        case .notFinite(let text): "\(text) is not a finite number; leave the field out or use null"
        case .outOfNumberRange(let text): "\(text) is beyond the range of numbers"
        case .duplicateKey(let key): "the key `\(key)` appears twice; remove one"
        case .missing(let resembling):
            "the field is required; "
                + (resembling.map { "is it misspelt as `\($0)`?" } ?? "add it")
        case .unknown(let nearest, let known):
            if let nearest {
                "no such field; did you mean `\(nearest)`?"
            } else {
                "no such field; known are \(known.joined(separator: ", "))"
            }
        case .wrongType(let found, let expected): "found \(found), expected \(expected)"
        case .outOfRange(let value, let range): "\(value) is outside \(range)"
        case .notAChoice(let value, let nearest, let choices):
            if let nearest {
                "no choice `\(value)`; did you mean `\(nearest)`?"
            } else {
                "no choice `\(value)`; use one of \(choices.joined(separator: ", "))"
            }
        case .wrongCount(let found, let range): "the list has \(found) elements, not \(range)"
        case .refused(let value, let reason): "\(value): \(reason)"
        }
    }
}
