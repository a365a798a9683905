/// The nftables rules that make Services work on this node, as text for `nft`. The same portals give the same text.
///
/// A verdict map leads from address and port to a chain for each portal, which picks an endpoint: at random, or by the
/// client's address where the session has to stay. What is sent to the service range and finds no endpoint is refused at
/// once (reset, or port unreachable), so clients don't wait.
package struct ServiceRuleset: Sendable {
    package let configuration: PodNetworkConfiguration
    package let portals: [ServicePortal]

    package init(configuration: PodNetworkConfiguration, portals: [ServicePortal]) {
        self.configuration = configuration
        self.portals = portals
    }

    /// Replaces the whole table in one transaction.
    package var text: String {
        var lines = ["table ip \(configuration.table) {}", "delete table ip \(configuration.table)"]
        lines.append("table ip \(configuration.table) {")
        lines += maps
        for portal in served { lines += chains(portal) }
        lines += chain("dns-udp", ["meta l4proto udp dnat to \(configuration.gateway):\(configuration.dnsPort)"])
        lines += chain("dns-tcp", ["meta l4proto tcp dnat to \(configuration.gateway):\(configuration.dnsPort)"])
        lines += hooks
        lines.append("}")
        return lines.joined(separator: "\n") + "\n"
    }

    /// Removes the table.
    package static func removal(of table: String) -> String { "table ip \(table) {}\ndelete table ip \(table)\n" }

    private var served: [ServicePortal] {
        portals.filter { !$0.endpoints.isEmpty && $0.clusterIP != configuration.dnsService }
    }

    private var maps: [String] {
        var services = [
            "\(configuration.dnsService) . udp . 53 : goto dns-udp",
            "\(configuration.dnsService) . tcp . 53 : goto dns-tcp",
        ]
        var nodePorts: [String] = []
        for portal in served {
            services.append("\(portal.clusterIP) . \(portal.transport) . \(portal.port) : goto \(chainName(portal))")
            if let port = portal.nodePort {
                nodePorts.append("\(portal.transport) . \(port) : goto \(chainName(portal))-ext")
            }
        }
        let refused = portals.filter(\.endpoints.isEmpty).compactMap { portal in
            portal.nodePort.map { "\(portal.transport) . \($0)" }
        }
        let hairpins = Set(served.flatMap { $0.endpoints.map(\.address) }).sorted().map { "\($0) . \($0)" }
        return block("map services", "type ipv4_addr . inet_proto . inet_service : verdict;", services)
            + block("map nodeports", "type inet_proto . inet_service : verdict;", nodePorts)
            + block("set refused", "type inet_proto . inet_service;", refused)
            + block("set hairpin", "type ipv4_addr . ipv4_addr;", hairpins)
    }

    private func block(_ head: String, _ type: String, _ elements: [String]) -> [String] {
        guard !elements.isEmpty else { return ["  \(head) { \(type) }"] }
        return ["  \(head) { \(type) elements = {"] + elements.map { "    \($0)," } + ["  } }"]
    }

    private func chains(_ portal: ServicePortal) -> [String] {
        let name = chainName(portal)
        var lines = ["  # \(portal.name) \(portal.transport)"]
        lines += chain(name, ["meta l4proto \(portal.transport) dnat to \(target(portal))"])
        if portal.nodePort != nil { lines += chain("\(name)-ext", ["meta mark set meta mark or 0x4000 goto \(name)"]) }
        return lines
    }

    private func target(_ portal: ServicePortal) -> String {
        let endpoints = portal.endpoints.map { "\($0.address) . \($0.port)" }
        if let only = portal.endpoints.first, endpoints.count == 1 { return "\(only.address):\(only.port)" }
        let choice = portal.isSticky ? "jhash ip saddr mod \(endpoints.count)" : "numgen random mod \(endpoints.count)"
        let cases = endpoints.enumerated().map { "\($0.offset) : \($0.element)" }.joined(separator: ", ")
        return "\(choice) map { \(cases) }"
    }

    private var hooks: [String] {
        let services = configuration.services
        let pods = configuration.pods
        return chain(
            "dispatch",
            [
                "ip daddr . meta l4proto . th dport vmap @services",
                "ip daddr != \(services) fib daddr type local meta l4proto . th dport vmap @nodeports",
            ])
            + chain("refuse", ["meta l4proto tcp reject with tcp reset", "reject with icmp type port-unreachable"])
            + chain("prerouting", ["type nat hook prerouting priority dstnat; policy accept;", "jump dispatch"])
            + chain("output", ["type nat hook output priority -100; policy accept;", "jump dispatch"])
            + chain(
                "postrouting",
                [
                    "type nat hook postrouting priority srcnat; policy accept;",
                    "ip saddr . ip daddr @hairpin masquerade",
                    "meta mark & 0x4000 == 0x4000 masquerade",
                    "ip saddr \(pods) ip daddr != { \(pods), \(services) } masquerade",
                ])
            + chain(
                "filter-forward",
                ["type filter hook forward priority filter; policy accept;", "ip daddr \(services) goto refuse"])
            + chain(
                "filter-output",
                ["type filter hook output priority filter; policy accept;", "ip daddr \(services) goto refuse"])
            + chain(
                "filter-input",
                [
                    "type filter hook input priority filter; policy accept;",
                    "fib daddr type local meta l4proto . th dport @refused goto refuse",
                ])
    }

    private func chain(_ name: String, _ rules: [String]) -> [String] {
        ["  chain \(name) {"] + rules.map { "    \($0)" } + ["  }"]
    }

    private func chainName(_ portal: ServicePortal) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in "\(portal.name)/\(portal.transport)".utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return "svc-" + String(hash, radix: 16)
    }
}
