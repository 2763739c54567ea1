package import Testing

extension Tag {
    /// Tests that parse bytes; CI runs them once more under the address sanitizer.
    @Tag package static var bytes: Self
    /// One suite for each way in which tasks meet; CI runs them once more under the thread sanitizer,
    /// where they take ten times as long.
    @Tag package static var concurrency: Self
}
