/// A model that a run asked, and in which role.
package struct ServedModel: Equatable, Sendable {
    package let symbol: String
    package let role: String
    package let name: String
    package let version: Int64
    package let loss: String
    /// Of the focal loss; nil for others.
    package let gamma: Double?
    package let alpha: Double?
    /// Nil for a model that does not trade.
    package let threshold: Double?

    init(_ fields: RowFields) throws(ReportError) {
        symbol = try fields.text("symbol")
        role = try fields.text("role")
        name = try fields.text("model")
        version = try fields.integer("version")
        loss = try fields.text("loss")
        gamma = try fields.optionalInteger("gamma_ppm").map { Double($0) / 1e6 }
        alpha = try fields.optionalInteger("alpha_ppm").map { Double($0) / 1e6 }
        threshold = try fields.optionalInteger("threshold_ppb").map { Double($0) / 1e9 }
    }

    func precedes(_ other: ServedModel) -> Bool {
        (symbol, role, name, version) < (other.symbol, other.role, other.name, other.version)
    }
}
