/// A value of a booster's file with its path, read as one type or refused by name.
struct BoosterField {
    let value: BoosterValue
    let file: String
    let path: String

    init(_ value: BoosterValue, file: String, path: String) {
        self.value = value
        self.file = file
        self.path = path
    }

    /// The member of an object with this key; nil when it is absent.
    func optional(_ key: String) throws(BoosterError) -> BoosterField? {
        guard case .object(let members) = value else {
            throw error(.wrongType(expected: "an object"))
        }
        guard let member = members.first(where: { $0.key == key }) else { return nil }
        return BoosterField(member.value, file: file, path: path(of: key))
    }

    func required(_ key: String) throws(BoosterError) -> BoosterField {
        guard let field = try optional(key) else {
            throw .field(file: file, path: path(of: key), .missing)
        }
        return field
    }

    func string() throws(BoosterError) -> String {
        guard case .string(let string) = value else {
            throw error(.wrongType(expected: "a string"))
        }
        return string
    }

    /// A whole number within `range`; XGBoost writes its parameters as strings.
    func integer(in range: ClosedRange<Int>) throws(BoosterError) -> Int {
        let text = try string()
        guard let integer = Int(text), range.contains(integer) else {
            throw error(
                .outOfRange(value: text, range: "\(range.lowerBound)...\(range.upperBound)"))
        }
        return integer
    }

    func numbers() throws(BoosterError) -> [Double] {
        switch value {
        case .numbers(let numbers): return numbers
        case .list(let list) where list.isEmpty: return []
        default: throw error(.wrongType(expected: "a list of numbers"))
        }
    }

    /// A list of `count` numbers.
    func numbers(count: Int) throws(BoosterError) -> [Double] {
        let numbers = try numbers()
        guard numbers.count == count else {
            throw error(.wrongCount(found: numbers.count, expected: count))
        }
        return numbers
    }

    /// A list of `count` numbers, as XGBoost computes with them; each finite.
    func floats(count: Int) throws(BoosterError) -> [Float] {
        let floats = try numbers(count: count).map { Float($0) }
        if let index = floats.firstIndex(where: { !$0.isFinite }) {
            throw error(
                .elementOutOfRange(
                    index: index, value: Double(floats[index]), range: "finite numbers"))
        }
        return floats
    }

    /// A list of `count` whole numbers within `range`.
    func integers(count: Int, in range: ClosedRange<Int>) throws(BoosterError) -> [Int] {
        var integers: [Int] = []
        integers.reserveCapacity(count)
        for (index, number) in try numbers(count: count).enumerated() {
            guard let integer = Int(exactly: number), range.contains(integer) else {
                throw error(
                    .elementOutOfRange(
                        index: index, value: number,
                        range: "\(range.lowerBound)...\(range.upperBound)"))
            }
            integers.append(integer)
        }
        return integers
    }

    func list() throws(BoosterError) -> [BoosterField] {
        switch value {
        case .list(let list):
            return list.enumerated().map {
                BoosterField($1, file: file, path: "\(path)[\($0)]")
            }
        case .numbers(let numbers) where numbers.isEmpty: return []
        default: throw error(.wrongType(expected: "a list"))
        }
    }

    func error(_ problem: BoosterError.Problem) -> BoosterError {
        .field(file: file, path: path, problem)
    }

    private func path(of key: String) -> String {
        path.isEmpty ? key : path + "." + key
    }
}
