import Kernel
import Testing

@Suite("A speed")
struct SpeedTests {
    @Test(
        "is max or a whole multiple of real time",
        arguments: [
            ("max", Speed.max), ("1x", .times(1)), ("3600x", .times(3600)),
            ("1000000x", .times(1_000_000)),
        ])
    func read(text: String, speed: Speed) {
        #expect(Speed(text) == speed)
        #expect("\(speed)" == text)
    }

    @Test(
        "is nothing else",
        arguments: [
            "", "x", "0x", "-1x", "+1x", "1", "1.5x", "1X", " 1x", "1x ", "MAX", "1xx", "1000001x",
            "99999999999999999999x", "١x", "1e3x",
        ])
    func refused(text: String) {
        #expect(Speed(text) == nil)
    }
}
