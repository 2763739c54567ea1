private import Glibc
package import Testing

/// Recorded market data that lies beside the checkout, in `../shared`. It is large and not ours to
/// publish, so tests that read it are skipped where it is absent.
package enum SharedData {
    /// The root of the package, without a slash at the end.
    package static let packageRoot: String = {
        let components = #filePath.split(separator: "/").dropLast(3)
        return "/" + components.joined(separator: "/")
    }()

    /// The path of a file or folder under `../shared`; nil when it is not there.
    package static func path(_ name: String) -> String? {
        let path = packageRoot + "/../shared/" + name
        return unsafe access(path, R_OK) == 0 ? path : nil
    }

    /// Whether there is shared data at all: `.enabled(if: SharedData.isPresent, SharedData.hint)`.
    package static var isPresent: Bool { path("data/README.md") != nil }

    package static let hint: Comment = "recorded data is read from ../shared/data, which is absent"
}
