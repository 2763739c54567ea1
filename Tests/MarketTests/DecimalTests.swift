import Market
import Testing

@Suite("Decimal text")
struct DecimalTests {
    @Test(
        "becomes an exact integer and a scale without trailing zeros",
        arguments: [
            ("0", 0, 0), ("-0.000", 0, 0), ("1.50", 15, 1), ("-12.345", -12_345, 3),
            ("61686.00000000", 61_686, 0), ("0.00000001", 1, 8), ("1e-7", 1, 7),
            ("3.2E+4", 32_000, 0),
            ("100", 100, 0), (".5", 5, 1), ("5.", 5, 0), ("+7", 7, 0),
            ("0.100000000000000000000", 1, 1), ("9223372036854775807", Int64.max, 0),
            ("1000000000000000000e-18", 1, 0),
        ] as [(String, Int64, Int)])
    func exact(text: String, mantissa: Int64, decimals: Int) {
        let decimal = Decimal(text)
        #expect(decimal?.mantissa == mantissa)
        #expect(decimal?.decimals == decimals)
    }

    @Test(
        "is refused when it is no number or does not fit",
        arguments: [
            "", "-", ".", "nan", "inf", "1.2.3", "1,2", " 1", "1 ", "0x10", "1e", "1e+", "1e999",
            "9223372036854775808", "1e19", "0.0000000000000000001", "1e-19", "--1",
        ])
    func refused(text: String) {
        #expect(Decimal(text) == nil)
    }

    @Test("changes its units only when nothing is lost")
    func units() {
        #expect(Decimal("1.25")?.units(decimals: 2) == 125)
        #expect(Decimal("1.25")?.units(decimals: 8) == 125_000_000)
        #expect(Decimal("1.25")?.units(decimals: 1) == nil)
        #expect(Decimal("92233720368")?.units(decimals: 9) == nil)
        #expect(Decimal("0")?.units(decimals: 0) == 0)
    }

    @Test("comes back from units without trailing zeros")
    func text() {
        #expect(FixedPoint.text(1250, decimals: 3) == "1.25")
        #expect(FixedPoint.text(-5, decimals: 2) == "-0.05")
        #expect(FixedPoint.text(700, decimals: 0) == "700")
        #expect(FixedPoint.text(.min, decimals: 18) == "-9.223372036854775808")
    }
}
