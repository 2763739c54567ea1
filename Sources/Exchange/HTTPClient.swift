internal import CCurl
import JSON

/// How long a server may take.
package struct HTTPLimits: Equatable, Sendable {
    /// To take a connection.
    package var connectMs = 10_000
    /// A transfer below a kilobyte a second is given up after so long.
    package var stallSeconds = 60
    /// For one request, whatever its speed.
    package var totalSeconds = 1_800

    package init() {}
}

/// Asks one server, request by request, over a connection that stays open where the server wants.
///
/// No redirect is followed, so that credentials and models reach nobody else. It owns libcurl's
/// handle.
@safe package struct HTTPClient: ~Copyable {
    package let address: HTTPAddress
    private let credentials: HTTPCredentials?
    private let limits: HTTPLimits
    private let isStopRequested: @Sendable () -> Bool
    private let handle: UnsafeMutableRawPointer

    /// libcurl wants to be told once, before any handle is made.
    private static let isReady = curl_global_init(3) == CURLE_OK

    /// - Parameter credentials: are used where the address holds none.
    package init(
        _ address: HTTPAddress, _ credentials: HTTPCredentials? = nil,
        limits: HTTPLimits = HTTPLimits(),
        isStopRequested: @escaping @Sendable () -> Bool = { false }
    ) throws(HTTPError) {
        guard Self.isReady, let handle = unsafe curl_easy_init() else {
            throw .failed(request: address.place, reason: "libcurl cannot start")
        }
        unsafe self.handle = handle
        self.address = address
        self.credentials = address.credentials ?? credentials
        self.limits = limits
        self.isStopRequested = isStopRequested
    }

    deinit { unsafe curl_easy_cleanup(handle) }

    /// The body of the server's answer, if it agreed.
    package func send(_ request: HTTPRequest) throws(HTTPError) -> [UInt8] {
        let url = request.url(at: address)
        let name = request.method.rawValue + " " + url
        var headers: UnsafeMutablePointer<curl_slist>?
        defer { unsafe curl_slist_free_all(headers) }
        // Nobody waits for the server's leave to send a large body.
        for header in ["Expect:", "Content-Type: " + (request.contentType ?? "")] {
            unsafe headers = curl_slist_append(headers, header)
        }
        unsafe curl_easy_reset(handle)
        try set(request, url, name)
        try check(unsafe tapedeck_curl_set_pointer(handle, CURLOPT_HTTPHEADER, headers), name)
        var inbox = Inbox(sizeMax: request.answerSizeMax) { [isStopRequested] in
            request.isStoppable && isStopRequested()
        }
        let code = perform(request, &inbox)
        if inbox.isStopped { throw .interrupted }
        if inbox.isFull { throw .tooLarge(request: name, sizeMax: request.answerSizeMax) }
        try check(code, name)
        var status = 0
        try check(unsafe tapedeck_curl_status(handle, &status), name)
        switch status {
        case 200..<300: return inbox.bytes
        case 300..<400: throw .redirected(request: name, status: status, to: redirect)
        default: throw .refused(request: name, status: status, said: ServerMessage(inbox.bytes))
        }
    }

    // MARK: - The handle

    private func set(_ request: HTTPRequest, _ url: String, _ name: String) throws(HTTPError) {
        try set(CURLOPT_URL, url, name)
        try set(CURLOPT_PROTOCOLS_STR, "http,https", name)
        try set(CURLOPT_USERAGENT, "tapedeck", name)
        try set(CURLOPT_CUSTOMREQUEST, request.method.rawValue, name)
        try set(CURLOPT_FOLLOWLOCATION, 0, name)
        try set(CURLOPT_NOSIGNAL, 1, name)
        try set(CURLOPT_NOPROGRESS, 0, name)
        try set(CURLOPT_CONNECTTIMEOUT_MS, limits.connectMs, name)
        try set(CURLOPT_LOW_SPEED_LIMIT, 1_000, name)
        try set(CURLOPT_LOW_SPEED_TIME, limits.stallSeconds, name)
        try set(CURLOPT_TIMEOUT, limits.totalSeconds, name)
        switch credentials {
        case .basic(let user, let password):
            try set(CURLOPT_USERNAME, user, name)
            try set(CURLOPT_PASSWORD, password, name)
        case .bearer(let token):
            try set(CURLOPT_HTTPAUTH, tapedeck_curl_bearer, name)
            try set(CURLOPT_XOAUTH2_BEARER, token, name)
        case nil: break
        }
    }

    private func set(
        _ option: CURLoption, _ text: String, _ name: String
    ) throws(HTTPError) {
        try check(unsafe tapedeck_curl_set_text(handle, option, text), name)
    }

    private func set(
        _ option: CURLoption, _ number: Int, _ name: String
    ) throws(HTTPError) {
        try check(unsafe tapedeck_curl_set_number(handle, option, number), name)
    }

    /// Sends and receives; libcurl reads the body and writes the inbox meanwhile.
    private func perform(_ request: HTTPRequest, _ inbox: inout Inbox) -> CURLcode {
        unsafe request.body.withUnsafeBytes { body in
            unsafe withUnsafeMutablePointer(to: &inbox) { inbox in
                var codes = unsafe [
                    tapedeck_curl_set_pointer(handle, CURLOPT_WRITEDATA, inbox),
                    tapedeck_curl_set_receiver(handle, Inbox.receive),
                    tapedeck_curl_set_pointer(handle, CURLOPT_XFERINFODATA, inbox),
                    tapedeck_curl_set_watcher(handle, Inbox.watch),
                ]
                if request.method != .get {
                    // Nothing of an empty body is read, but without an address libcurl asks its
                    // standard input.
                    unsafe codes += [
                        tapedeck_curl_set_size(
                            handle, CURLOPT_POSTFIELDSIZE_LARGE, Int(body.count)),
                        tapedeck_curl_set_pointer(
                            handle, CURLOPT_POSTFIELDS, body.baseAddress ?? UnsafeRawPointer(handle)
                        ),
                    ]
                }
                if let failure = codes.first(where: { $0 != CURLE_OK }) { return failure }
                return unsafe curl_easy_perform(handle)
            }
        }
    }

    private func check(_ code: CURLcode, _ name: String) throws(HTTPError) {
        guard code != CURLE_OK else { return }
        let reason = unsafe curl_easy_strerror(code).map { unsafe String(cString: $0) } ?? ""
        throw .failed(request: name, reason: reason)
    }

    /// Where the last answer sends.
    private var redirect: String {
        var url: UnsafeMutablePointer<CChar>?
        guard unsafe tapedeck_curl_redirect(handle, &url) == CURLE_OK, let url = unsafe url else {
            return "nowhere"
        }
        return unsafe String(cString: url)
    }
}

/// What has arrived of an answer.
private struct Inbox {
    let sizeMax: Int
    let isStopRequested: @Sendable () -> Bool
    private(set) var bytes: [UInt8] = []
    private(set) var isFull = false
    private(set) var isStopped = false

    init(sizeMax: Int, isStopRequested: @escaping @Sendable () -> Bool) {
        self.sizeMax = sizeMax
        self.isStopRequested = isStopRequested
    }

    /// False when there is no room.
    private mutating func take(_ more: UnsafeRawBufferPointer) -> Bool {
        guard more.count <= sizeMax - bytes.count else {
            isFull = true
            return false
        }
        unsafe bytes.append(contentsOf: more)
        return true
    }

    /// Called by libcurl; it gives up where less is taken than it brought.
    static let receive: tapedeck_curl_receiver = { start, size, count, context in
        guard let inbox = unsafe context?.assumingMemoryBound(to: Inbox.self) else { return 0 }
        let more = unsafe UnsafeRawBufferPointer(start: start, count: size * count)
        return unsafe inbox.pointee.take(more) ? size * count : 0
    }

    /// Called by libcurl at least each second; it gives up at anything but 0.
    static let watch: tapedeck_curl_watcher = { context, _, _, _, _ in
        guard let inbox = unsafe context?.assumingMemoryBound(to: Inbox.self) else { return 1 }
        let isStopRequested = unsafe inbox.pointee.isStopRequested()
        if isStopRequested { unsafe inbox.pointee.isStopped = true }
        return isStopRequested ? 1 : 0
    }
}

extension ServerMessage {
    /// MLflow says `error_code` and `message`; whatever stands before it has words of its own.
    fileprivate init(_ body: [UInt8]) {
        do throws(JSONError) {
            var fields = try JSONFields(JSONNode.parse(body))
            self.init(
                code: ServerText.clean(try fields.string("error_code", default: "")),
                text: ServerText.clean(try fields.string("message", default: "")))
        } catch {
            let text = String(decoding: body.prefix(4096), as: UTF8.self)
            self.init(
                code: "", text: text.hasPrefix("<") ? "a page of HTML" : ServerText.clean(text))
        }
    }
}
