internal import Glibc

/// What the C library calls an errno value.
package func systemMessage(_ errorNumber: Int32) -> String {
    guard let text = unsafe strerror(errorNumber) else { return "error \(errorNumber)" }
    return unsafe String(cString: text)
}
