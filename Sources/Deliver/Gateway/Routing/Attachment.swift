import Kube

/// Whether a route may use a gateway, and for which hosts.
enum Attachment {
    /// The parent is not a Gateway of this controller.
    case notOurs
    case refused(reason: String, message: String)
    /// With the names of the listeners and the hosts of both.
    case attached(KubeGateway, listeners: [String], hosts: [String])

    static func make(_ parent: HTTPRoute.ParentReference, of route: HTTPRoute, _ gateways: [KubeGateway]) -> Attachment
    {
        guard parent.group ?? "gateway.networking.k8s.io" == "gateway.networking.k8s.io",
            parent.kind ?? "Gateway" == "Gateway",
            let gateway = gateways.first(where: {
                $0.namespace == parent.namespace ?? route.namespace && $0.name == parent.name
            })
        else { return .notOurs }
        let named = gateway.spec.listeners.filter { listener in
            listener.protocol == "HTTP" && (parent.sectionName.map { $0 == listener.name } ?? true)
        }
        if named.isEmpty {
            return .refused(reason: "NoMatchingParent", message: "gateway \(gateway.key) has no such HTTP listener")
        }
        let open = named.filter { isAllowed(route, by: $0, of: gateway) }
        if open.isEmpty {
            return .refused(
                reason: "NotAllowedByListeners",
                message: "gateway \(gateway.key) takes no routes from namespace \(route.namespace)")
        }
        var hosts: Set<String> = []
        var listeners: [String] = []
        for listener in open {
            let common = intersection(
                listener.hostname ?? "*", (route.spec.hostnames ?? []).isEmpty ? ["*"] : route.spec.hostnames ?? [])
            if !common.isEmpty { listeners.append(listener.name) }
            hosts.formUnion(common)
        }
        if hosts.isEmpty {
            return .refused(
                reason: "NoMatchingListenerHostname",
                message: "no listener of gateway \(gateway.key) serves these host names")
        }
        return .attached(gateway, listeners: listeners, hosts: Array(hosts))
    }

    private static func isAllowed(_ route: HTTPRoute, by listener: KubeGateway.Listener, of gateway: KubeGateway)
        -> Bool
    {
        switch listener.allowedRoutes?[path: "namespaces", "from"]?.string ?? "Same" {
        case "All": true
        case "Same": route.namespace == gateway.namespace
        // Selectors need the labels of namespaces, which are not followed here.
        default: false
        }
    }

    /// The hosts that both name; the more specific of two that overlap.
    private static func intersection(_ listener: String, _ hosts: [String]) -> [String] {
        hosts.compactMap { host in
            let host = host.lowercased()
            let listener = listener.lowercased()
            if covers(listener, host) { return host }
            return covers(host, listener) ? listener : nil
        }
    }

    private static func covers(_ wide: String, _ narrow: String) -> Bool {
        if wide == "*" || wide == narrow { return true }
        guard wide.hasPrefix("*.") else { return false }
        let suffix = wide.dropFirst()
        return narrow.hasSuffix(suffix) && narrow.utf8.count > suffix.utf8.count
    }
}
