/// One question to a server.
package struct HTTPRequest: Equatable, Sendable {
    package enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
    }

    package let method: Method
    /// The names of the path behind the server's own, as they are: they are encoded on their way.
    package let path: [String]
    package let query: [Parameter]
    package let body: [UInt8]
    /// What the body is; nil where there is none.
    package let contentType: String?
    /// No answer is larger.
    package let answerSizeMax: Int
    /// Whether the user's wish to stop ends it: not what tidies up after that.
    package var isStoppable = true

    package struct Parameter: Equatable, Sendable {
        package let name: String
        package let value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// More than a list of any model's versions needs.
    package static let answerSizeMaxDefault = 8 << 20

    package init(
        _ method: Method, _ path: [String], query: [Parameter] = [], body: [UInt8] = [],
        contentType: String? = nil, answerSizeMax: Int = answerSizeMaxDefault
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.body = body
        self.contentType = contentType
        self.answerSizeMax = answerSizeMax
    }

    /// All of the URL, which holds no credentials.
    package func url(at address: HTTPAddress) -> String {
        let path = path.map { "/" + PercentCoding.encoded($0) }.joined()
        let query = query.map {
            PercentCoding.encoded($0.name) + "=" + PercentCoding.encoded($0.value)
        }
        return address.place + path + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
    }
}
