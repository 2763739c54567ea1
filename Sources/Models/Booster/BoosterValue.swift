import JSON

/// A value of a booster's file, the same whether the file is JSON or UBJSON.
enum BoosterValue: Equatable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    /// A list of numbers (and of Booleans, as 0 and 1): all but a few of a file's bytes.
    case numbers([Double])
    /// A list of anything else.
    case list([BoosterValue])
    case object([Member])

    struct Member: Equatable {
        let key: String
        let value: BoosterValue
    }

    /// Tells the formats apart by the second byte: after the brace a key follows, which begins with
    /// a quote in JSON and with the type of its length in UBJSON.
    init(_ bytes: [UInt8], file: String) throws(BoosterError) {
        guard let second = bytes.dropFirst().first, bytes[0] == UInt8(ascii: "{") else {
            throw .unknownFormat(file: file)
        }
        switch Unicode.Scalar(second) {
        case "\"", " ", "\n", "\r", "\t",
            "}" where bytes.count == 2:
            do throws(JSONError) {
                self.init(try JSONNode.parse(bytes, sizeMax: Booster.sizeMax))
            } catch {
                throw .json(file: file, error)
            }
        default:
            var parser = UBJSONParser(bytes, file: file)
            self = try parser.document()
        }
    }

    init(_ node: JSONNode) {
        switch node.content {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .integer(let value): self = .number(Double(value))
        case .number(let value): self = .number(value)
        case .string(let value): self = .string(value)
        case .array(let nodes): self.init(nodes)
        case .object(let members):
            self = .object(
                members.map { Member(key: $0.key, value: BoosterValue($0.node)) })
        }
    }

    private init(_ nodes: [JSONNode]) {
        var numbers: [Double] = []
        numbers.reserveCapacity(nodes.count)
        for node in nodes {
            switch node.content {
            case .integer(let value): numbers.append(Double(value))
            case .number(let value): numbers.append(value)
            case .bool(let value): numbers.append(value ? 1 : 0)
            default:
                self = .list(nodes.map(BoosterValue.init))
                return
            }
        }
        self = .numbers(numbers)
    }
}
