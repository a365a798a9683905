/// The text of a pod's `/etc/resolv.conf`.
package enum ResolverFile {
    /// How names are looked up in the cluster.
    package struct Cluster: Sendable, Equatable {
        /// The address of the DNS service.
        package var server: String
        package var domain: String

        package init(server: String, domain: String) {
            self.server = server
            self.domain = domain
        }
    }

    /// - Parameters:
    ///   - policy: `dnsPolicy` of the pod; nil is ClusterFirst.
    ///   - host: the text of the host's own file.
    package static func text(
        policy: String?, isOnHostNetwork: Bool, namespace: String, cluster: Cluster, host: String
    ) -> String {
        switch policy ?? "ClusterFirst" {
        case "None": return ""
        case "ClusterFirst" where !isOnHostNetwork, "ClusterFirstWithHostNet":
            let own = ["\(namespace).svc.\(cluster.domain)", "svc.\(cluster.domain)", cluster.domain]
            let search = own + searchDomains(host).filter { !own.contains($0) }
            return "search \(search.joined(separator: " "))\nnameserver \(cluster.server)\noptions ndots:5\n"
        default: return host
        }
    }

    private static func searchDomains(_ text: String) -> [String] {
        var domains: [String] = []
        for line in text.split(separator: "\n") {
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
            if words.first == "search" { domains = words.dropFirst().filter { $0 != "." } }
        }
        return domains
    }
}
