package import Kube
package import Linux

extension CgroupLimits {
    /// What a container's control group allows, from its requests and limits. A limit without a request is the request too.
    package init(_ resources: ResourceRequirements?) {
        let cpuLimit = resources?.limits?["cpu"].flatMap { $0.milli > 0 ? $0 : nil }
        let memory = resources?.limits?["memory"].flatMap { $0.milli > 0 ? $0 : nil }
        let cpuRequest = resources?.requests?["cpu"] ?? cpuLimit
        self.init(
            // The least share for those that asked for none.
            cpuRequest: Int64(cpuRequest?.milli ?? 0), cpuLimit: cpuLimit.map { Int64($0.milli) },
            memory: memory.map { Int64($0.value) })
    }
}

extension ResourceRequirements {
    /// Bytes that the container has been promised.
    package var memoryRequest: Int { (requests?["memory"] ?? limits?["memory"])?.value ?? 0 }
}
