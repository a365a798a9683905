/// What an API server can be told.
package struct APIServerSettings: Sendable {
    /// The first address of the range for ClusterIPs, and how many bits are fixed.
    package var serviceNetwork = "10.96.0.0"
    package var servicePrefixLength = 16
    /// Kept free for the cluster's DNS Service, which asks for it by name.
    package var dnsAddress = "10.96.0.10"
    package var nodePorts = 30000...32767
    /// Events older than this are removed.
    package var eventLifetime: Duration = .seconds(3600)
    /// How far back a watch may begin.
    package var history: Duration = .seconds(600)
    /// The certificate authority that clients in pods trust, in PEM; nil leaves out the ConfigMap that carries it.
    package var certificateAuthority: String?
    /// Where pods reach this server; nil leaves the Service `kubernetes` without endpoints.
    package var advertised: (address: String, port: Int)?
    /// `gitVersion` of `/version`.
    package var version = "v1.37.0"

    package init() {}
}
