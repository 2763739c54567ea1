package import Market

/// Where a block of books lies of which only the best levels were read: what it takes to read all
/// of them later.
///
/// It keeps no file open. One that was removed or replaced meanwhile is an error that names it.
package struct DeepLevels: Sendable {
    let tape: TapeFile
    let stream: Int
    /// The block's number within its stream.
    let number: Int
    let entry: BlockEntry
    let scale: TapeList.Scale

    /// The block with every level that the tape holds, its rows as they stood before.
    package func read() throws(TapeError) -> ColumnBlock {
        let schema = tape.header.streams[stream].schema
        var block = ColumnBlock(schema: schema)
        // Whoever reads deep does so now and then, which is not worth keeping buffers for.
        var decoder = BlockDecoder()
        try decoder.decode(
            entry, number: number, stream: stream, groupCount: schema.groups.count,
            from: tape.open(), into: &block)
        try scale.rescale(&block, of: tape)
        return block
    }
}
