/// How often something happened on both tracks in the same seconds.
package struct PairedCounts: Sendable, Hashable, Codable {
    package var canary: Int
    /// Of `canary`, at most that many.
    package var canaryHits: Int
    package var stable: Int
    package var stableHits: Int

    package init(canary: Int = 0, canaryHits: Int = 0, stable: Int = 0, stableHits: Int = 0) {
        self.canary = canary
        self.canaryHits = canaryHits
        self.stable = stable
        self.stableHits = stableHits
    }

    package var total: Int { canary + stable }
    package var hits: Int { canaryHits + stableHits }
    /// Whether there is anything to compare: requests on both tracks.
    package var isPair: Bool { canary > 0 && stable > 0 }

    static func + (left: PairedCounts, right: PairedCounts) -> PairedCounts {
        PairedCounts(
            canary: left.canary + right.canary, canaryHits: left.canaryHits + right.canaryHits,
            stable: left.stable + right.stable, stableHits: left.stableHits + right.stableHits)
    }
}
