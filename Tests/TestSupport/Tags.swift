package import Testing

extension Tag {
    /// Tests that parse bytes; CI runs them once more under the address sanitizer.
    @Tag package static var bytes: Self
    /// Tests that run in parallel lanes; CI runs them once more under the thread sanitizer.
    @Tag package static var concurrency: Self
}
