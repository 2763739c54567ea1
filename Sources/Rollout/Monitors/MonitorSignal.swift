import Market

/// What an alert asks for beside a person's attention. Nothing of it happens by itself, but that
/// the model stage substitutes a blind fallback.
package enum AlertConsequence: String, Sendable {
    case none
    /// The model stage has already gone over to the fallback (R3).
    case substitution
    /// `RetrainRequested`; nothing is trained or deployed by itself.
    case retraining
    /// An operator looks before anything else is done (R6).
    case review
    case recalibration
}

/// One monitored signal: over which window it is taken, how often it is looked at, from where on it
/// alerts, and how long it must be so before it fires (pending) or is over (keep), all in market
/// time. A signal with two windows is two of these.
///
/// Windows of a week and more are looked at once a day, counted from the run's start; that is often
/// enough for them and keeps their cost off the bars. Where a source fixes no duration, pending is
/// zero; keep is at least one clean look.
struct MonitorSignal: Sendable {
    enum Comparison: Sendable {
        case above, below, atLeast
    }

    let id: AlertID
    /// Tells two windows of one id apart.
    var variant = ""
    let windowNs: Int64
    let cadenceNs: Int64
    var warn: Double?
    var act: Double?
    var comparison = Comparison.above
    var pendingNs: Int64 = 0
    var keepNs: Int64 = 0
    /// How long there may be nothing to look at before the alert says so.
    var silenceNs: Int64 = 0
    /// Whether an alert that fires ends as unknown when the window holds nothing any more: trades
    /// that have left it are no evidence. Others then fire on.
    var forgets = false
    /// Whether its act level is drift, as gates and R4 mean it.
    var isDrift = false
    var warnConsequence = AlertConsequence.none
    var actConsequence = AlertConsequence.none

    private static let hour = Timestamp.hourNs
    private static let day = Timestamp.dayNs

    // MARK: - Data quality

    static let freshness = MonitorSignal(
        id: .l2Freshness, windowNs: 0, cadenceNs: 0, warn: 60, act: 300,
        keepNs: 5 * Timestamp.minuteNs, silenceNs: hour, warnConsequence: .none,
        actConsequence: .substitution)
    static let nanRate = MonitorSignal(
        id: .l2NaNRate, windowNs: 0, cadenceNs: 0, warn: 0.05, act: 0.20,
        keepNs: 5 * Timestamp.minuteNs, silenceNs: hour, actConsequence: .substitution)
    /// Six values of one row cannot show one percent: a day's can.
    static let outOfRange = MonitorSignal(
        id: .l2OutOfRange, windowNs: day, cadenceNs: 0, warn: 0.01, act: 0.05, keepNs: hour,
        silenceNs: hour, actConsequence: .review)
    static let btcQuality = MonitorSignal(
        id: .btcQuality, windowNs: 0, cadenceNs: 0, warn: 0, keepNs: hour, silenceNs: hour)
    static let btcNaNRate = MonitorSignal(
        id: .btcNaNRate, windowNs: day, cadenceNs: 0, act: 0.05, keepNs: hour, silenceNs: hour)
    static let warmUpLoss = MonitorSignal(
        id: .warmUpLoss, windowNs: 7 * day, cadenceNs: day, act: 0.20)
    static let latency = MonitorSignal(
        id: .latency, windowNs: 0, cadenceNs: 0, warn: 100, act: 500)

    // MARK: - Drift of data

    /// An hourly look moves four values of 96, so two in a row are asked for.
    static let kyleLambdaPSI = MonitorSignal(
        id: .kyleLambdaPSI, windowNs: day, cadenceNs: hour, warn: 0.10, act: 0.25,
        pendingNs: hour, keepNs: 2 * hour, isDrift: true, actConsequence: .retraining)
    static let l2FeaturePSI = MonitorSignal(
        id: .l2FeaturePSI, windowNs: 30 * day, cadenceNs: day, warn: 0.10, act: 0.25,
        keepNs: day, isDrift: true, actConsequence: .retraining)
    /// In training's standard deviations.
    static let kyleLambdaTail = MonitorSignal(
        id: .kyleLambdaTail, windowNs: 30 * day, cadenceNs: day, act: 3, keepNs: day,
        isDrift: true, actConsequence: .retraining)
    static let topFeaturePSI = MonitorSignal(
        id: .topFeaturePSI, windowNs: 7 * day, cadenceNs: day, warn: 0.2, act: 0.5, keepNs: day,
        isDrift: true, actConsequence: .retraining)
    static let btcFeatureKS = MonitorSignal(
        id: .btcFeatureKS, windowNs: 14 * day, cadenceNs: 7 * day, act: 0.01, comparison: .below,
        keepNs: 7 * day, isDrift: true)
    static let btcCorrelation = MonitorSignal(
        id: .btcCorrelation, windowNs: 14 * day, cadenceNs: 7 * day, act: 3, keepNs: 7 * day,
        isDrift: true)
    static let fracDiffKS = MonitorSignal(
        id: .fracDiffKS, windowNs: 14 * day, cadenceNs: day, act: 0.01, comparison: .below,
        keepNs: day, isDrift: true)
    /// The week is part of the quarter: wider spreads raise both percentiles once they fill one in
    /// a hundred of its bars, 21 hours. So looks are closer than that, and what was seen is kept
    /// for as long as the week remembers it.
    static let spreadRegime = MonitorSignal(
        id: .spreadRegime, windowNs: 90 * day, cadenceNs: 6 * hour, act: 3, keepNs: 7 * day,
        actConsequence: .review)

    // MARK: - Drift of what the model says

    static let conceptFortnight = MonitorSignal(
        id: .conceptDrift, variant: "14d", windowNs: 14 * day, cadenceNs: day, warn: 0.05,
        act: 0.10, keepNs: day, isDrift: true)
    /// The L2 document asks for retraining from the lower level on.
    static let conceptMonth = MonitorSignal(
        id: .conceptDrift, variant: "30d", windowNs: 30 * day, cadenceNs: day, warn: 0.05,
        act: 0.10, keepNs: day, isDrift: true, warnConsequence: .retraining,
        actConsequence: .retraining)
    static let sharpness = MonitorSignal(
        id: .sharpness, windowNs: 7 * day, cadenceNs: day, warn: 0.10, keepNs: day,
        warnConsequence: .recalibration)
    static let probabilityShift = MonitorSignal(
        id: .probabilityShift, windowNs: 7 * day, cadenceNs: day, warn: 0.10, keepNs: day)

    // MARK: - Outcome

    /// As the runbook's query has it: one closed trade is enough, and no look is skipped.
    static let expectancyDay = MonitorSignal(
        id: .expectancy, variant: "24h", windowNs: day, cadenceNs: 0, warn: 0, comparison: .below,
        silenceNs: day, forgets: true)
    static let expectancyTwoDays = MonitorSignal(
        id: .expectancy, variant: "48h", windowNs: 2 * day, cadenceNs: 0, act: 0,
        comparison: .below, silenceNs: 2 * day, forgets: true)
    static let expectancyFleet = MonitorSignal(
        id: .expectancyFleet, windowNs: 2 * day, cadenceNs: 0, act: 2, comparison: .atLeast,
        silenceNs: 2 * day, forgets: true)
    /// Failures in the hour before.
    static let trainingCrash = MonitorSignal(
        id: .trainingCrash, windowNs: hour, cadenceNs: 0, warn: 1, act: 5, comparison: .atLeast)

    static let all = [
        freshness, nanRate, outOfRange, btcQuality, btcNaNRate, warmUpLoss, latency,
        kyleLambdaPSI, l2FeaturePSI, kyleLambdaTail, topFeaturePSI, btcFeatureKS, btcCorrelation,
        fracDiffKS, spreadRegime, conceptFortnight, conceptMonth, sharpness, probabilityShift,
        expectancyDay, expectancyTwoDays, expectancyFleet, trainingCrash,
    ]

    /// Whether a journal has what each look found. Closer looks would fill it with what the bars'
    /// own rows say.
    var tellsOfEachLook: Bool { cadenceNs >= Self.hour }

    func isBreached(_ value: Double, _ threshold: Double) -> Bool {
        switch comparison {
        case .above: value > threshold
        case .below: value < threshold
        case .atLeast: value >= threshold
        }
    }

    func consequence(_ level: AlertLevel) -> AlertConsequence {
        level == .warn ? warnConsequence : actConsequence
    }
}
