internal import Glibc
import Market

/// The time of the wall clock: for what operators do, never for a result of a run.
enum WallClock {
    static func nowNs() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * Timestamp.secondNs + Int64(time.tv_nsec)
    }
}
