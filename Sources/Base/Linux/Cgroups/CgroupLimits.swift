/// Limits of a control group. What is nil is not limited.
package struct CgroupLimits: Sendable, Equatable {
    /// Share of the processor when it is scarce, in thousandths of a core (the request).
    package var cpuRequest: Int64?
    /// Most processor time, in thousandths of a core.
    package var cpuLimit: Int64?
    /// Bytes.
    package var memory: Int64?
    package var processes: Int64?

    package init(cpuRequest: Int64? = nil, cpuLimit: Int64? = nil, memory: Int64? = nil, processes: Int64? = nil) {
        self.cpuRequest = cpuRequest
        self.cpuLimit = cpuLimit
        self.memory = memory
        self.processes = processes
    }

    /// Length of the period in which the quota is counted, in microseconds.
    package static let period: Int64 = 100_000

    /// Version 1's `cpu.shares`: 1024 for a core, at least 2.
    package var shares: Int64? { cpuRequest.map { min(262_144, max(2, $0 * 1024 / 1000)) } }

    /// Version 2's `cpu.weight`: 1 to 10,000, from the shares as the runtimes convert them.
    package var weight: Int64? { shares.map { 1 + ($0 - 2) * 9999 / 262_142 } }

    /// Microseconds of processor time in each period, at least 1 ms.
    package var quota: Int64? { cpuLimit.map { max(1000, $0 * CgroupLimits.period / 1000) } }
}

/// What the processes of a control group use and have used.
package struct CgroupUsage: Sendable, Equatable {
    /// Nanoseconds of processor time so far.
    package var cpuNanoseconds: UInt64
    /// Bytes that can't be given back at once: what is charged, less file pages that were not used lately.
    package var workingSet: Int64
    package var processes: Int64
    /// How many processes were killed for want of memory.
    package var memoryKills: Int64
}
