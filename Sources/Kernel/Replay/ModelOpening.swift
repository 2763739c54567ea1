import Desk
import Features
import Files
import Journal
import Market
import Models
import Rollout
import Scenarios

/// Opens the models that a run names and holds each against the run's features.
struct ModelOpening {
    let run: RunPlan
    private let serving: Serving
    private let strategy: Strategy
    private let registry: ModelRegistry
    private let pinned: PinnedModels?
    private(set) var models: [ServedModel] = []
    /// What is known of each of `models` beside what it is served by.
    private(set) var details: [Detail] = []
    private(set) var service: [[Int?]] = []
    /// By symbol, in the order of their aliases.
    private(set) var fallbacks: [[Int]] = []
    private(set) var switches: [ServiceSwitch] = []
    private(set) var kills: [KillChange] = []
    private(set) var problems: [StartUpProblem] = []

    struct Detail: Sendable {
        /// What part it plays, for the run's identity.
        let part: String
        /// The alias by which it was found, and how often that was set by then.
        let alias: ModelAlias?
        let epoch: Int
        let monitored: MonitorSetup.Model
    }

    init(
        _ run: RunPlan, _ serving: Serving, _ strategy: Strategy, pinned: [RunRecord.Input]?
    ) {
        self.run = run
        self.serving = serving
        self.strategy = strategy
        registry = ModelRegistry(serving.registry)
        self.pinned = pinned.map { PinnedModels($0) }
    }

    var symbols: [String] { run.symbols.filter(\.hasRows).map(\.instrument.symbol) }

    /// Of each symbol's candidate, or of its champion where there is no candidate.
    var watched: [MonitorSetup.Model] {
        symbols.indices.map { symbol in
            let indexes = service.compactMap { $0[symbol] }
            guard let first = indexes.first, let last = indexes.last else {
                preconditionFailure("a run without problems serves every symbol")
            }
            var model = details[last].monitored
            model.isChampionFocal = details[first].monitored.isFocal
            return model
        }
    }

    /// What the run's identity and whoever goes on with it need to know of the models.
    var inputs: [RunRecord.Input] {
        zip(models, details).map { model, detail in
            RunRecord.Input(
                kind: detail.part,
                name: PinnedModels.text(model.name, model.version, epoch: detail.epoch),
                digest: model.digest)
        }
    }

    mutating func open(_ commands: [OperatorCommand]) {
        for (role, alias) in zip(Role.allCases, [serving.championAlias, serving.candidateAlias]) {
            guard let alias else { continue }
            service.append(
                symbols.map { resolve($0, alias, part: "model \($0) \(role.name)") })
        }
        fallbacks = symbols.indices.map { fallbacks(of: $0) }
        for command in commands { schedule(command) }
    }

    // MARK: - Aliases

    func name(_ symbol: String) -> ModelName { ModelName(symbol: symbol, strategy: strategy) }

    /// The declared fallbacks of a symbol for what its models read.
    private mutating func fallbacks(of symbol: Int) -> [Int] {
        let served = service.compactMap { $0[symbol] }
        let families = FeatureColumn.Family.allCases.filter { family in
            served.contains { models[$0].reads([family]) }
        }
        var found: [Int] = []
        for alias in ModelAlias.allCases {
            guard let family = alias.avoidedFamily, families.contains(family) else { continue }
            let part = "fallback \(symbols[symbol]) \(alias.rawValue)"
            let model = resolve(symbols[symbol], alias, part: part, isNeeded: false)
            if let model { found.append(model) }
        }
        return found
    }

    /// The model that an alias stands for; nil where there is none, which is a problem for one that
    /// is needed.
    private mutating func resolve(
        _ symbol: String, _ alias: ModelAlias, part: String, isNeeded: Bool = true
    ) -> Int? {
        let name = name(symbol)
        do {
            let place: PinnedModels.Place
            if let pinned {
                guard let pin = pinned[part] else {
                    if isNeeded { problems.append(.unpinned(part: part)) }
                    return nil
                }
                place = pin
            } else {
                guard let state = try registry.alias(alias, of: name) else {
                    if isNeeded {
                        problems.append(.noAlias(alias, model: name, registry: serving.registry))
                    }
                    return nil
                }
                place = PinnedModels.Place(
                    version: state.version, epoch: state.epoch, digest: state.digest)
            }
            let artifact = try registry.artifact(name, place.version)
            let mismatches = ModelContract.mismatches(of: artifact, against: run.config)
            guard mismatches.isEmpty else {
                problems.append(.contract(model: name, version: place.version, mismatches))
                return nil
            }
            guard artifact.digest == place.digest else {
                problems.append(.changedModel(name, version: place.version, alias))
                return nil
            }
            return add(artifact, part: part, alias: alias, epoch: place.epoch)
        } catch {
            add(error)
            return nil
        }
    }

    private mutating func add(
        _ artifact: ModelArtifact, part: String, alias: ModelAlias? = nil, epoch: Int = 0
    ) -> Int {
        models.append(
            ServedModel(
                name: artifact.name, version: artifact.version, digest: artifact.digest,
                metadata: artifact.metadata, booster: artifact.booster,
                columns: ModelContract.columns(of: artifact, in: run.config), of: run.config))
        details.append(
            Detail(
                part: part, alias: alias, epoch: epoch,
                monitored: MonitorSetup.Model(artifact, run.config)))
        return models.count - 1
    }

    // MARK: - Commands

    private mutating func schedule(_ command: OperatorCommand) {
        let tickNs = run.evaluationTick(from: command.atNs)
        guard command.atNs >= run.config.featureEpochNs, tickNs <= run.endNs else {
            problems.append(
                .strayCommand(
                    atNs: command.atNs, run: run.config.featureEpochNs...run.endNs))
            return
        }
        switch command.action {
        case .serve(let role, let symbol, let version):
            schedule(command, role: role, symbol: symbol, version: version, tickNs: tickNs)
        case .kill(let kind): schedule(command, kind, isOn: true, tickNs: tickNs)
        case .unkill(let kind): schedule(command, kind, isOn: false, tickNs: tickNs)
        case .approve, .refuse, .hold, .resume, .abort, .rollback, .waive: break
        }
    }

    private mutating func schedule(
        _ command: OperatorCommand, _ kind: OperatorCommand.KillSwitch, isOn: Bool, tickNs: Int64
    ) {
        kills.append(
            KillChange(
                atNs: tickNs, killSwitch: kind, isOn: isOn, by: command.by,
                reason: command.reason))
    }

    /// A model that does not fit keeps no run from starting: the symbol is paused when its time
    /// comes, as it would be if the command were given then.
    private mutating func schedule(
        _ command: OperatorCommand, role roleName: String, symbol: String, version: Int,
        tickNs: Int64
    ) {
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

/// The versions with which a run began, from its inputs.
struct PinnedModels: Sendable {
    struct Place: Equatable, Sendable {
        let version: Int
        /// How often the alias was set by then; 0 for a version that a command named.
        let epoch: Int
        let digest: Digest
    }

    private let inputs: [RunRecord.Input]

    init(_ inputs: [RunRecord.Input]) {
        self.inputs = inputs
    }

    /// How an input names a version.
    static func text(_ name: String, _ version: Int, epoch: Int) -> String {
        "\(name) \(version)" + (epoch > 0 ? " epoch \(epoch)" : "")
    }

    subscript(_ part: String) -> Place? {
        guard let input = inputs.first(where: { $0.kind == part }) else { return nil }
        let words = input.name.split(separator: " ")
        guard words.count >= 2, let version = Int(words[1]) else { return nil }
        return Place(
            version: version, epoch: words.count == 4 ? Int(words[3]) ?? 0 : 0,
            digest: input.digest)
    }
}
