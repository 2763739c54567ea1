/// The trees of a ``Forest`` in memory, and the walk through them.
struct ForestLayout: Sendable {
    /// A node below the heap.
    struct Link: Sendable {
        /// The node's key; at a leaf without meaning.
        var node: Int64 = 0
        /// The left child, the right one stands behind it; 0 at a leaf.
        var left: Int32 = 0
        /// What a leaf adds.
        var value: Float = 0
    }

    static let levelMax = 6
    /// How many trees, or rows, walk side by side.
    static let laneCount = 4

    /// The levels of every heap.
    let levels: Int
    /// `1 << levels` nodes a tree, from 1 on. The children of `i` are `2i`, for values that are not
    /// below the threshold, and `2i + 1`.
    private(set) var nodes: [Int64] = []
    /// What each of the last level's children adds.
    private(set) var leaves: [Float] = []
    /// Where such a child goes on instead, 0 where it is a leaf; empty when no tree is deeper.
    private(set) var links: [Int32] = []
    private(set) var deepNodes: [Link] = [Link()]
    /// The output of each tree.
    private(set) var outputs: [Int32] = []
    let treeCount: Int

    init(_ trees: ArraySlice<BoosterTree>) {
        let depth = trees.map(\.depth).max() ?? 0
        levels = min(depth, Self.levelMax)
        treeCount = trees.count
        // The last lanes walk through trees whose leaves are -0, which changes no sum, not even -0.
        let laneCount = (trees.count + Self.laneCount - 1) / Self.laneCount * Self.laneCount
        nodes = [Int64](repeating: 0, count: laneCount << levels)
        leaves = [Float](repeating: -0.0, count: laneCount << levels)
        outputs = [Int32](repeating: 0, count: laneCount)
        if depth > levels { links = [Int32](repeating: 0, count: laneCount << levels) }
        for (number, tree) in trees.enumerated() {
            outputs[number] = Int32(tree.output)
            place(tree, node: 0, at: 1, level: 0, first: number << levels)
        }
    }

    /// Adds each tree's leaf to the sum of its output, in the order of the trees.
    func add(to block: ForestBlock) {
        unsafe nodes.withUnsafeBufferPointer { nodes in
            unsafe leaves.withUnsafeBufferPointer { leaves in
                unsafe links.withUnsafeBufferPointer { links in
                    unsafe deepNodes.withUnsafeBufferPointer { deepNodes in
                        unsafe outputs.withUnsafeBufferPointer { outputs in
                            // Without trees there is nothing to add, and perhaps no memory.
                            guard let nodes = nodes.baseAddress, let leaves = leaves.baseAddress,
                                let deepNodes = deepNodes.baseAddress,
                                let outputStart = outputs.baseAddress
                            else { return }
                            let walk = unsafe ForestWalk(
                                levels: levels, nodes: nodes, leaves: leaves,
                                links: links.isEmpty ? nil : links.baseAddress,
                                deepNodes: deepNodes, outputs: outputStart,
                                treeCount: treeCount)
                            unsafe walk.add(to: block)
                        }
                    }
                }
            }
        }
    }

    /// Writes the subtree under `node` to place `place` of the heap that begins at `first`.
    private mutating func place(
        _ tree: BoosterTree, node index: Int, at place: Int, level: Int, first: Int
    ) {
        let node = tree.nodes[index]
        if level == levels {
            let leaf = first + place - 1 << levels
            if node.isLeaf {
                leaves[leaf] = node.value * tree.weight
            } else {
                links[leaf] = Int32(deepNodes.count)
                hang(tree, index)
            }
            return
        }
        // A leaf above the last level compares what it likes: both ways lead to its value.
        if !node.isLeaf { nodes[first + place] = node.key }
        let left = node.isLeaf ? index : Int(node.leftChild)
        let right = node.isLeaf ? index : Int(node.leftChild) + 1
        self.place(tree, node: left, at: 2 * place + 1, level: level + 1, first: first)
        self.place(tree, node: right, at: 2 * place, level: level + 1, first: first)
    }

    /// Appends the subtree under `root` to the linked nodes, breadth first.
    private mutating func hang(_ tree: BoosterTree, _ root: Int) {
        let start = deepNodes.count
        var order = [root]
        var next = 0
        while next < order.count {
            let node = tree.nodes[order[next]]
            if node.isLeaf {
                deepNodes.append(Link(value: node.value * tree.weight))
            } else {
                deepNodes.append(Link(node: node.key, left: Int32(start + order.count)))
                order += [Int(node.leftChild), Int(node.leftChild) + 1]
            }
            next += 1
        }
    }
}

extension BoosterTree {
    /// The splits on the longest way to a leaf.
    fileprivate var depth: Int {
        // Children stand behind their parents.
        var depths = [Int](repeating: 0, count: nodes.count)
        var depth = 0
        for (index, node) in nodes.enumerated() where !node.isLeaf {
            depths[Int(node.leftChild)] = depths[index] + 1
            depths[Int(node.leftChild) + 1] = depths[index] + 1
            depth = max(depth, depths[index] + 1)
        }
        return depth
    }
}

extension BoosterTree.Node {
    fileprivate var key: Int64 {
        FloatKey.node(threshold: value, slot: 2 * Int(feature) + (isMissingLeft ? 0 : 1))
    }
}
