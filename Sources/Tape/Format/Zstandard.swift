internal import CZstd

/// Compresses one frame after another with a context that is made once.
@safe struct ZstandardCompressor: ~Copyable {
    private let context: OpaquePointer

    /// `level` as libzstd counts it, 1 (fast) to 19 (small).
    init(level: Int) {
        guard let made = unsafe ZSTD_createCCtx() else {
            fatalError("libzstd could not allocate a compression context")
        }
        unsafe context = unsafe made
        unsafe Self.set(made, ZSTD_c_compressionLevel, Int32(level))
        unsafe Self.set(made, ZSTD_c_checksumFlag, 1)
        unsafe Self.set(made, ZSTD_c_contentSizeFlag, 1)
    }

    deinit { unsafe ZSTD_freeCCtx(context) }

    /// Appends one frame that holds `content` to `output` and returns the frame's size.
    func compress(_ content: [UInt8], appendingTo output: inout [UInt8]) -> Int {
        let start = output.count
        let bound = ZSTD_compressBound(content.count)
        output.append(contentsOf: repeatElement(0, count: bound))
        let size = unsafe output.withUnsafeMutableBytes { target in
            unsafe content.withUnsafeBytes { source in
                unsafe ZSTD_compress2(
                    context, target.baseAddress?.advanced(by: start), bound, source.baseAddress,
                    source.count)
            }
        }
        precondition(ZSTD_isError(size) == 0, "libzstd failed although its bound was granted")
        output.removeLast(bound - size)
        return size
    }

    private static func set(
        _ context: OpaquePointer, _ parameter: ZSTD_cParameter, _ value: Int32
    ) {
        let status = unsafe ZSTD_CCtx_setParameter(context, parameter, value)
        precondition(ZSTD_isError(status) == 0, "libzstd refused parameter \(parameter.rawValue)")
    }
}

/// Decompresses one frame after another with a context that is made once.
@safe struct ZstandardDecompressor: ~Copyable {
    private let context: OpaquePointer

    init() {
        guard let made = unsafe ZSTD_createDCtx() else {
            fatalError("libzstd could not allocate a decompression context")
        }
        unsafe context = unsafe made
    }

    deinit { unsafe ZSTD_freeDCtx(context) }

    /// Writes the content of the one frame at `range` of `input` over the front of `output`, which
    /// grows but never shrinks.
    ///
    /// Returns false when the bytes are not exactly one frame of exactly `size` bytes.
    func decompress(
        _ input: [UInt8], _ range: Range<Int>, size: Int, into output: inout [UInt8]
    ) -> Bool {
        precondition(range.lowerBound >= 0 && range.upperBound <= input.count)
        output.grow(to: size)
        return unsafe input.withUnsafeBytes { source in
            let frame = unsafe UnsafeRawBufferPointer(rebasing: source[range])
            let length = unsafe ZSTD_findFrameCompressedSize(frame.baseAddress, frame.count)
            guard length == frame.count else { return false }
            let written = unsafe output.withUnsafeMutableBytes { target in
                unsafe ZSTD_decompressDCtx(
                    context, target.baseAddress, size, frame.baseAddress, frame.count)
            }
            return written == size
        }
    }
}
