internal import Glibc
internal import Synchronization

/// The user's wish to stop. Commands ask for it once per batch and end cleanly: nothing half
/// written stays. A second signal ends the process at once.
enum Interrupt {
    private static let isWanted = Atomic<Bool>(false)

    /// Listens to Ctrl-C and to a polite kill from now on.
    static func listen() {
        // Touches the flag here, because a signal handler must not run its first initialisation.
        isWanted.store(false, ordering: .relaxed)
        var action = sigaction()
        unsafe action.__sigaction_handler.sa_handler = { _ in
            Interrupt.isWanted.store(true, ordering: .relaxed)
        }
        action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND))
        unsafe sigaction(SIGINT, &action, nil)
        unsafe sigaction(SIGTERM, &action, nil)
        // A limit on the size of files is then an error of the write, like a full disk.
        signal(SIGXFSZ, SIG_IGN)
    }

    static var isRequested: Bool { isWanted.load(ordering: .relaxed) }

    static func check() throws(Interrupted) {
        if isRequested { throw Interrupted() }
    }
}

/// The user asked to stop, and the command did.
struct Interrupted: Error, Equatable {
    static let text = "interrupted; nothing half written was left"
}
