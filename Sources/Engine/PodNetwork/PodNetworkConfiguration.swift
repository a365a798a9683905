/// How the pods of this node are connected.
package struct PodNetworkConfiguration: Sendable {
    /// Where sandboxes (pinned namespaces and addresses) are kept.
    package var directory: String
    package var pods: IPv4Network
    package var services: IPv4Network
    /// The address of the cluster's DNS service, inside `services`.
    package var dnsService: IPv4Address
    /// Port of the DNS server on the gateway address.
    package var dnsPort: Int
    package var clusterDomain: String
    /// Links on the host are named this with a number. At most 9 characters.
    package var linkPrefix: String
    /// The nftables table (family `ip`) that this node owns.
    package var table: String
    /// Whether to switch on forwarding for the whole host, which pods need to reach other machines.
    package var forwardsToOutside: Bool
    /// Where names outside the cluster are asked; nil takes the servers of the host's `/etc/resolv.conf`.
    package var upstreams: [String]?
    package var nft: String

    /// - Throws: `PodNetworkProblem.configuration` for ranges that don't parse, overlap, or don't hold the DNS address.
    package init(
        directory: String, pods: String = "10.244.0.0/24", services: String = "10.96.0.0/16",
        dnsService: String = "10.96.0.10",
        dnsPort: Int = 53, clusterDomain: String = "cluster.local", linkPrefix: String = "estiba",
        table: String = "estiba",
        forwardsToOutside: Bool = true, upstreams: [String]? = nil, nft: String = "/usr/sbin/nft"
    ) throws(PodNetworkProblem) {
        guard let podRange = IPv4Network(pods), podRange.prefix <= 29 else {
            throw .configuration(
                "the pod range \"\(pods)\" is not a network such as 10.244.0.0/24 of at least 8 addresses")
        }
        guard let serviceRange = IPv4Network(services) else {
            throw .configuration("the service range \"\(services)\" is not a network such as 10.96.0.0/16")
        }
        guard !podRange.contains(serviceRange.base), !serviceRange.contains(podRange.base) else {
            throw .configuration("the pod range \(podRange) and the service range \(serviceRange) overlap")
        }
        guard let dns = IPv4Address(dnsService), serviceRange.contains(dns) else {
            throw .configuration("the DNS address \"\(dnsService)\" is not inside the service range \(serviceRange)")
        }
        guard !linkPrefix.isEmpty, linkPrefix.utf8.count <= 9 else {
            throw .configuration("the link prefix \"\(linkPrefix)\" must have 1 to 9 characters")
        }
        self.directory = directory
        self.pods = podRange
        self.services = serviceRange
        self.dnsService = dns
        self.dnsPort = dnsPort
        self.clusterDomain = clusterDomain
        self.linkPrefix = linkPrefix
        self.table = table
        self.forwardsToOutside = forwardsToOutside
        self.upstreams = upstreams
        self.nft = nft
    }

    package var gateway: IPv4Address { pods.address(at: 1) }
}
