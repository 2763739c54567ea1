import Dispatch
import Glibc
import Synchronization

/// A server on loopback that takes one connection for each of its answers, in order, and keeps what
/// it was asked. An empty answer is silence: the connection stays open without a word.
final class ScriptedServer: Sendable {
    private let port: UInt16
    private let listener: Int32
    private let heard = Mutex<[String]>([])

    init(_ answers: String...) {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let listener = listener
        let isListening = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { general in
                var size = socklen_t(MemoryLayout<sockaddr_in>.size)
                return unsafe bind(listener, general, size) == 0 && listen(listener, 8) == 0
                    && getsockname(listener, general, &size) == 0
            }
        }
        precondition(isListening, "no port is free on loopback")
        port = UInt16(bigEndian: address.sin_port)
        // A thread of its own: the client blocks one of the test's.
        DispatchQueue(label: "server").async { [self] in
            var silent: [Int32] = []
            for answer in answers {
                let connection = accept(listener, nil, nil)
                if connection < 0 { break }
                let request = Self.read(connection)
                heard.withLock { $0.append(request) }
                if answer.isEmpty {
                    silent.append(connection)
                } else {
                    _ = unsafe send(
                        connection, answer, answer.utf8.count, Int32(MSG_NOSIGNAL))
                    close(connection)
                }
            }
            // Whoever waits in vain gives up by itself before this.
            if !silent.isEmpty { usleep(5_000_000) }
            silent.forEach { close($0) }
            close(listener)
        }
    }

    /// Its address; `user` stands before the host.
    func url(user: String = "") -> String { "http://\(user)127.0.0.1:\(port)/base" }

    /// The requests so far, each as it came.
    var requests: [String] { heard.withLock { $0 } }

    /// All of a request whose body, if any, says how long it is.
    private static func read(_ connection: Int32) -> String {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        // Known once the head is there.
        var size: Int?
        while bytes.count < size ?? Int.max {
            let count = unsafe recv(connection, &chunk, chunk.count, 0)
            if count <= 0 { break }
            bytes += chunk[..<count]
            guard size == nil else { continue }
            let text = String(decoding: bytes, as: UTF8.self)
            guard let end = text.firstRange(of: "\r\n\r\n") else { continue }
            let field = "Content-Length: "
            let bodySize = text.split(separator: "\r\n").first { $0.hasPrefix(field) }
                .flatMap { Int($0.dropFirst(field.count)) }
            size = text[..<end.upperBound].utf8.count + (bodySize ?? 0)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
