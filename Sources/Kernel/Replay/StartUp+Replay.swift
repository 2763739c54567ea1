import Desk
import Features
import Files
import JSON
import Journal
import Market
import Models
import Rollout
import Scenarios
import Tape

extension StartUp {
    /// Reads the scenario at `path`, opens its tapes and its models and checks them against each
    /// other.
    ///
    /// Throws a ``StartUpError`` that holds all problems, or a `CancellationError`.
    @concurrent
    package static func replay(scenarioPath path: String) async throws -> ReplayPlan {
        try replay(await plan(scenarioPath: path, for: .replay), path: path)
    }

    /// As ``replay(scenarioPath:)``, for a run that was planned; `path` names it in errors.
    package static func replay(
        _ run: RunPlan, path: String
    ) throws(StartUpError) -> ReplayPlan {
        guard let serving = run.scenario.serving, let strategy = run.scenario.strategy else {
            preconditionFailure("a plan for a replay has what a replay needs")
        }
        var opening = ModelOpening(run, serving, strategy)
        opening.open()
        var problems = opening.problems
        var inputs: [RunRecord.Input] = []
        for tape in run.list.tapes {
            if let digest = tape.contentDigest {
                inputs.append(RunRecord.Input(kind: "tape", name: tape.path, digest: digest))
            } else {
                problems.append(.unfinishedTape(tape.path))
            }
        }
        guard problems.isEmpty else { throw StartUpError(file: path, problems: problems) }
        for (model, served) in opening.models.enumerated() {
            inputs.append(
                RunRecord.Input(
                    kind: opening.roles[model], name: "\(served.name) \(served.version)",
                    digest: served.digest))
        }
        return ReplayPlan(
            run: run, models: opening.models, service: opening.service,
            switches: opening.switches, fallbacks: opening.fallbacks,
            monitors: MonitorSetup(run, opening.watched),
            record: RunRecord(
                inputs: inputs, resultsVersion: ReplayPlan.resultsVersion,
                scenario: run.scenario.document.text()))
    }
}

/// Opens the models that a run names and holds each against the run's features.
private struct ModelOpening {
    private let run: RunPlan
    private let serving: Serving
    private let strategy: Strategy
    private(set) var models: [ServedModel] = []
    /// What part each model plays, for the run's identity.
    private(set) var roles: [String] = []
    private(set) var service: [[Int?]] = []
    private(set) var switches: [ServiceSwitch] = []
    private(set) var fallbacks: [[Int]] = []
    /// What monitors need to know of each of `models`.
    private var monitored: [MonitorSetup.Model] = []
    private(set) var problems: [StartUpProblem] = []

    init(_ run: RunPlan, _ serving: Serving, _ strategy: Strategy) {
        self.run = run
        self.serving = serving
        self.strategy = strategy
    }

    /// Of each symbol's candidate, or of its champion where there is no candidate.
    var watched: [MonitorSetup.Model] {
        (service.last ?? []).compactMap { $0.map { monitored[$0] } }
    }

    private var symbols: [String] {
        run.symbols.filter(\.hasRows).map(\.instrument.symbol)
    }

    mutating func open() {
        let registry = ModelRegistry(serving.registry)
        for (role, alias) in zip(Role.allCases, [serving.championAlias, serving.candidateAlias]) {
            guard let alias else { continue }
            service.append(symbols.map { serve($0, role, alias: alias, registry) })
        }
        fallbacks = symbols.map { _ in [] }
        for command in run.scenario.commands { schedule(command, registry) }
    }

    private func name(_ symbol: String) -> ModelName {
        ModelName(symbol: symbol, strategy: strategy)
    }

    /// The model that an alias stands for; nil, and a problem, where there is none that fits.
    private mutating func serve(
        _ symbol: String, _ role: Role, alias: ModelAlias, _ registry: ModelRegistry
    ) -> Int? {
        let name = name(symbol)
        do {
            guard let state = try registry.alias(alias, of: name) else {
                problems.append(.noAlias(alias, model: name, registry: serving.registry))
                return nil
            }
            let artifact = try registry.artifact(name, state.version)
            let mismatches = ModelContract.mismatches(of: artifact, against: run.config)
            guard mismatches.isEmpty else {
                problems.append(.contract(model: name, version: state.version, mismatches))
                return nil
            }
            guard artifact.digest == state.digest else {
                problems.append(.changedModel(name, version: state.version, alias))
                return nil
            }
            return add(artifact, part: "model \(symbol) \(role.name)")
        } catch {
            add(error)
            return nil
        }
    }

    private mutating func add(_ artifact: ModelArtifact, part: String) -> Int {
        models.append(
            ServedModel(
                name: artifact.name, version: artifact.version, digest: artifact.digest,
                metadata: artifact.metadata, booster: artifact.booster,
                columns: ModelContract.columns(of: artifact, in: run.config), of: run.config))
        monitored.append(MonitorSetup.Model(artifact, run.config))
        roles.append(part)
        return models.count - 1
    }

    /// A model that does not fit keeps no run from starting: the symbol is paused when its time
    /// comes, as it would be if the command were given then.
    private mutating func schedule(_ command: OperatorCommand, _ registry: ModelRegistry) {
        guard case .serve(let roleName, let symbol, let version) = command.action else { return }
        let tickNs = run.evaluationTick(from: command.atNs)
        guard command.atNs >= run.config.featureEpochNs, tickNs <= run.endNs else {
            problems.append(
                .strayCommand(
                    atNs: command.atNs, run: run.config.featureEpochNs...run.endNs))
            return
        }
        guard let role = Role.allCases.first(where: { $0.name == roleName }),
            role.rawValue < service.count, let index = symbols.firstIndex(of: symbol)
        else {
            problems.append(.impossibleCommand(symbol: symbol, role: roleName))
            return
        }
        do {
            let artifact = try registry.artifact(name(symbol), version)
            let mismatches = ModelContract.mismatches(of: artifact, against: run.config)
            let target =
                mismatches.isEmpty
                ? ServiceSwitch.Target.model(add(artifact, part: "switch \(symbol) \(roleName)"))
                : .refused(mismatches)
            switches.append(
                ServiceSwitch(
                    atNs: tickNs, role: role, symbol: index,
                    version: version, target: target, by: command.by, reason: command.reason))
        } catch {
            add(error)
        }
    }

    /// Once, where every symbol meets it.
    private mutating func add(_ error: RegistryError) {
        if !problems.contains(.registry(error)) { problems.append(.registry(error)) }
    }
}

extension RunPlan {
    /// The first evaluation tick at or after a time: they lie on a grid, and on every bar's tick.
    package func evaluationTick(from timeNs: Int64) -> Int64 {
        let step = scenario.evaluationNs
        let grid = (timeNs + step - 1) / step * step
        let bar = (timeNs - schedule.barDelayNs + schedule.barNs - 1) / schedule.barNs
        return min(grid, bar * schedule.barNs + schedule.barDelayNs)
    }
}
