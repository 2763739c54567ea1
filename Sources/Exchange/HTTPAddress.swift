/// Where a server is, without the name and password that its URL may hold.
package struct HTTPAddress: Equatable, Sendable {
    /// As in `https://host:5000/mlflow`, without a slash at its end. Safe to print.
    package let place: String
    /// What the URL says before its host; nil where it says nothing.
    package let credentials: HTTPCredentials?

    /// Nil for what is no address of a web server.
    package init?(_ url: String) {
        guard let cut = url.firstRange(of: "://") else { return nil }
        let scheme = url[..<cut.lowerBound].lowercased()
        guard ["http", "https"].contains(scheme),
            // A space or a control character would become part of a request.
            url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }),
            !url.contains("?"), !url.contains("#")
        else { return nil }
        let rest = url[cut.upperBound...]
        let authority = rest.prefix { $0 != "/" }
        var path = rest.dropFirst(authority.count)
        while path.last == "/" { path.removeLast() }
        guard let at = authority.lastIndex(of: "@") else {
            guard !authority.isEmpty else { return nil }
            place = "\(scheme)://\(authority)\(path)"
            credentials = nil
            return
        }
        let host = authority[authority.index(after: at)...]
        let parts = authority[..<at].split(
            separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard !host.isEmpty, let user = PercentCoding.decoded(parts[0]),
            let password = PercentCoding.decoded(parts.count > 1 ? parts[1] : "")
        else { return nil }
        place = "\(scheme)://\(host)\(path)"
        credentials = .basic(user: user, password: password)
    }
}

/// What a server wants to see before it answers. Never part of any text.
package enum HTTPCredentials: Equatable, Sendable {
    case basic(user: String, password: String)
    case bearer(token: String)

    /// What MLflow's own clients take from the environment, in their order; nil where it says
    /// nothing.
    ///
    /// - Parameter variable: reads a variable of the environment.
    package init?(environment variable: (String) -> String?) {
        if let user = variable("MLFLOW_TRACKING_USERNAME"),
            let password = variable("MLFLOW_TRACKING_PASSWORD")
        {
            self = .basic(user: user, password: password)
        } else if let token = variable("MLFLOW_TRACKING_TOKEN"), !token.isEmpty {
            self = .bearer(token: token)
        } else {
            return nil
        }
    }
}

/// How URLs spell what is no letter, digit or one of `-._~`.
enum PercentCoding {
    private static let digits = Array("0123456789ABCDEF".utf8)

    static func encoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                bytes.append(byte)
            default:
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Nil where a percent sign stands before no two digits, or for a null.
    static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let pair = Substring(rest.prefix(2))
            guard pair.utf8.count == 2, !pair.hasPrefix("+"), !pair.hasPrefix("-"),
                let value = UInt8(pair, radix: 16), value != 0
            else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
