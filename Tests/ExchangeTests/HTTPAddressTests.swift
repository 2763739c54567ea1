import Exchange
import Testing

@Suite struct HTTPAddressTests {
    @Test(
        "An address keeps its place and lays its credentials aside",
        arguments: [
            ("http://127.0.0.1:5000", "http://127.0.0.1:5000", nil),
            ("HTTPS://mlflow.example.com/", "https://mlflow.example.com", nil),
            ("https://host/a/b//", "https://host/a/b", nil),
            ("http://[::1]:5000/x", "http://[::1]:5000/x", nil),
            (
                "http://anna:s%3Acret%40@host:5000", "http://host:5000",
                HTTPCredentials.basic(user: "anna", password: "s:cret@")
            ),
            ("http://anna@host", "http://host", .basic(user: "anna", password: "")),
        ] as [(String, String, HTTPCredentials?)])
    func anAddressIsTakenApart(url: String, place: String, credentials: HTTPCredentials?) throws {
        let address = try #require(HTTPAddress(url))
        #expect(address.place == place)
        #expect(address.credentials == credentials)
    }

    @Test(
        "What is no address of a web server is refused",
        arguments: [
            "", "host:5000", "ftp://host", "file:///etc/passwd", "http://", "http:///path",
            "http://host?x=1", "http://host#x", "http://ho st", "http://host/\r\nX: y",
            "http://anna:%zz@host", "http://anna:%00@host", "http://anna@", "http://a\\b",
        ])
    func whatIsNoAddressIsRefused(url: String) {
        #expect(HTTPAddress(url) == nil)
    }

    @Test("The environment's name and password come before its token, as for MLflow's clients")
    func credentialsComeFromTheEnvironment() {
        let all = [
            "MLFLOW_TRACKING_USERNAME": "anna", "MLFLOW_TRACKING_PASSWORD": "secret",
            "MLFLOW_TRACKING_TOKEN": "token",
        ]
        func credentials(without absent: String...) -> HTTPCredentials? {
            HTTPCredentials { absent.contains($0) ? nil : all[$0] }
        }
        #expect(credentials() == .basic(user: "anna", password: "secret"))
        #expect(credentials(without: "MLFLOW_TRACKING_PASSWORD") == .bearer(token: "token"))
        #expect(
            credentials(without: "MLFLOW_TRACKING_PASSWORD", "MLFLOW_TRACKING_TOKEN") == nil)
    }

    @Test("Names become one step of a path each, whatever they hold")
    func namesAreEncoded() throws {
        let address = try #require(HTTPAddress("http://host/base"))
        let request = HTTPRequest(
            .get, ["a b", "../é", "c?d#e"],
            query: [HTTPRequest.Parameter(name: "filter", value: "name='x & y'")])
        #expect(
            request.url(at: address)
                == "http://host/base/a%20b/..%2F%C3%A9/c%3Fd%23e?filter=name%3D%27x%20%26%20y%27")
    }
}
