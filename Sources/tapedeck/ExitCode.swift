/// How a command ended, as the shell sees it.
enum ExitCode: Int32, Sendable {
    case done = 0
    /// A check failed: the input is readable and wrong.
    case checkFailed = 1
    case usage = 2
    case badInput = 3
    /// The machine's fault: no space, no permission, no such file to write.
    case environment = 4
    /// There is too little to say: a run that has not ended, a rollout on hold.
    case short = 5
    /// What there is cannot be used as evidence.
    case invalid = 6
    /// A rollout waits for somebody to sign.
    case awaitingSignOff = 7
    /// Stopped by the user, cleanly.
    case interrupted = 130
}
