package import Kube

/// What a container's cgroup allows, from its requests and limits. Nil means no limit.
package struct ContainerLimits: Sendable, Equatable {
    /// The weight against others (1024 for one core), at least 2.
    package var cpuShares: Int
    /// Microseconds of processor time in each period.
    package var cpuQuota: Int?
    /// Microseconds.
    package var cpuPeriod: Int
    /// Bytes.
    package var memory: Int?

    package init(_ resources: ResourceRequirements?) {
        let cpuLimit = resources?.limits?["cpu"]
        let cpuRequest = resources?.requests?["cpu"] ?? cpuLimit
        cpuShares = max(2, (cpuRequest?.milli ?? 0) * 1024 / 1000)
        cpuPeriod = 100_000
        if let cpuLimit, cpuLimit.milli > 0 { cpuQuota = max(1000, cpuLimit.milli * cpuPeriod / 1000) }
        if let memory = resources?.limits?["memory"], memory.milli > 0 { self.memory = memory.value }
    }

    /// Bytes that the container has been promised.
    package static func memoryRequest(_ resources: ResourceRequirements?) -> Int {
        (resources?.requests?["memory"] ?? resources?.limits?["memory"])?.value ?? 0
    }
}
