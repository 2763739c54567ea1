/// Candidate against champion in the stage that a rollout has come to: what an operator reads
/// before signing, and what stays when it has ended.
///
/// A value computed from the journal alone. Its ``document``, its page and its text all show the same
/// numbers; what is undefined carries its reason. Returns are fractions (0.0001 is one basis point),
/// times are nanoseconds of market time.
package struct CanaryReport: Equatable, Sendable {
    package let banner: Banner
    package let gates: Gates
    package let provenance: Provenance
    package let sample: Sample
    package let headline: Headline
    /// Figure A.
    package let line: PairedLine
    /// Figure B.
    package let equity: Equity
    /// Figure C.
    package let forest: Forest
    package let disagreement: Disagreement
    package let calibration: Calibration
    package let drift: Drift
    package let quality: Quality
    package let leakage: Leakage
    package let multiplicity: Multiplicity
    package let sensitivity: Sensitivity
    package let incidents: Incidents
    package let readiness: Readiness
    package let signOff: SignOff

    /// Raised when a reader of the document would have to change.
    package static let schema = "tapedeck.canary/1"

    /// A range of market time, [from, to).
    package struct Span: Equatable, Sendable {
        package let fromNs: Int64
        package let toNs: Int64

        package init(fromNs: Int64, toNs: Int64) {
            self.fromNs = fromNs
            self.toNs = toNs
        }
    }

    /// Something that is computed where its inputs exist and else says that it was not.
    package enum Presence: Equatable, Sendable {
        case present
        /// In words: `not run`, `not recorded`, `not simulated`, and why.
        case absent(String)
    }
}
