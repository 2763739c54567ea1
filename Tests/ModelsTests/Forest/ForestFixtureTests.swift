import JSON
import Models
import TestSupport
import Testing

@Suite(
    "A forest's margins are those of XGBoost",
    .enabled(if: SharedData.isPresent, SharedData.hint))
struct ForestFixtureTests {
    @Test("to the last bit, missing values included", arguments: BoosterFixtureTests.oracleNames)
    func bits(name: String) throws {
        let fixture = try BoosterFixture.oracle(name)
        let booster = fixture.booster
        let margins = Forest.margins(booster, fixture.rows, treeCount: booster.treeCount)
        #expect(margins.count == 200 * booster.outputCount)
        let areEqual = margins.floatBits == fixture.margins.map(\.bitPattern)
        #expect(areEqual)
    }

    @Test("to the best iteration, which is what a model in use sums")
    func bestIteration() throws {
        let fixture = try BoosterFixture.oracle("early_stopping")
        let expected = try BoosterFixture.floats(
            BoosterFixture.json(BoosterFixture.oracles + "early_stopping/expected.json")[
                "margin_best"])
        let margins = Forest.margins(fixture.booster, fixture.rows)
        let areEqual = margins.floatBits == expected.map(\.bitPattern)
        #expect(areEqual)
        #expect(expected != fixture.margins)
    }

    @Test("and so are the probabilities", arguments: BoosterFixtureTests.oracleNames)
    func probabilities(name: String) throws {
        let fixture = try BoosterFixture.oracle(name)
        let expected = try BoosterFixture.json(
            BoosterFixture.oracles + name + "/expected.json")
        let margins = Forest.margins(
            fixture.booster, fixture.rows, treeCount: fixture.booster.treeCount)
        let ours: [Double]
        let theirs: [Double]
        if fixture.booster.outputCount == 1 {
            ours = margins.map { Calibration.none.probability(ofMargin: $0) }
            let isMargin = fixture.booster.objective.output != .probability
            theirs =
                isMargin
                ? try BoosterFixture.numbers(expected["sigmoid_of_margin"])
                : try BoosterFixture.floats(expected["predict"]).map(Double.init)
        } else {
            ours = stride(from: 0, to: margins.count, by: 3).flatMap {
                Calibration.none.probabilities(ofMargins: Array(margins[$0..<$0 + 3]))
            }
            theirs = try BoosterFixture.floats(expected["predict"]).map(Double.init)
        }
        #expect(ours.distance(to: theirs) <= 1e-6)
    }

    /// Each with the rows' margins by the release that trained it.
    @Test(
        "for the files of every release",
        arguments: ["1.0.2", "1.3.3", "1.7.6", "2.0.3", "2.1.4", "3.0.5", "3.2.0"])
    func releases(version: String) throws {
        let folder = BoosterFixture.models + "generated/"
        let rows = try BoosterFixture.table(folder + "inputs_numeric.csv").flatMap { $0 }
        for kind in [
            "binary_logistic", "dart_binary", "early_stopped", "focal_custom_objective",
            "forest_binary", "lossguide_depth0", "multi_softprob", "reg_squarederror",
        ] {
            let path = folder + "v\(version)/\(kind)"
            let booster = try BoosterFixture.booster(path + ".json")
            let margins = Forest.margins(booster, rows, treeCount: booster.treeCount)
            let expected = try BoosterFixture.table(path + ".golden.csv").flatMap {
                $0.prefix(booster.outputCount)
            }
            #expect(margins.distance(to: expected) <= 1e-6, "\(path)")
            // XGBoost 1.0 summed in another order; nine digits of the others give the bits.
            if version != "1.0.2" {
                let areEqual = margins.floatBits == expected.floatBits
                #expect(areEqual, "\(path)")
            }
            guard SharedData.path(path + ".ubj") != nil else { continue }
            let areEqual = try booster == BoosterFixture.booster(path + ".ubj")
            #expect(areEqual, "\(path)")
        }
    }

    @Test("for boosters of other projects, one of them traded with")
    func thirdParty() throws {
        let folder = BoosterFixture.models + "third-party/"
        let trader = try BoosterFixture.booster(folder + "papertrader_xgb_v2.0.3.json")
        let rows = try BoosterFixture.table(folder + "papertrader_xgb_v2.0.3.inputs.csv")
        let golden = try BoosterFixture.table(folder + "papertrader_xgb_v2.0.3.golden.csv")
        let margins = Forest.margins(trader, rows.flatMap { $0 })
        #expect(margins.distance(to: golden.map { $0[0] }) <= 1e-6)
        for name in [
            "dart_regression", "gbtree_binary_logistic", "gbtree_binary_logistic_missing",
            "gbtree_multiclass", "gbtree_multiclass_missing", "gbtree_regression",
            "gbtree_single_tree",
        ] {
            let path = folder + "boosters/inference/" + name
            let booster = try BoosterFixture.booster(path + ".model.json")
            let rows = try BoosterFixture.numbers(
                BoosterFixture.json(path + ".input.json")["features"])
            let expected = try BoosterFixture.numbers(
                BoosterFixture.json(path + ".expected.json")["predictions"])
            let margins = Forest.margins(booster, rows)
            let size = expected.map(\.magnitude).max() ?? 0
            #expect(margins.distance(to: expected) <= 1e-6 * max(1, size), "\(name)")
        }
    }
}
