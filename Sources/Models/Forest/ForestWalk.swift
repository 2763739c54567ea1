// Bounds are not checked in this file: a node's slot is below twice the number of features, since
// `Booster` checked its feature; a heap's place is bounded by its level; a link points behind the
// node that it belongs to. Nor can its sums overflow: places and slots are far below 2^31, and
// `FloatKey` keeps a bit to spare.

/// Rows that walk together, their keys and their sums, in memory that the caller owns.
@unsafe struct ForestBlock {
    let keys: UnsafeMutablePointer<Int64>
    let keyCount: Int
    let sums: UnsafeMutablePointer<Float>
    let rowCount: Int
    let outputCount: Int
}

/// The walk through a ``ForestLayout``, whose memory it borrows.
@unsafe struct ForestWalk {
    let levels: Int
    let nodes: UnsafePointer<Int64>
    let leaves: UnsafePointer<Float>
    /// Nil when no tree is deeper than its heap.
    let links: UnsafePointer<Int32>?
    let deepNodes: UnsafePointer<ForestLayout.Link>
    let outputs: UnsafePointer<Int32>
    let treeCount: Int

    /// Adds each tree's leaf to the sum of its output, in the order of the trees.
    func add(to block: ForestBlock) {
        let together = unsafe block.rowCount &- block.rowCount % ForestLayout.laneCount
        if together > 0 { unsafe addByTree(block, rowCount: together) }
        for row in unsafe together..<block.rowCount { unsafe addByRow(block, row) }
    }

    /// One row through all trees, four at a time, so that one's loads fill the others' waits.
    private func addByRow(_ block: ForestBlock, _ row: Int) {
        let keys = unsafe UnsafePointer(block.keys + row &* block.keyCount)
        let sums = unsafe block.sums + row &* block.outputCount
        let size = unsafe 1 &<< levels
        let isSingle = unsafe block.outputCount == 1
        var sum = unsafe sums[0]
        for tree in unsafe stride(from: 0, to: treeCount, by: ForestLayout.laneCount) {
            let heap = unsafe nodes + tree &* size
            var lanes = unsafe ForestLanes(
                heaps: (heap, heap + size, heap + 2 &* size, heap + 3 &* size),
                keys: (keys, keys, keys, keys))
            unsafe lanes.descend(levels)
            let leaf = tree &* size &- size
            let a = unsafe value(leaf &+ lanes.places.0, keys)
            let b = unsafe value(leaf &+ size &+ lanes.places.1, keys)
            let c = unsafe value(leaf &+ 2 &* size &+ lanes.places.2, keys)
            let d = unsafe value(leaf &+ 3 &* size &+ lanes.places.3, keys)
            if isSingle {
                sum += a
                sum += b
                sum += c
                sum += d
            } else {
                unsafe sums[Int(outputs[tree])] += a
                unsafe sums[Int(outputs[tree &+ 1])] += b
                unsafe sums[Int(outputs[tree &+ 2])] += c
                unsafe sums[Int(outputs[tree &+ 3])] += d
            }
        }
        if isSingle { unsafe sums[0] = sum }
    }

    /// Four rows at a time through one tree after the other, which stays in the nearest cache.
    private func addByTree(_ block: ForestBlock, rowCount: Int) {
        let size = unsafe 1 &<< levels
        let outputCount = unsafe block.outputCount
        for tree in unsafe 0..<treeCount {
            let heap = unsafe nodes + tree &* size
            let leaf = tree &* size &- size
            var keys = unsafe UnsafePointer(block.keys)
            var sums = unsafe block.sums + Int(outputs[tree])
            for _ in stride(from: 0, to: rowCount, by: ForestLayout.laneCount) {
                let step = unsafe block.keyCount
                var lanes = unsafe ForestLanes(
                    heaps: (heap, heap, heap, heap),
                    keys: (keys, keys + step, keys + 2 &* step, keys + 3 &* step))
                unsafe lanes.descend(levels)
                unsafe sums[0] += value(leaf &+ lanes.places.0, lanes.keys.0)
                unsafe sums[outputCount] += value(leaf &+ lanes.places.1, lanes.keys.1)
                unsafe sums[2 &* outputCount] += value(leaf &+ lanes.places.2, lanes.keys.2)
                unsafe sums[3 &* outputCount] += value(leaf &+ lanes.places.3, lanes.keys.3)
                unsafe keys += 4 &* step
                unsafe sums += 4 &* outputCount
            }
        }
    }

    /// What the tree adds whose walk through the heap ended at `leaf`.
    @inline(__always)
    private func value(_ leaf: Int, _ keys: UnsafePointer<Int64>) -> Float {
        if let links = unsafe links {
            let link = unsafe links[leaf]
            if link != 0 { return unsafe deepValue(Int(link), keys) }
        }
        return unsafe leaves[leaf]
    }

    private func deepValue(_ link: Int, _ keys: UnsafePointer<Int64>) -> Float {
        var link = unsafe deepNodes[link]
        while link.left != 0 {
            let isRight = unsafe 1 &- FloatKey.isBelow(keys[FloatKey.slot(link.node)], link.node)
            link = unsafe deepNodes[Int(link.left) &+ isRight]
        }
        return link.value
    }
}

/// Four walks side by side.
@unsafe private struct ForestLanes {
    typealias Pointers = (
        UnsafePointer<Int64>, UnsafePointer<Int64>, UnsafePointer<Int64>, UnsafePointer<Int64>
    )
    let heaps: Pointers
    let keys: Pointers
    var places = (1, 1, 1, 1)

    init(heaps: Pointers, keys: Pointers) {
        unsafe self.heaps = heaps
        unsafe self.keys = keys
    }

    @inline(__always)
    mutating func descend(_ levels: Int) {
        guard levels == ForestLayout.levelMax else {
            for _ in 0..<levels { unsafe step() }
            return
        }
        // Written out: the compiler does not unroll what is this long, and the loop costs a third.
        unsafe step()
        unsafe step()
        unsafe step()
        unsafe step()
        unsafe step()
        unsafe step()
    }

    @inline(__always)
    private mutating func step() {
        unsafe places.0 = Self.child(of: places.0, heaps.0, keys.0)
        unsafe places.1 = Self.child(of: places.1, heaps.1, keys.1)
        unsafe places.2 = Self.child(of: places.2, heaps.2, keys.2)
        unsafe places.3 = Self.child(of: places.3, heaps.3, keys.3)
    }

    @inline(__always)
    private static func child(
        of place: Int, _ heap: UnsafePointer<Int64>, _ keys: UnsafePointer<Int64>
    ) -> Int {
        let node = unsafe heap[place]
        return 2 &* place &+ FloatKey.isBelow(unsafe keys[FloatKey.slot(node)], node)
    }
}
