import Exchange
import Testing

@Suite struct HTTPClientTests {
    private static func answer(
        _ status: String, _ body: String = "{}", size: Int? = nil, headers: String = ""
    ) -> String {
        "HTTP/1.1 \(status)\r\nContent-Length: \(size ?? body.utf8.count)\r\n\(headers)"
            + "Connection: close\r\n\r\n\(body)"
    }

    private static func client(
        _ url: String, _ credentials: HTTPCredentials? = nil, stallSeconds: Int = 1,
        isStopRequested: @escaping @Sendable () -> Bool = { false }
    ) throws -> HTTPClient {
        var limits = HTTPLimits()
        limits.connectMs = 2_000
        limits.stallSeconds = stallSeconds
        return try HTTPClient(
            try #require(HTTPAddress(url)), credentials, limits: limits,
            isStopRequested: isStopRequested)
    }

    /// What a request for `sizeMax` bytes fails with.
    private static func failure(
        of url: String, sizeMax: Int = 1_000, stallSeconds: Int = 1,
        isStopRequested: @escaping @Sendable () -> Bool = { false }
    ) throws -> HTTPError? {
        let client = try client(
            url, stallSeconds: stallSeconds, isStopRequested: isStopRequested)
        do throws(HTTPError) {
            _ = try client.send(HTTPRequest(.get, ["x"], answerSizeMax: sizeMax))
            return nil
        } catch {
            return error
        }
    }

    @Test("A body is sent whole, under an encoded path, and the answer comes back")
    func aBodyIsSentWhole() throws {
        let server = ScriptedServer(Self.answer("200 OK", "done"))
        let body = String(repeating: "0123456789", count: 200_000)
        let request = HTTPRequest(
            .put, ["a", "b c"], body: Array(body.utf8), contentType: "application/octet-stream")
        let client = try Self.client(server.url())
        #expect(try client.send(request) == Array("done".utf8))
        let heard = try #require(server.requests.first)
        #expect(heard.hasPrefix("PUT /base/a/b%20c HTTP/1.1\r\n"))
        #expect(heard.contains("\r\nContent-Type: application/octet-stream\r\n"))
        #expect(!heard.contains("Authorization"))
        #expect(!heard.contains("Expect"))
        #expect(heard.hasSuffix("\r\n\r\n" + body))
    }

    @Test("The address's credentials come before the environment's, and neither is in an error")
    func credentialsAreSentAndNeverSaid() throws {
        let refusal = Self.answer(
            "401 UNAUTHORIZED", #"{"error_code": "UNAUTHENTICATED", "message": "who are you?"}"#)
        let server = ScriptedServer(refusal, refusal)
        let token = HTTPCredentials.bearer(token: "t0ken")
        for (url, sent) in [
            (server.url(user: "anna:secret@"), "Authorization: Basic YW5uYTpzZWNyZXQ="),
            (server.url(), "Authorization: Bearer t0ken"),
        ] {
            let client = try Self.client(url, token)
            let error = #expect(throws: HTTPError.self) {
                _ = try client.send(HTTPRequest(.get, ["x"]))
            }
            let text = try #require(error).description
            #expect(text.contains("401 (not logged in): UNAUTHENTICATED: who are you?"))
            #expect(text.contains("/base/x"))
            for secret in ["anna", "secret", "t0ken"] { #expect(!text.contains(secret)) }
            #expect(server.requests.last?.contains("\r\n\(sent)\r\n") == true)
        }
    }

    @Test("A redirect is not followed")
    func aRedirectIsNotFollowed() throws {
        let other = ScriptedServer(Self.answer("200 OK"))
        let server = ScriptedServer(
            Self.answer("302 FOUND", "", headers: "Location: \(other.url())/y\r\n"))
        #expect(
            try Self.failure(of: server.url())
                == .redirected(
                    request: "GET \(server.url())/x", status: 302, to: "\(other.url())/y"))
        #expect(other.requests.isEmpty)
    }

    @Test("An answer larger than asked for is cut off, with or without a size")
    func aLargeAnswerIsCutOff() throws {
        let body = String(repeating: "x", count: 1_001)
        let server = ScriptedServer(
            Self.answer("200 OK", body), "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n\(body)",
            Self.answer("200 OK", String(body.dropLast())))
        let error = HTTPError.tooLarge(request: "GET \(server.url())/x", sizeMax: 1_000)
        #expect(try Self.failure(of: server.url()) == error)
        #expect(try Self.failure(of: server.url()) == error)
        #expect(try Self.failure(of: server.url()) == nil)
    }

    @Test("A server that dies half way, says nothing or is not there is named with the reason")
    func noAnswerIsAnError() throws {
        let server = ScriptedServer(Self.answer("200 OK", "half", size: 8), "")
        let name = "GET \(server.url())/x"
        #expect(
            try Self.failure(of: server.url())
                == .failed(request: name, reason: "Transferred a partial file"))
        #expect(
            try Self.failure(of: server.url())
                == .failed(request: name, reason: "Timeout was reached"))
        #expect(
            try Self.failure(of: "http://127.0.0.1:1")
                == .failed(
                    request: "GET http://127.0.0.1:1/x", reason: "Couldn't connect to server"))
    }

    @Test("A wish to stop ends the wait for an answer")
    func aWishToStopEndsTheWait() throws {
        let server = ScriptedServer("")
        #expect(
            try Self.failure(of: server.url(), stallSeconds: 60) { !server.requests.isEmpty }
                == .interrupted)
    }

    @Test("What a server says is shown on one line without control characters")
    func whatAServerSaysIsCleaned() throws {
        let long = String(repeating: "y", count: 400)
        let server = ScriptedServer(
            Self.answer("500 INTERNAL SERVER ERROR", "red \u{1B}[31m\r\nline"),
            Self.answer("502 BAD GATEWAY", "<html>no</html>"), Self.answer("404 NOT FOUND", long))
        var said: [String] = []
        for _ in 0..<3 {
            guard case .refused(_, _, let message) = try Self.failure(of: server.url()) else {
                break
            }
            said.append(message.description)
        }
        #expect(
            said == ["red  [31m  line", "a page of HTML", String(long.prefix(300)) + "..."])
    }
}
