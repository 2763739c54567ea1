import Desk
import Journal
import Models

extension ServedModel {
    /// What a journal says of a model that takes a role.
    func row(atNs: Int64, symbol: String, role: Role) -> JournalRow {
        var parameters: (gamma: Double, alpha: Double)?
        if case .focal(let gamma, let alpha) = metadata.loss { parameters = (gamma, alpha) }
        return JournalRow(
            .models, atNs: atNs,
            [
                .text(symbol), .text(role.name), .text(name), JournalValue(version),
                .text(metadata.loss.name), .optional(parameters?.gamma.partsPerMillion),
                .optional(parameters?.alpha.partsPerMillion),
                .optional(metadata.threshold?.partsPerBillion),
            ])
    }
}

extension Double {
    /// Rounded to the nearest integer: journals hold no numbers with two spellings.
    var partsPerMillion: Int64 { Int64((self * 1e6).rounded()) }
    var partsPerBillion: Int64 { Int64((self * 1e9).rounded()) }
}
