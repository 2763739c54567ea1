package import Market

extension TapeList {
    /// Hands over the compressed frames that a ``ListReader`` with the same arguments would decode,
    /// block by block, for a ``DecompressionYardstick``.
    package func forEachFrames(
        ofStream stream: Int, span: TimeRange, levels: Int, _ body: (CompressedFrames) -> Void
    ) throws(TapeError) {
        for segment in streams[stream].segments {
            var reader = try StreamReader(
                tapes[segment.tape], stream: segment.stream, span: span, levels: levels)
            while let frames = try reader.nextFrames() { body(frames) }
        }
    }
}
