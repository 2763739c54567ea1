package import Market
import Desk
extension BTCWindow { func stateWords() -> [UInt64] { [] } }
extension BookStream { func stateWords() -> [UInt64] { [] } }
extension Enricher { func stateWords() -> [UInt64] { [] } }
extension DeskCore: StateEncodable { package func encode(into state: inout StateEncoder) {} }
