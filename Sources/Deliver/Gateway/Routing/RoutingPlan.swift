import Delivery
import Kube

/// What the gateway knows of the cluster.
struct RoutingFacts: Sendable {
    var gatewayClass = "estiba"
    var gateways: [KubeGateway] = []
    var routes: [HTTPRoute] = []
    var services: [Service] = []
    var slices: [EndpointSlice] = []
    /// Labels of pods by `namespace/name`.
    var podLabels: [String: [String: String]] = [:]
}

/// The routing table that the cluster's objects ask for, and what to report to them.
struct RoutingPlan: Sendable {
    var table = RoutingTable()
    var gateways: [GatewayReport] = []
    var routes: [RouteReport] = []

    /// https://gateway-api.sigs.k8s.io/reference/spec/
    static func make(_ facts: RoutingFacts) -> RoutingPlan {
        var plan = RoutingPlan()
        let gateways = facts.gateways.filter {
            $0.spec.gatewayClassName == facts.gatewayClass && $0.metadata.deletionTimestamp == nil
        }
        var attached: [String: [String: Int]] = [:]
        var backends = BackendTable(facts)
        for route in facts.routes.sorted(by: { $0.key < $1.key }) where route.metadata.deletionTimestamp == nil {
            plan.add(route, gateways, &backends, &attached)
        }
        plan.table.backends = backends.list
        plan.sort()
        plan.gateways = gateways.map { GatewayReport(gateway: $0, attached: attached[$0.key] ?? [:]) }
        return plan
    }

    private mutating func add(
        _ route: HTTPRoute, _ gateways: [KubeGateway], _ backends: inout BackendTable,
        _ attached: inout [String: [String: Int]]
    ) {
        var report = RouteReport(route: route)
        var hosts: Set<String> = []
        for parent in route.spec.parentRefs ?? [] {
            switch Attachment.make(parent, of: route, gateways) {
            case .notOurs: continue
            case .refused(let reason, let message):
                report.parents.append(RouteReport.Parent(reference: parent, reason: reason, message: message))
            case .attached(let gateway, let listeners, let names):
                report.parents.append(RouteReport.Parent(reference: parent))
                for listener in listeners { attached[gateway.key, default: [:]][listener, default: 0] += 1 }
                hosts.formUnion(names)
            }
        }
        guard !report.parents.isEmpty else { return }
        do throws(UnsupportedFilter) {
            let compiled = try compile(route, &backends, &report)
            for host in hosts.sorted() { table.add(compiled.conditions, host: host, firstRule: table.rules.count) }
            if !hosts.isEmpty { table.rules += compiled.rules }
        } catch {
            report.refuse("UnsupportedValue", "\(error.what) is not supported by this gateway")
        }
        routes.append(report)
    }

    /// The rules of a route, with conditions whose rule indices count from zero.
    private func compile(
        _ route: HTTPRoute, _ backends: inout BackendTable, _ report: inout RouteReport
    ) throws(UnsupportedFilter) -> (conditions: [RouteCondition], rules: [RoutingRule]) {
        var conditions: [RouteCondition] = []
        var rules: [RoutingRule] = []
        for (index, rule) in (route.spec.rules ?? []).enumerated() {
            var compiled = RoutingRule(route: route.key)
            compiled.filters = try RouteFilters(rule.filters)
            compiled.requestTimeout = try Self.timeout(rule.timeouts?.request)
            compiled.attemptTimeout = try Self.timeout(rule.timeouts?.backendRequest)
            let references = rule.backendRefs ?? []
            for reference in references {
                compiled.backends.append(backends.index(of: reference, route: route, &report))
            }
            compiled.choice = WeightedChoice(references.map { $0.weight ?? 1 })
            rules.append(compiled)
            let matches = rule.matches?.isEmpty == false ? rule.matches ?? [] : [HTTPRoute.Match(path: nil)]
            for (number, match) in matches.enumerated() {
                let order = RouteCondition.Order(
                    created: route.metadata.creationTimestamp ?? "", route: route.key, rule: index, match: number)
                conditions.append(try Self.condition(match, rule: index, order))
            }
        }
        return (conditions, rules)
    }

    private static func timeout(_ text: String?) throws(UnsupportedFilter) -> Int64? {
        guard let text else { return nil }
        guard let nanoseconds = GatewayDuration.nanoseconds(text) else {
            throw UnsupportedFilter(what: "timeout \"\(text)\"")
        }
        return nanoseconds == 0 ? nil : nanoseconds
    }

    private static func condition(
        _ match: HTTPRoute.Match, rule: Int, _ order: RouteCondition.Order
    ) throws(UnsupportedFilter) -> RouteCondition {
        let value = match.path?.value ?? "/"
        var path: PathCondition
        switch match.path?.type ?? "PathPrefix" {
        case "Exact": path = .exact(Array(value.utf8))
        case "PathPrefix":
            var bytes = Array(value.utf8)
            while bytes.last == 0x2F { bytes.removeLast() }
            path = .prefix(bytes)
        case let type: throw UnsupportedFilter(what: "path match \(type)")
        }
        var condition = RouteCondition(
            path: path, method: match.method.map { Array($0.utf8) }, rule: rule, order: order)
        condition.headers = try namedValues(match.headers, what: "header match") { $0.lowercased() }
        condition.query = try namedValues(match.queryParams, what: "query match") { $0 }
        return condition
    }

    private static func namedValues(
        _ tree: JSON?, what: String, _ name: (String) -> String
    ) throws(UnsupportedFilter) -> [RouteCondition.NamedValue] {
        var values: [RouteCondition.NamedValue] = []
        for entry in tree?.array ?? [] {
            let type = entry["type"]?.string ?? "Exact"
            guard type == "Exact" else { throw UnsupportedFilter(what: "\(what) \(type)") }
            let named = RouteCondition.NamedValue(
                name: Array(name(entry["name"]?.string ?? "").utf8), value: Array((entry["value"]?.string ?? "").utf8))
            // Of entries with the same name only the first counts.
            if !values.contains(where: { $0.name == named.name }) { values.append(named) }
        }
        return values
    }

    private mutating func sort() {
        table.anyHost.sort { $0.precedes($1) }
        for host in table.exactHosts.keys { table.exactHosts[host]?.sort { $0.precedes($1) } }
        for index in table.wildcardHosts.indices { table.wildcardHosts[index].conditions.sort { $0.precedes($1) } }
        table.wildcardHosts.sort { $0.suffix.utf8.count > $1.suffix.utf8.count }
    }
}

extension RoutingTable {
    /// `host` is `*`, `*.domain` or a name.
    fileprivate mutating func add(_ conditions: [RouteCondition], host: String, firstRule: Int) {
        let moved = conditions.map { condition in
            var condition = condition
            condition.rule += firstRule
            return condition
        }
        if host == "*" {
            anyHost += moved
        } else if host.hasPrefix("*.") {
            let suffix = String(host.dropFirst())
            if let index = wildcardHosts.firstIndex(where: { $0.suffix == suffix }) {
                wildcardHosts[index].conditions += moved
            } else {
                wildcardHosts.append(WildcardHost(suffix: suffix, conditions: moved))
            }
        } else {
            exactHosts[host, default: []] += moved
        }
    }
}
