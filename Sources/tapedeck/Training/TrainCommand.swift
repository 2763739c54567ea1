import Files
import JSON
import Kernel
import Market
import Models
import Scenarios
internal import Synchronization

extension CommandSpec {
    static let train = CommandSpec(
        name: "train",
        summary: "Trains a scenario's models on exactly the features that it streams.",
        positional: Positional(
            name: "SCENARIO",
            help: "a scenario with `training`, such as scenarios/shadow-month.json5",
            count: 1...1),
        options: [
            Option(
                name: "--cells", value: "FILE",
                help: "where cells.csv goes, blocks.csv beside it; REGISTRY/cells.csv if not given"),
            Option(
                name: "--by", value: "WHO",
                help: "who sets the aliases; `tapedeck train` if not given"
            ),
            .threads, .log, .json, .quiet,
        ],
        examples: [
            "tapedeck train scenarios/shadow-month.json5",
            "tapedeck train scenarios/shadow-month.json5 --json | jq .models",
        ],
        run: { arguments in
            let options = try LineOptions(arguments)
            let path = arguments.positionals[0]
            let plan = try await StartUp.plan(scenarioPath: path, for: .training)
            return try await TrainRun(
                plan: plan, run: TrainingRun(plan, options: options), arguments: arguments
            ).run()
        })
}

/// One run of `tapedeck train`.
private struct TrainRun {
    let plan: RunPlan
    let run: TrainingRun
    let arguments: Arguments

    /// A model that was trained, and the versions that it was registered as.
    private struct Registered {
        let model: TrainedModel
        let versions: [(name: ModelName, version: Int, aliases: [ModelAlias])]
    }

    private var isQuiet: Bool { arguments.has("--quiet") }

    private var registryPath: String { plan.scenario.serving?.registry ?? ".tapes/models" }

    func run() async throws -> ExitCode {
        guard let table = try await play() else {
            Console.error("interrupted; nothing was registered")
            return .interrupted
        }
        var trained: [(recipe: Training.Recipe, model: TrainedModel)] = []
        for recipe in run.recipes { trained.append((recipe, try await train(recipe, table))) }
        // Nothing is registered unless everything was trained.
        var registered: [Registered] = []
        for (recipe, model) in trained { registered.append(try register(model, recipe)) }
        let cells = arguments.value("--cells") ?? registryPath + "/cells.csv"
        let blocks = CellBlock.path(besideCells: cells)
        let models = trained.map { (name: $0.recipe.role, cells: $0.model.cells) }
        try OutputFile.create(cells, Array(CellFigures.text(models).utf8))
        try OutputFile.create(blocks, Array(CellBlock.text(models).utf8))
        let report = document(registered, cells: cells)
        try Console.output(
            arguments.has("--json")
                ? report.text(pretty: true) + "\n" : text(registered, cells: cells))
        return .done
    }

    private func play() async throws -> TrainingTable? {
        let log = try EventLog(path: arguments.value("--log")) { line in
            Console.note((Console.isWatched ? "\r\u{1B}[K" : "") + line)
        }
        let progress = Mutex(Progress("play", unit: "events", isQuiet: isQuiet))
        let table = try await run.table(
            log: { log.write($0) },
            progress: { line in progress.withLock { $0.update(line) } },
            isStopRequested: { Interrupt.isRequested })
        progress.withLock { $0.finish() }
        try log.close()
        return table
    }

    private func train(
        _ recipe: Training.Recipe, _ table: TrainingTable
    ) async throws -> TrainedModel {
        let rounds = Mutex(0)
        let progress = Mutex(Progress("train " + recipe.role, unit: "rounds", isQuiet: isQuiet))
        defer { progress.withLock { $0.finish() } }
        return try await run.train(recipe, on: table) { _ in
            let count = rounds.withLock { count in
                count += 1
                return count
            }
            progress.withLock { $0.update(count: count, fraction: nil) }
        }
    }

    // MARK: - Registry

    /// Registers the model under each symbol's name and points its role's alias to it; a champion
    /// that can stand in for one that sees more becomes that fallback as well.
    private func register(
        _ model: TrainedModel, _ recipe: Training.Recipe
    ) throws -> Registered {
        guard let strategy = plan.scenario.strategy else {
            preconditionFailure("a training has a strategy")
        }
        let registry = ModelRegistry(registryPath)
        var aliases: [ModelAlias] = recipe.role == "champion" ? [] : [.candidate]
        if recipe.role == "champion" {
            // Fallbacks first: a champion may need them.
            aliases += ModelAlias.allCases.filter { alias in
                alias.avoidedFamily.map { !recipe.families.contains($0) } ?? false
            }
            aliases.append(.champion)
        }
        var versions: [(name: ModelName, version: Int, aliases: [ModelAlias])] = []
        for (symbol, files) in run.files(of: model, recipe) {
            let name = ModelName(symbol: symbol, strategy: strategy)
            let version = try registry.add(files, as: name)
            for alias in aliases {
                let epoch = try registry.alias(alias, of: name)?.epoch ?? 0
                try registry.flip(
                    alias, of: name, to: version, expecting: .epoch(epoch),
                    by: arguments.value("--by") ?? "tapedeck train",
                    why: "trained from \(arguments.positionals[0])", atNs: WallClock.nowNs())
            }
            versions.append((name, version, aliases))
        }
        return Registered(model: model, versions: versions)
    }

    // MARK: - Report

    private func document(_ registered: [Registered], cells: String) -> JSONValue {
        [
            "scenario": .string(arguments.positionals[0]), "registry": .string(registryPath),
            "cells": .string(cells), "blocks": .string(CellBlock.path(besideCells: cells)),
            "models": .array(
                registered.map { entry in
                    let model = entry.model
                    return [
                        "role": .string(model.role), "features": JSONValue(model.columns.count),
                        "rounds": JSONValue(model.roundCount),
                        "threshold": model.threshold.map { .number($0.threshold) } ?? .null,
                        "out_of_fold_lower_bound": model.threshold.map {
                            .number($0.lowerBound)
                        } ?? .null,
                        "versions": .array(
                            entry.versions.map { version in
                                [
                                    "model": .string(version.name.description),
                                    "version": JSONValue(version.version),
                                    "aliases": .array(
                                        version.aliases.map { .string($0.rawValue) }),
                                ]
                            }),
                    ]
                }),
        ]
    }

    private func text(_ registered: [Registered], cells: String) -> String {
        var text = ""
        for entry in registered {
            let model = entry.model
            text += "\(model.role): \(model.columns.count) features, \(model.roundCount) rounds, "
            if let choice = model.threshold {
                text +=
                    "threshold \(Units.significant(choice.threshold)), "
                    + "\(choice.tradeCount) trades out of fold\n"
            } else {
                text += "no threshold made 50 trades in every fold: it does not trade\n"
            }
            for version in entry.versions {
                let aliases = version.aliases.map(\.rawValue).joined(separator: ", ")
                text += "  \(version.name) version \(version.version)  \(aliases)\n"
            }
        }
        let next = plan.scenario.rollout == nil ? "replay" : "rollout start"
        return text + "registry \(registryPath), cells \(cells), blocks beside them\n"
            + "next: tapedeck \(next) \(arguments.positionals[0])\n"
    }
}
