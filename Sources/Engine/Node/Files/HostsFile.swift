package import Kube

/// The text of a pod's `/etc/hosts`.
package enum HostsFile {
    /// - Parameter fullName: the pod's name in cluster DNS, where it has a subdomain.
    package static func text(hostname: String, fullName: String?, address: String, aliases: [HostAlias]) -> String {
        var lines = [
            "# Written by Estiba.", "127.0.0.1\tlocalhost", "::1\tlocalhost ip6-localhost ip6-loopback",
            "fe00::0\tip6-localnet", "ff02::1\tip6-allnodes", "ff02::2\tip6-allrouters",
            address + "\t" + (fullName.map { "\($0)\t" } ?? "") + hostname,
        ]
        for alias in aliases { lines.append(alias.ip + "\t" + (alias.hostnames ?? []).joined(separator: "\t")) }
        return lines.joined(separator: "\n") + "\n"
    }
}
