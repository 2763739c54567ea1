import Files
import TestSupport
import Testing

@Suite("A .npy file")
struct NPYFileTests {
    @Test("holds NumPy's header and the rows in little endian")
    func bytes() throws {
        let folder = TemporaryFolder()
        var file = try NPYFile<Double>(folder.file("x.npy"), columnCount: 2)
        try file.append([1, -2])
        try file.append([.nan, 0.5, 3, 4])
        try file.finish()
        let bytes = TestFile.read(folder.file("x.npy"))
        #expect(Array(bytes[..<10]) == [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0, 118, 0])
        let header = String(decoding: bytes[10..<128], as: UTF8.self)
        #expect(
            header.hasPrefix("{'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), }  "))
        #expect(header.hasSuffix(" \n"))
        #expect(bytes.count == 128 + 6 * 8)
        #expect(Array(bytes[128..<136]) == [0, 0, 0, 0, 0, 0, 0xF0, 0x3F])
        #expect(Array(bytes[136..<144]) == [0, 0, 0, 0, 0, 0, 0, 0xC0])
        #expect(Array(bytes[144..<152]) == [0, 0, 0, 0, 0, 0, 0xF8, 0x7F])
    }

    @Test("of one dimension has a shape of one, whatever it holds")
    func oneDimension() throws {
        let folder = TemporaryFolder()
        var times = try NPYFile<Int64>(folder.file("t.npy"))
        try times.append([1, -2, .max])
        try times.finish()
        let bytes = TestFile.read(folder.file("t.npy"))
        let header = String(decoding: bytes[10..<128], as: UTF8.self)
        #expect(header.hasPrefix("{'descr': '<i8', 'fortran_order': False, 'shape': (3,), }  "))
        #expect(Array(bytes[136..<144]) == [0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF])
        var empty = try NPYFile<Double>(folder.file("e.npy"))
        try empty.finish()
        let header2 = String(decoding: TestFile.read(folder.file("e.npy"))[10...], as: UTF8.self)
        #expect(header2.contains("'shape': (0,), }"))
    }

    @Test("has the same bytes however its rows are appended")
    func pieces() throws {
        let folder = TemporaryFolder()
        // More than one piece of 64 kB.
        let values = (0..<30_000).map { Double($0) / 7 }
        var whole = try NPYFile<Double>(folder.file("whole.npy"), columnCount: 3)
        try whole.append(values)
        try whole.finish()
        var cut = try NPYFile<Double>(folder.file("cut.npy"), columnCount: 3)
        for start in stride(from: 0, to: values.count, by: 3) {
            try cut.append(Array(values[start..<(start + 3)]))
        }
        try cut.finish()
        #expect(cut.rowCount == 10_000)
        let bytes = TestFile.read(folder.file("whole.npy"))
        let isEqual = bytes == TestFile.read(folder.file("cut.npy"))
        #expect(isEqual)
        #expect(bytes.count == 128 + 30_000 * 8)
        let last = bytes.suffix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        #expect(Double(bitPattern: last) == values[29_999])
    }

    @Test("replaces what was there, and tells what the system refuses")
    func refusals() throws {
        let folder = TemporaryFolder()
        TestFile.write([UInt8](repeating: 1, count: 999), to: folder.file("old.npy"))
        _ = try NPYFile<Double>(folder.file("old.npy"))
        #expect(TestFile.read(folder.file("old.npy")).count == 128)
        let path = folder.file("none/x.npy")
        #expect(
            throws: OutputError.system(path: path, operation: "create", errorNumber: 2)
        ) { try NPYFile<Double>(path) }
        #expect(
            throws: OutputError.system(path: "/dev/full", operation: "write", errorNumber: 28)
        ) { try NPYFile<Double>("/dev/full") }
    }
}
