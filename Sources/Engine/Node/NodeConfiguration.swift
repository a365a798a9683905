/// How this node presents itself and where it keeps its pods.
package struct NodeConfiguration: Sendable {
    /// The name of the Node object and the value of `spec.nodeName` of its pods.
    package var name: String
    /// Holds a directory for each pod.
    package var directory: String
    /// The address that other machines reach this node by.
    package var address: String
    /// The parent of all control groups of pods, from the root of the trees, such as `/estiba`.
    package var cgroup: String
    package var dns: String
    package var clusterDomain: String
    package var podCIDR: String
    /// Address and port of the `kubernetes` service, which every container sees as `KUBERNETES_SERVICE_HOST` and `…_PORT`.
    package var apiService: (host: String, port: Int)?
    package var maximumPods: Int
    /// Bytes after which a container's log is rotated, and how many older files are kept.
    package var logSize: Int
    package var logFiles: Int
    package var version: String

    package init(
        name: String, directory: String, address: String, cgroup: String = "/estiba", dns: String = "10.96.0.10",
        clusterDomain: String = "cluster.local", podCIDR: String = "10.244.0.0/24",
        apiService: (host: String, port: Int)? = nil,
        maximumPods: Int = 110, logSize: Int = 10 << 20, logFiles: Int = 4, version: String = "v1.34.0"
    ) {
        self.name = name
        self.directory = directory
        self.address = address
        self.cgroup = cgroup
        self.dns = dns
        self.clusterDomain = clusterDomain
        self.podCIDR = podCIDR
        self.apiService = apiService
        self.maximumPods = maximumPods
        self.logSize = logSize
        self.logFiles = logFiles
        self.version = version
    }
}
