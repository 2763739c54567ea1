/// The project's generator of random numbers: xoshiro256++ (Blackman and Vigna), one independent
/// stream for each name.
///
/// A stream is found by a seed and a path of names, such as a symbol and a purpose. The path is
/// hashed by FNV-1a from the seed, and SplitMix64 turns the hash into the 256 bits of state. So the
/// draws of one purpose never depend on how many another one made, nor on the order of symbols.
package struct RandomStream: Equatable, Sendable {
    @usableFromInline var s0: UInt64
    @usableFromInline var s1: UInt64
    @usableFromInline var s2: UInt64
    @usableFromInline var s3: UInt64

    package init(seed: UInt64, _ path: String...) {
        var mixer = SplitMix64(state: seed)
        var hash = mixer.next() ^ 0xcbf2_9ce4_8422_2325
        for name in path {
            // The zero byte ends a name: ("ab", "c") is another stream than ("a", "bc").
            for byte in Array(name.utf8) + [0] { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        }
        mixer = SplitMix64(state: hash)
        self.init(state: (mixer.next(), mixer.next(), mixer.next(), mixer.next()))
    }

    /// The stream of one replicate: it depends on the seed and the counter alone, so replicates can
    /// be drawn in any order.
    package init(seed: UInt64, counter: UInt64) {
        var mixer = SplitMix64(state: seed)
        mixer = SplitMix64(state: mixer.next() ^ counter)
        mixer = SplitMix64(state: mixer.next())
        self.init(state: (mixer.next(), mixer.next(), mixer.next(), mixer.next()))
    }

    /// Continues from a given state, not all of it zero.
    package init(state: (UInt64, UInt64, UInt64, UInt64)) {
        precondition(state.0 | state.1 | state.2 | state.3 != 0, "a state of zeros stays zero")
        (s0, s1, s2, s3) = state
    }

    /// The next 64 random bits. All arithmetic is modulo 2^64 by definition.
    @inlinable
    package mutating func next() -> UInt64 {
        let sum = s0 &+ s3
        let result = ((sum << 23) | (sum >> 41)) &+ s0
        let shifted = s1 << 17
        s2 ^= s0
        s3 ^= s1
        s1 ^= s2
        s0 ^= s3
        s2 ^= shifted
        s3 = (s3 << 45) | (s3 >> 19)
        return result
    }

    /// Uniform in [0, 1), a multiple of 2^-53.
    @inlinable
    package mutating func uniform() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// Uniform in 0..<`bound` without bias to speak of: the error is `bound` in 2^64.
    @inlinable
    package mutating func integer(below bound: UInt64) -> UInt64 {
        next().multipliedFullWidth(by: bound).high
    }
}

/// A generator of 64 bits of state (Steele, Lea and Flood); it seeds ``RandomStream``.
package struct SplitMix64: Sendable {
    private var state: UInt64

    package init(state: UInt64) {
        self.state = state
    }

    /// The next 64 random bits, modulo 2^64 by definition.
    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
