import Models
import Numerics
import Testing

@Suite("Focal loss")
struct FocalLossTests {
    static let losses = [
        FocalLoss(gamma: 0, alpha: 0.5), FocalLoss(gamma: 0.5, alpha: 0.3),
        FocalLoss(gamma: 2, alpha: 0.25), FocalLoss(gamma: 5, alpha: 0.9),
    ]

    @Test("has the derivatives that finite differences find", arguments: losses)
    func derivatives(loss: FocalLoss) {
        let step = 1e-4
        for isBuy in [true, false] {
            for tenth in -80...80 {
                let margin = Double(tenth) / 10
                let here = loss.terms(margin: margin, isBuy: isBuy)
                let above = loss.terms(margin: margin + step, isBuy: isBuy)
                let below = loss.terms(margin: margin - step, isBuy: isBuy)
                let slope = (above.value - below.value) / (2 * step)
                let bend = (above.gradient - below.gradient) / (2 * step)
                #expect((here.gradient - slope).magnitude < 1e-7, "gradient at \(margin)")
                #expect((here.hessian - bend).magnitude < 1e-7, "Hessian at \(margin)")
            }
        }
    }

    @Test("is half the logistic loss where gamma is 0 and alpha 1/2")
    func logistic() {
        let loss = FocalLoss(.logistic)
        for tenth in -200...200 {
            let margin = Double(tenth) / 10
            let chance = 1 / (1 + Elementary.exp(-margin))
            let buy = loss.terms(margin: margin, isBuy: true)
            let rest = loss.terms(margin: margin, isBuy: false)
            #expect((buy.value + 0.5 * Elementary.log(chance)).magnitude < 1e-14)
            #expect((buy.gradient - 0.5 * (chance - 1)).magnitude < 1e-15)
            #expect((rest.gradient - 0.5 * chance).magnitude < 1e-15)
            #expect((rest.hessian - 0.5 * chance * (1 - chance)).magnitude < 1e-15)
        }
    }

    @Test("is the same for both classes, seen from either side", arguments: losses)
    func symmetry(loss: FocalLoss) {
        let mirrored = FocalLoss(gamma: loss.gamma, alpha: 1 - loss.alpha)
        for margin in [-30.0, -2.5, -0.1, 0, 0.7, 3, 45] {
            let buy = loss.terms(margin: margin, isBuy: true)
            let rest = mirrored.terms(margin: -margin, isBuy: false)
            #expect((buy.value - rest.value).magnitude <= 1e-15 * buy.value)
            #expect((buy.gradient + rest.gradient).magnitude <= 1e-15)
            #expect((buy.hessian - rest.hessian).magnitude <= 1e-15)
        }
    }

    @Test("keeps its digits where the probability is all but certain")
    func tails() {
        // Towards the own class the loss falls as a exp(-(gamma + 1) z).
        for loss in Self.losses {
            let terms = loss.terms(margin: 40, isBuy: true)
            let expected = loss.alpha * Elementary.exp(-40 * (loss.gamma + 1))
            #expect((terms.value / expected - 1).magnitude < 1e-12, "gamma \(loss.gamma)")
            #expect((terms.gradient / (-expected * (loss.gamma + 1)) - 1).magnitude < 1e-12)
            for margin in [-800.0, 800] {
                let far = loss.terms(margin: margin, isBuy: true)
                #expect(far.value.isFinite && far.gradient.isFinite && far.hessian.isFinite)
            }
            let wrong = loss.terms(margin: -800, isBuy: true)
            #expect((wrong.value - 800 * loss.alpha).magnitude < 1e-9)
        }
    }
}
