import Kube

/// Where requests go: every host, rule and backend, compiled for lookup. A value; a new one replaces it as a whole.
package struct RoutingTable: Sendable, Equatable {
    /// Conditions in the order in which they are tried, for each exact host name in lower case.
    var exactHosts: [String: [RouteCondition]] = [:]
    /// For hosts below a domain: the suffix with its leading dot; the longest first.
    var wildcardHosts: [WildcardHost] = []
    var anyHost: [RouteCondition] = []
    var rules: [RoutingRule] = []
    var backends: [RoutingBackend] = []

    /// A table that routes nothing.
    package init() {}

    struct WildcardHost: Sendable, Equatable {
        var suffix: String
        var conditions: [RouteCondition]
    }
}

/// What happens to a request that matched.
struct RoutingRule: Sendable, Equatable {
    /// `namespace/name` of the route.
    var route: String
    var filters = RouteFilters()
    /// Indices into the table's backends, one for each entry of `choice`.
    var backends: [Int] = []
    var choice = WeightedChoice([])
    /// From the request's head to the end of the answer, in nanoseconds; nil without a limit.
    var requestTimeout: Int64?
    /// The same for one attempt with a backend.
    var attemptTimeout: Int64?
}

/// A port of a Service.
struct RoutingBackend: Sendable, Equatable {
    /// `namespace/name` of the Service.
    var service: String
    var port = 0
    /// Why requests to it are answered with 500.
    var defect: String?
    /// For answers that no endpoint gave.
    var key: TrafficKey
    var endpoints: [RoutingEndpoint] = []
}

/// A pod that takes requests.
struct RoutingEndpoint: Sendable, Equatable, Hashable {
    var address: String
    var port: Int
    var key: TrafficKey
}

/// Picks among backends by their weights.
struct WeightedChoice: Sendable, Equatable {
    private let cumulative: [UInt64]

    /// Negative weights count as zero.
    init(_ weights: [Int]) {
        var sum: UInt64 = 0
        cumulative = weights.map { weight in
            sum += UInt64(max(0, weight))
            return sum
        }
    }

    /// The index that `draw`, a uniform random number, falls on; nil where all weights are zero.
    func pick(_ draw: UInt64) -> Int? {
        guard let total = cumulative.last, total > 0 else { return nil }
        if cumulative.count == 1 { return 0 }
        let point = draw.multipliedFullWidth(by: total).high
        return cumulative.firstIndex { point < $0 }
    }
}
