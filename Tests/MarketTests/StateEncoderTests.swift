import Market
import Testing

@Suite("The words of a state")
struct StateEncoderTests {
    private struct Part: StateEncodable {
        let value: Int64

        func encode(into state: inout StateEncoder) { state.add(value) }
    }

    private func words(_ fill: (inout StateEncoder) -> Void) -> [UInt64] {
        var state = StateEncoder()
        fill(&state)
        return state.words
    }

    @Test("tell values apart, and hold no other bits of a NaN than one")
    func values() {
        #expect(words { $0.add(-1) } == [.max])
        #expect(words { $0.add(Int128(1) << 64 + 5) } == [1, 5])
        #expect(words { $0.add(Int128(-1)) } == [.max, .max])
        #expect(words { $0.add(0.0) } != words { $0.add(-0.0) })
        #expect(words { $0.add(-Double.nan) } == words { $0.add(Double(nan: 7, signaling: false)) })
        #expect(words { $0.add(true) } != words { $0.add(false) })
    }

    @Test("tell lists of other lengths and absent parts apart")
    func lists() {
        let (one, two) = (Part(value: 1), Part(value: 2))
        let split = words {
            $0.add([one]); $0.add([two])
        }
        #expect(
            split
                != words {
                    $0.add([one, two]); $0.add([Part]())
                })
        #expect(words { $0.add([1.0]) } != words { $0.add([1.0, 1.0]) })
        #expect(words { $0.add([3, 4]) } == [2, 3, 4])
        #expect(words { $0.add(nil as Part?) } == [0])
        #expect(words { $0.add(one as Part?) } == [1, 1])
        #expect(words { $0.add(nil as Int64?) } != words { $0.add(0 as Int64?) })
        #expect(words { $0.add(nil as Int?) } != words { $0.add(0 as Int?) })
        #expect(two.stateWords() == [2])
    }
}
