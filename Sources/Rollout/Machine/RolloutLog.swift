package import Files
import JSON

/// The append-only log of a rollout: numbered without gaps, each entry bound to the one before by
/// its hash, each event in it once.
///
/// It keeps hashes, not entries: who reads a log back or runs one holds what it needs of these.
package struct RolloutLog: Sendable {
    package static let schema = 1

    package struct Entry: Equatable, Sendable {
        /// Counted from 0.
        package var seq: Int
        package var schema: Int
        /// Of the entry before; of nothing for the first.
        package var prevHash: Digest
        package var hash: Digest
        package var policy: Digest
        package var eventID: Digest
        package var event: RolloutEvent
    }

    package let rollout: Digest
    package let policy: Digest
    private var hashes: [Digest] = []
    private var ids: Set<Digest> = []
    /// Delivered before an entry that they follow; in the order of their numbers.
    private var waiting: [Entry] = []

    package init(rollout: Digest, policy: Digest) {
        self.rollout = rollout
        self.policy = policy
    }

    package var count: Int { hashes.count }

    /// The last entry's hash.
    package var tip: Digest { hashes.last ?? .sha256(of: "") }

    /// Entries that were delivered too early and still wait.
    package var waitingCount: Int { waiting.count }

    /// Adds an event. Nil, and no change, for one that is already there.
    package mutating func append(_ event: RolloutEvent) -> Entry? {
        let id = event.id(of: rollout)
        guard ids.insert(id).inserted else { return nil }
        let entry = Entry(
            seq: count, schema: Self.schema, prevHash: tip,
            hash: Self.hash(after: tip, seq: count, policy: policy, id: id, event),
            policy: policy, eventID: id, event: event)
        hashes.append(entry.hash)
        return entry
    }

    /// Takes an entry as it was stored or sent, in any order and any number of times.
    ///
    /// - Returns: The entries that are now in their place, in order; none for a duplicate, nor for
    ///   one that waits for those before it.
    package mutating func deliver(_ entry: Entry) throws(RolloutLogError) -> [Entry] {
        guard entry.schema == Self.schema else {
            throw .unknownSchema(entry.schema, seq: entry.seq)
        }
        let hash = Self.hash(
            after: entry.prevHash, seq: entry.seq, policy: entry.policy, id: entry.eventID,
            entry.event)
        guard hash == entry.hash, entry.policy == policy,
            entry.eventID == entry.event.id(of: rollout)
        else { throw .brokenChain(seq: entry.seq) }
        if entry.seq < count {
            guard hashes[entry.seq] == entry.hash else { throw .conflict(seq: entry.seq) }
            return []
        }
        let place = waiting.firstIndex { $0.seq >= entry.seq } ?? waiting.count
        if place < waiting.count, waiting[place].seq == entry.seq {
            guard waiting[place] == entry else { throw .conflict(seq: entry.seq) }
            return []
        }
        waiting.insert(entry, at: place)
        return try release()
    }

    /// Says that nothing more is to come: an entry that still waits shows a gap.
    package func finish() throws(RolloutLogError) {
        if let first = waiting.first { throw .gap(expected: count, found: first.seq) }
    }

    private mutating func release() throws(RolloutLogError) -> [Entry] {
        var released: [Entry] = []
        while let next = waiting.first, next.seq == count {
            guard next.prevHash == tip else { throw .brokenChain(seq: next.seq) }
            guard ids.insert(next.eventID).inserted else { throw .conflict(seq: next.seq) }
            hashes.append(next.hash)
            released.append(waiting.removeFirst())
        }
        return released
    }

    private static func hash(
        after previous: Digest, seq: Int, policy: Digest, id: Digest, _ event: RolloutEvent
    ) -> Digest {
        let parts: JSONValue = [
            .string(previous.description), JSONValue(seq), JSONValue(schema),
            .string(policy.description), .string(id.description), .integer(event.atNs),
            .integer(event.fromNs), event.by.map { .string($0) } ?? .null, event.payload,
        ]
        return .sha256(of: parts.text())
    }
}

extension Digest {
    /// Of a text's UTF-8.
    static func sha256(of text: String) -> Digest {
        var hash = SHA256()
        hash.update(Array(text.utf8))
        return hash.finish()
    }
}
