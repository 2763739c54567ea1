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
    let nodes: UnsafePointer<Int64>
    let leaves: UnsafePointer<Float>
    /// Nil when no tree is deeper than its heap.
    let links: UnsafePointer<Int32>?
    let deepNodes: UnsafePointer<ForestLayout.Link>
    let outputs: UnsafePointer<Int32>
    let treeCount: Int

    /// Adds each tree's leaf to the sum of its output, in the order of the trees.
    func add(to block: ForestBlock, levels: Int) {
        // A number of levels that the compiler knows is unrolled.
        if levels == ForestLayout.levelMax {
            unsafe add(block, levels: ForestLayout.levelMax)
        } else {
            unsafe add(block, levels: levels)
        }
    }

    @inline(__always)
    private func add(_ block: ForestBlock, levels: Int) {
        if unsafe block.rowCount >= 4 {
            unsafe addByTree(block, levels: levels)
        } else {
            for row in unsafe 0..<block.rowCount { unsafe addByRow(block, row, levels: levels) }
        }
    }

    // MARK: - One row through all trees

    /// Two trees at a time, so that one's loads fill the other's waits.
    @inline(__always)
    private func addByRow(_ block: ForestBlock, _ row: Int, levels: Int) {
        let keys = unsafe UnsafePointer(block.keys + row &* block.keyCount)
        let sums = unsafe block.sums + row &* block.outputCount
        let isSingle = unsafe block.outputCount == 1
        var sum = unsafe sums[0]
        var tree = 0
        while unsafe tree < treeCount {
            // The last of an odd number walks beside itself and is added once.
            let other = unsafe min(tree &+ 1, treeCount &- 1)
            let first = unsafe nodes + tree &<< levels
            let second = unsafe nodes + other &<< levels
            var a = 1
            var b = 1
            for _ in 0..<levels {
                a = unsafe child(of: a, first, keys)
                b = unsafe child(of: b, second, keys)
            }
            let heapSize = 1 &<< levels
            let valueA = unsafe value(tree &<< levels &+ a &- heapSize, keys)
            let valueB = unsafe value(other &<< levels &+ b &- heapSize, keys)
            if isSingle {
                sum += valueA
                if other != tree { sum += valueB }
            } else {
                unsafe sums[Int(outputs[tree])] += valueA
                if other != tree { unsafe sums[Int(outputs[other])] += valueB }
            }
            tree &+= 2
        }
        if isSingle { unsafe sums[0] = sum }
    }

    // MARK: - Many rows through one tree after the other

    /// Four rows at a time; the tree stays in the nearest cache.
    @inline(__always)
    private func addByTree(_ block: ForestBlock, levels: Int) {
        let heapSize = 1 &<< levels
        let keyCount = unsafe block.keyCount
        let outputCount = unsafe block.outputCount
        for tree in unsafe 0..<treeCount {
            let heap = unsafe nodes + tree &<< levels
            let firstLeaf = tree &<< levels &- heapSize
            var keys = unsafe UnsafePointer(block.keys)
            var sums = unsafe block.sums + Int(outputs[tree])
            var row = 0
            while unsafe row &+ 4 <= block.rowCount {
                let keys1 = unsafe keys + keyCount
                let keys2 = unsafe keys1 + keyCount
                let keys3 = unsafe keys2 + keyCount
                var (a, b, c, d) = (1, 1, 1, 1)
                for _ in 0..<levels {
                    a = unsafe child(of: a, heap, keys)
                    b = unsafe child(of: b, heap, keys1)
                    c = unsafe child(of: c, heap, keys2)
                    d = unsafe child(of: d, heap, keys3)
                }
                unsafe sums[0] += value(firstLeaf &+ a, keys)
                unsafe sums[outputCount] += value(firstLeaf &+ b, keys1)
                unsafe sums[2 &* outputCount] += value(firstLeaf &+ c, keys2)
                unsafe sums[3 &* outputCount] += value(firstLeaf &+ d, keys3)
                unsafe keys = keys3 + keyCount
                unsafe sums += 4 &* outputCount
                row &+= 4
            }
            while unsafe row < block.rowCount {
                var place = 1
                for _ in 0..<levels { place = unsafe child(of: place, heap, keys) }
                unsafe sums[0] += value(firstLeaf &+ place, keys)
                unsafe keys += keyCount
                unsafe sums += outputCount
                row &+= 1
            }
        }
    }

    // MARK: - Steps

    /// The difference's sign bit, drawn over the whole word, is -1 where the value is below the
    /// threshold. (A comparison turned into 0 and 1 became a branch, which costs four times as much.)
    @inline(__always)
    private func child(
        of place: Int, _ heap: UnsafePointer<Int64>, _ keys: UnsafePointer<Int64>
    ) -> Int {
        let node = unsafe heap[place]
        let key = unsafe keys[Int(node & FloatKey.slotMask)]
        return 2 &* place &+ 1 &+ Int((key &- node) &>> 63)
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
            let key = unsafe keys[Int(link.node & FloatKey.slotMask)]
            link = unsafe deepNodes[Int(link.left) &+ 1 &+ Int((key &- link.node) &>> 63)]
        }
        return link.value
    }
}
