import Files
internal import Glibc
import JSON
import Market

@testable import Tape

/// Drives the tape's reader with arbitrary bytes.
///
/// Checksums would keep the fuzzer out, so the first byte of an input chooses how the rest is used:
/// as it is, with its checksums mended, or as the uncompressed content of a frame of a tape that is
/// whole in all other respects.
enum TapeReaderFuzzing {
    /// In memory, so that two million runs do not wear a disk.
    private static let path = "/dev/shm/tapedeck-fuzz-\(getpid()).tape"

    static func run(_ bytes: [UInt8]) {
        guard let mode = bytes.first else { return }
        let rest = Array(bytes.dropFirst())
        switch mode % 4 {
        case 0: read(rest)
        case 1: read(mended(rest))
        default: read(wrapped(rest, mode))
        }
    }

    private static func read(_ bytes: [UInt8]) {
        write(bytes)
        do {
            let tape = try TapeFile(path: path)
            _ = try TapeVerification(of: tape) { _ in }
            for stream in tape.header.streams.indices {
                var reader = try StreamReader(
                    tape, stream: stream, span: TimeRange(startNs: 0, endNs: 1 << 60), levels: 5)
                var decoder = BlockDecoder()
                var block = reader.makeBlock()
                while let rows = try reader.next(into: &block, using: &decoder) {
                    precondition(rows.upperBound <= block.rowCount)
                }
            }
        } catch {
            precondition(error is TapeError, "an error of another type: \(error)")
            precondition(!"\(error)".isEmpty)
        }
    }

    /// The same frames with right checksums, as far as their lengths lead from one to the next.
    private static func mended(_ bytes: [UInt8]) -> [UInt8] {
        var mended = bytes
        var start = 0
        while start + CheckedFrame.overhead <= mended.count {
            var reader = ByteReader(mended, in: start..<mended.count)
            guard reader.integer() == CheckedFrame.magic, let size: UInt32 = reader.integer(),
                let tag: UInt32 = reader.integer()
            else { break }
            let end = start + CheckedFrame.headerSize + Int(size)
            guard end <= mended.count, size >= 8 else { break }
            let checksum = CRC32.checksum(mended.span.extracting(start..<(end - 4)))
            for index in 0..<4 {
                mended[end - 4 + index] = UInt8(truncatingIfNeeded: checksum >> UInt32(8 * index))
            }
            start = end
            guard tag == CheckedFrame.Tag.block.rawValue,
                let descriptor = FrameDescriptor(Array(mended[(end - Int(size) - 8)..<end]))
            else { continue }
            start += descriptor.frameSize
        }
        return mended
    }

    /// A whole tape of one stream and one block, the content of whose frames is the fuzzer's.
    private static func wrapped(_ bytes: [UInt8], _ mode: UInt8) -> [UInt8] {
        let schemas: [StreamSchema] = [
            .trades(), .books(levels: 2), .candles(extras: .quoteVolume), .funding(),
        ]
        let schema = schemas[Int(mode >> 2) % schemas.count]
        let rows = 1 + Int(mode >> 4)
        let header = TapeHeader(
            instruments: [
                Instrument(
                    venue: "f", id: "f", symbol: "f", kind: .spot, priceDecimals: 0,
                    sizeDecimals: 0, quoteDecimals: 0,
                    spans: [ValiditySpan(startNs: 0, tickUnits: 1, lotUnits: 1)])
            ],
            streams: [
                StreamDescription(
                    instrument: 0, schema: schema, intervalNs: schema.kind == .candles ? 1 : 0)
            ], provenance: nil)
        let compressor = ZstandardCompressor(level: 1)
        var tape = header.encoded()
        let offset = Int64(tape.count)
        var sizes: [Int] = []
        let share = bytes.count / schema.groups.count
        for group in schema.groups.indices {
            let content = Array(bytes[(group * share)..<((group + 1) * share)])
            var frame: [UInt8] = []
            let frameSize = compressor.compress(content, appendingTo: &frame)
            tape += FrameDescriptor(
                stream: 0, block: 0, group: group, rows: rows, firstVisibleNs: 0,
                lastVisibleNs: 9, frameSize: frameSize, contentSize: content.count
            ).encoded()
            tape += frame
            sizes.append(FrameDescriptor.encodedSize + frameSize)
        }
        let entry = BlockEntry(
            offset: offset, rows: rows, firstVisibleNs: 0, lastVisibleNs: 9, groupSizes: sizes)
        let index = Int64(tape.count)
        tape += StreamIndex.encode(stream: 0, [entry])
        let trailer = TapeTrailer(
            streams: [
                StreamSummary(
                    rows: Int64(rows), firstVisibleNs: 0, lastVisibleNs: 9,
                    digest: SHA256().finish(), blocks: 1, indexOffset: index,
                    size: Int64(entry.size))
            ], ledger: nil, header: header
        ).encoded()
        var table = SeekTable()
        table.append(compressedSize: trailer.count, contentSize: 0)
        return tape + trailer + table.encoded()
    }

    private static func write(_ bytes: [UInt8]) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        precondition(descriptor >= 0, "cannot write \(path): errno \(errno)")
        let written = unsafe bytes.withUnsafeBytes { buffer in
            unsafe Glibc.write(descriptor, buffer.baseAddress, buffer.count)
        }
        precondition(written == bytes.count)
        close(descriptor)
    }
}
