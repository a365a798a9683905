/// When targets are scraped: each at a phase of its own, so that they don't all come at once.
enum ScrapeClock {
    /// The first time after `now` that is the target's: `interval` apart, shifted by the target's phase. Milliseconds.
    static func next(after now: Int64, interval: Int64, key: String) -> Int64 {
        let phase = Int64(hash(key) % UInt64(interval))
        let base = now - (now % interval + interval) % interval + phase
        return base > now ? base : base + interval
    }

    /// The time that a scrape's samples get: the planned one if it is near, so that samples are evenly spaced.
    static func stamp(planned: Int64, actual: Int64, interval: Int64) -> Int64 {
        (actual - planned).magnitude <= UInt64(max(2, interval / 100)) ? planned : actual
    }

    /// FNV-1a: the same in every process, so that a restart keeps the phases.
    private static func hash(_ key: String) -> UInt64 {
        var value: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in key.utf8 { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return value ^ value >> 32
    }
}
