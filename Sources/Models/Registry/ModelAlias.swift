package import Features
package import Files

/// A role that one version of a model has.
package enum ModelAlias: String, CaseIterable, Sendable {
    /// What trades.
    case champion
    /// What may become champion.
    case candidate
    /// What takes over where order books cannot be trusted.
    case championNoL2 = "champion_no_l2"
    /// What takes over where BTC's candles cannot be trusted.
    case championBTCBlind = "champion_btc_blind"
    /// What takes over where fractional differences drift.
    case championPreTrack12 = "champion_pre_track12"

    /// The family that a fallback does without; nil for what is none.
    package var avoidedFamily: FeatureColumn.Family? {
        switch self {
        case .champion, .candidate: nil
        case .championNoL2: .l2
        case .championBTCBlind: .btc
        case .championPreTrack12: .fracDiff
        }
    }
}

/// Where an alias points.
package struct AliasState: Equatable, Sendable {
    package let version: Int
    /// How often the alias was set, this time included: from 1.
    package let epoch: Int
    /// Of the version's content when the alias was set to it.
    package let digest: Digest
}

/// What an alias must be for a flip to go ahead.
package enum AliasExpectation: Equatable, Sendable {
    /// Set so often: nobody else set it meanwhile, not even there and back. 0 for never.
    case epoch(Int)
    /// Set to this version, whoever set it and however often.
    case version(Int)

    func holds(for state: AliasState?) -> Bool {
        switch self {
        case .epoch(let epoch): state?.epoch ?? 0 == epoch
        case .version(let version): state?.version == version
        }
    }
}

/// One change of an alias: who, when, from, to, why.
package struct AliasFlip: Equatable, Sendable {
    package let alias: ModelAlias
    package let epoch: Int
    /// Nil when the alias was not set before.
    package let from: Int?
    package let to: Int
    /// Of the version that it was set to.
    package let digest: Digest
    package let by: String
    package let why: String
    /// Wall-clock time: a flip is an operator's act, not the market's.
    package let atNs: Int64
    /// How many flips follow that happen together with this one or not at all.
    package let following: Int
}

/// What a rollout saw of a model when it began, and wants of it now that it has ended well.
package struct AliasCommit: Equatable, Sendable {
    package struct Version: Equatable, Sendable {
        package var number: Int
        package var digest: Digest

        package init(number: Int, digest: Digest) {
            self.number = number
            self.digest = digest
        }
    }

    package var champion: Version
    package var candidate: Version
    /// How often each alias had been set; one that is absent never was.
    package var epochs: [ModelAlias: Int]

    package init(champion: Version, candidate: Version, epochs: [ModelAlias: Int]) {
        self.champion = champion
        self.candidate = candidate
        self.epochs = epochs
    }
}
