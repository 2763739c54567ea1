import Models
import Testing

@Suite struct `A model's loss has one name` {
    @Test func `focal losses share a name, whatever their parameters`() {
        #expect(ModelLoss.focal(gamma: 2, alpha: 0.25).name == "focal")
        #expect(ModelLoss.logistic.name == "binary:logistic")
    }
}
