internal import Dispatch

/// A serial executor with a queue of its own, for the one actor that waits for disk and network:
/// on the shared threads it would hold up those who compute.
final class BlockingExecutor: SerialExecutor {
    private let queue = DispatchQueue(label: "journal")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { unsafe job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
