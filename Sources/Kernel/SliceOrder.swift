/// Notices a slice that was lost or came twice: each stage sees 0, 1, 2 and so on.
struct SliceOrder: Sendable {
    private var next = 0

    mutating func advance(to number: Int) {
        precondition(number == next, "slice \(next) is due, and slice \(number) came")
        next += 1
    }
}
