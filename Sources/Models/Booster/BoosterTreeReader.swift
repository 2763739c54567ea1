/// Makes a tree's nodes of the parallel lists of its file.
struct BoosterTreeReader {
    let featureCount: Int

    private static let nodeCountMax = 1 << 24

    /// The lists of one tree, as the file has them.
    private struct Lists {
        let lefts: [Int]
        let rights: [Int]
        let features: [Double]
        let values: [Float]
        let isMissingLeft: [Int]
        /// Absent from the files of 1.0.
        let splitTypes: [Int]?
        let gains: [Float]?
    }

    /// The nodes that are reached from the root. What training pruned away may stand in the file
    /// as well; it is left out, unlooked at.
    func nodes(_ tree: BoosterField) throws(BoosterError) -> [BoosterTree.Node] {
        let lists = try lists(tree)
        // Breadth first: a node's children are next to each other, and each is found once.
        var order = [0]
        var isFound = [Bool](repeating: false, count: lists.lefts.count)
        isFound[0] = true
        var nodes: [BoosterTree.Node] = []
        while nodes.count < order.count {
            let index = order[nodes.count]
            let (left, right) = (lists.lefts[index], lists.rights[index])
            if left == -1 {
                nodes.append(
                    BoosterTree.Node(
                        leftChild: 0, feature: 0, isMissingLeft: false,
                        value: lists.values[index], gain: 0))
                continue
            }
            guard right >= 0 else {
                throw try tree.required("right_children").error(
                    .elementOutOfRange(index: index, value: -1, range: "the nodes"))
            }
            for child in [left, right] {
                guard !isFound[child] else { throw tree.error(.notATree(node: child)) }
                isFound[child] = true
            }
            let feature = try feature(of: index, lists, tree)
            nodes.append(
                BoosterTree.Node(
                    leftChild: Int32(order.count), feature: Int32(feature),
                    isMissingLeft: lists.isMissingLeft[index] == 1, value: lists.values[index],
                    gain: lists.gains?[index] ?? 0))
            order += [left, right]
        }
        for (node, index) in zip(nodes, order) where !node.value.isFinite {
            throw try tree.required("split_conditions").error(
                .elementOutOfRange(
                    index: index, value: Double(node.value), range: "finite numbers"))
        }
        return nodes
    }

    private func lists(_ tree: BoosterField) throws(BoosterError) -> Lists {
        let parameters = try tree.required("tree_param")
        if let field = try parameters.optional("size_leaf_vector") {
            let size = try field.string()
            guard size == "0" || size == "1" else {
                throw field.error(
                    .unsupported(value: size, supported: "one value a leaf (`one_output_per_tree`)")
                )
            }
        }
        let count = try parameters.required("num_nodes").integer(in: 1...Self.nodeCountMax)
        let children = -1...count - 1
        return Lists(
            lefts: try tree.required("left_children").integers(count: count, in: children),
            rights: try tree.required("right_children").integers(count: count, in: children),
            features: try tree.required("split_indices").numbers(count: count),
            values: try tree.required("split_conditions").numbers(count: count).map(Float.init),
            isMissingLeft: try tree.required("default_left").integers(count: count, in: 0...1),
            splitTypes: try tree.optional("split_type")?.integers(count: count, in: 0...1),
            gains: try tree.optional("loss_changes")?.floats(count: count))
    }

    private func feature(
        of index: Int, _ lists: Lists, _ tree: BoosterField
    ) throws(BoosterError) -> Int {
        if lists.splitTypes?[index] == 1 { throw tree.error(.categoricalSplit(node: index)) }
        let number = lists.features[index]
        guard let feature = Int(exactly: number), (0..<featureCount).contains(feature) else {
            throw try tree.required("split_indices").error(
                .elementOutOfRange(
                    index: index, value: number, range: "the features 0..<\(featureCount)"))
        }
        return feature
    }
}
