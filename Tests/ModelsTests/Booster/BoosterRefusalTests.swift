import JSON
import Models
import TestSupport
import Testing

@Suite("A broken booster is refused, its field named", .tags(.bytes))
struct BoosterRefusalTests {
    private static let tree = "learner.gradient_booster.model.trees[1]"
    private static let parameters = "learner.learner_model_param"

    /// The document of two trees: a leaf alone, and three splits whose nodes are
    /// 0 (1, 2), 1 (3, 4) and 2 (5, 6).
    private static func document() -> JSONValue {
        var generator = SeededGenerator(seed: 1)
        var random = RandomBooster(
            treeCount: 2, depthMax: 0, featureCount: 3, using: &generator)
        var tree = RandomBooster.Tree()
        tree.lefts = [1, 3, 5, -1, -1, -1, -1]
        tree.rights = [2, 4, 6, -1, -1, -1, -1]
        tree.features = [0, 1, 2, 0, 0, 0, 0]
        tree.values = [0, -1, 1, 0.1, 0.2, 0.3, 0.4]
        tree.isMissingLeft = [true, false, true, false, false, false, false]
        random.trees[1] = tree
        return random.document
    }

    private static func error(_ document: JSONValue) -> String {
        do {
            _ = try Booster(Array(document.text().utf8), file: "broken")
            return "accepted"
        } catch {
            return "\(error)"
        }
    }

    @Test("while the whole one is read")
    func whole() {
        #expect(Self.error(Self.document()) == "accepted")
    }

    @Test(
        "where a value is not one that a booster has",
        arguments: [
            (
                tree + ".left_children", [1, 3, 7, -1, -1, -1, -1],
                "element 2 is 7.0, outside -1...6"
            ),
            (tree + ".left_children", [1, 3, -2, -1, -1, -1, -1], "element 2 is -2.0"),
            (tree + ".left_children", [1, 3, 2.5, -1, -1, -1, -1], "element 2 is 2.5"),
            (tree + ".left_children", [1, 3, 5, -1, -1, -1], "has 6 elements where 7 belong"),
            (tree + ".right_children", [2, 4, -1, -1, -1, -1, -1], "element 2 is -1.0"),
            (tree + ".right_children", [2, 4, 0, -1, -1, -1, -1], "node 0 is reached twice"),
            (tree + ".right_children", [2, 4, 3, -1, -1, -1, -1], "node 3 is reached twice"),
            (tree + ".right_children", [2, 4, 5, -1, -1, -1, -1], "node 5 is reached twice"),
            (tree + ".split_indices", [0, 1, 3, 0, 0, 0, 0], "the features 0..<3"),
            (tree + ".split_indices", [0, 1, -1, 0, 0, 0, 0], "element 2 is -1.0"),
            (tree + ".split_indices", [0, 1], "has 2 elements"),
            (tree + ".split_conditions", [0, 1e39, 1, 0, 0, 0, 0], "element 1 is inf"),
            (tree + ".default_left", [0, 1, 2, 0, 0, 0, 0], "element 2 is 2.0"),
            (tree + ".split_type", [0, 0, 1, 0, 0, 0, 0], "node 2 splits by categories"),
            (tree + ".loss_changes", [1], "has 1 elements"),
            ("learner.gradient_booster.model.tree_info", [0, 1], "element 1 is 1.0"),
            ("learner.gradient_booster.model.iteration_indptr", [0, 2, 1], "what ascends"),
        ] as [(String, [Double], String)])
    func lists(path: String, list: [Double], reason: String) throws {
        let list = JSONValue.array(list.map { .number($0) })
        let error = Self.error(Self.document().setting(path[...], to: list))
        #expect(error.contains(reason), "\(error)")
        // A tree is named as a whole where no one list is at fault.
        let isNamed =
            error.hasPrefix("broken: \(path): ") || error.hasPrefix("broken: \(Self.tree): ")
        #expect(isNamed, "\(error)")
    }

    @Test(
        "where a text is not one that a booster has",
        arguments: [
            ("learner.objective.name", "rank:ndcg", "binary:logistic, binary:logitraw"),
            ("learner.gradient_booster.name", "gblinear", "gbtree or dart"),
            (parameters + ".num_feature", "-1", "outside 0...32768"),
            (parameters + ".num_feature", "3x", "`3x` is outside"),
            (parameters + ".num_class", "2", "outside 0...1"),
            (parameters + ".num_target", "2", "one target"),
            (parameters + ".base_score", "", "finite"),
            (parameters + ".base_score", "nan", "finite"),
            (parameters + ".base_score", "[1,2]", "2 elements where 1 belong"),
            ("learner.attributes.best_iteration", "2", "outside 0...1"),
            ("learner.gradient_booster.model.gbtree_model_param.num_trees", "3", "3 belong"),
            (tree + ".tree_param.num_nodes", "0", "outside 1..."),
            (tree + ".tree_param.size_leaf_vector", "3", "one value a leaf"),
            ("learner.feature_names", "a", "a list"),
            ("learner.gradient_booster", "a", "an object"),
            (tree + ".left_children", "a", "a list of numbers"),
        ])
    func texts(path: String, text: String, reason: String) throws {
        let error = Self.error(Self.document().setting(path[...], to: .string(text)))
        #expect(error.contains(reason), "\(error)")
        #expect(error.hasPrefix("broken: learner."), "\(error)")
    }

    @Test("where a probability is none, a name stands twice, or a field is missing")
    func others() {
        let document = Self.document()
        let logistic = document.setting("learner.objective.name", to: "binary:logistic")
        for score in ["0", "1", "-0.5", "1e-46"] {
            let error = Self.error(
                logistic.setting(Self.parameters[...] + ".base_score", to: .string(score)))
            #expect(error.contains("0 to 1, both excluded"), "\(error)")
        }
        let names = document.setting("learner.feature_names", to: ["a", "b", "a"])
        #expect(Self.error(names) == "broken: learner.feature_names[2]: the name `a` appears twice")
        let few = document.setting("learner.feature_names", to: ["a", "b"])
        #expect(Self.error(few).contains("has 2 elements where 3 belong"))
        #expect(Self.error([:]) == "broken: learner: the field is required")
        #expect(Self.error([1]).contains("neither JSON nor UBJSON"))
    }

    /// Nothing that is cut off or altered may do worse than be refused: what is accepted is scored.
    @Test("or read as another one, whatever its bytes")
    func damage() throws {
        var generator = SeededGenerator(seed: 11)
        let text = Array(Self.document().text().utf8)
        var accepted = 0
        for trial in 0..<4000 {
            var bytes = text
            if trial < text.count {
                bytes = Array(text[..<trial])
            } else {
                let index = Int.random(in: 0..<text.count, using: &generator)
                bytes[index] = UInt8.random(in: 32...126, using: &generator)
            }
            guard let booster = try? Booster(bytes, file: "damaged") else { continue }
            accepted += 1
            let width = max(1, booster.featureCount)
            let rows = [Double](repeating: .nan, count: 5 * width)
            let margins = Forest(booster, columns: Array(0..<booster.featureCount))
                .margins(of: rows, rowWidth: width, batchSize: 5)
            #expect(margins.count == 5 * booster.outputCount)
        }
        #expect(accepted > 0)
    }
}

extension JSONValue {
    /// The document with the field at `path`, as in `a.b[2].c`, set to `value`.
    func setting(_ path: Substring, to value: JSONValue) -> JSONValue {
        guard !path.isEmpty else { return value }
        let name = path.prefix { $0 != "." && $0 != "[" && $0 != "]" }
        let rest = path.dropFirst(name.count).drop { $0 == "." || $0 == "]" }
        if name.isEmpty { return setting(path.dropFirst(), to: value) }
        switch self {
        case .array(var elements):
            if let index = Int(name) { elements[index] = elements[index].setting(rest, to: value) }
            return .array(elements)
        case .object(let members):
            let old = self[String(name)] ?? [:]
            let new = JSONMember(String(name), old.setting(rest, to: value))
            return .object(members.filter { $0.key != name } + [new])
        default: return self
        }
    }
}
