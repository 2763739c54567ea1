/// Why a server's answer is not there. `request` is the method and the URL, without credentials.
package enum HTTPError: Error, Equatable {
    /// The server answered that it will not.
    case refused(request: String, status: Int, said: ServerMessage)
    /// The server sends elsewhere, which is not followed.
    case redirected(request: String, status: Int, to: String)
    /// No answer, or half of one; `reason` is libcurl's.
    case failed(request: String, reason: String)
    case tooLarge(request: String, sizeMax: Int)
    /// The user asked to stop.
    case interrupted
}

extension HTTPError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .refused(let request, let status, let said):
            "\(request): the server answered \(status)\(Self.meaning(status)): \(said)"
                + Self.advice(status)
        case .redirected(let request, let status, let target):
            "\(request): the server answered \(status) and sends to \(ServerText.clean(target)); "
                + "redirects are not followed: give the address that it leads to"
        case .failed(let request, let reason): "\(request): \(reason)"
        case .tooLarge(let request, let sizeMax):
            "\(request): the answer is larger than \(sizeMax) bytes, which none should be"
        case .interrupted: "interrupted"
        }
    }

    private static func meaning(_ status: Int) -> String {
        switch status {
        case 401: " (not logged in)"
        case 403: " (not allowed)"
        case 404: " (not found)"
        case 500...599: " (its own failure)"
        default: ""
        }
    }

    private static func advice(_ status: Int) -> String {
        switch status {
        case 401, 403:
            "; check MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or "
                + "MLFLOW_TRACKING_TOKEN"
        default: ""
        }
    }
}

/// What a server said of its refusal.
package struct ServerMessage: Equatable, Sendable, CustomStringConvertible {
    /// MLflow's name of the error; empty where the answer has none.
    package let code: String
    package let text: String

    package var description: String {
        [code, text].filter { !$0.isEmpty }.joined(separator: ": ")
    }
}

/// Words of a server, fit to be shown on a terminal.
enum ServerText {
    private static let countMax = 300

    /// One line without control characters, cut where it is long.
    static func clean(_ text: String) -> String {
        let scalars = text.unicodeScalars.map { scalar in
            scalar.properties.generalCategory == .control || scalar.properties.isBidiControl
                ? " " : scalar
        }
        var line = ""
        line.unicodeScalars.append(contentsOf: scalars.prefix(countMax))
        return scalars.count > countMax ? line + "..." : line
    }
}
