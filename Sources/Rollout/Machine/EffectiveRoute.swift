/// Who decides for a symbol at this moment: switches and pauses lie over the lane and never change
/// it, so that it is there again when they end.
package enum EffectiveRoute: String, CaseIterable, Sendable {
    /// Trading is switched off: no orders.
    case halted
    /// No decisions.
    case paused
    /// The model reads a family that is switched off, and nothing can stand in for it: no
    /// decisions, and someone has to be woken. Never the model itself, never zeros.
    case pausedWithoutFallback = "paused_without_fallback"
    /// The first declared fallback that reads none of the disabled families.
    case fallback
    /// The lane's own model.
    case lane

    /// What switches, pauses and fallbacks come to, the first that applies.
    ///
    /// - Parameters:
    ///   - isHalted: Trading is switched off.
    ///   - isFamilyDisabled: A switch of a feature family is on.
    ///   - isPaused: The lane is paused.
    ///   - usesFamily: The lane's model reads a disabled family.
    ///   - hasFallback: A declared fallback that reads none of them is there and verified.
    package init(
        isHalted: Bool, isFamilyDisabled: Bool, isPaused: Bool, usesFamily: Bool, hasFallback: Bool
    ) {
        if isHalted {
            self = .halted
        } else if isPaused {
            self = .paused
        } else if isFamilyDisabled && usesFamily {
            self = hasFallback ? .fallback : .pausedWithoutFallback
        } else {
            self = .lane
        }
    }
}
