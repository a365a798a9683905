import NIOCore

/// The routing table with the states of one event loop beside it.
final class InstalledTable {
    let table: RoutingTable
    /// Counts the tables that were installed.
    let generation: Int
    let rules: [InstalledRule]
    /// By backend.
    let targets: [[Target]]
    /// By backend, the port of its Service.
    let ports: [Int]
    /// By backend, for answers that no endpoint gave.
    let cells: [TrafficCell]

    init(_ table: RoutingTable, generation: Int, ledger: TrafficLedger, state: (RoutingEndpoint) -> EndpointState) {
        self.table = table
        self.generation = generation
        rules = table.rules.map { InstalledRule($0) }
        ports = table.backends.map(\.port)
        cells = table.backends.map { ledger.cell(for: $0.key) }
        targets = table.backends.map { backend in
            backend.endpoints.map { Target(endpoint: state($0), cell: ledger.cell(for: $0.key)) }
        }
    }

    /// An endpoint with the place where its traffic is counted.
    struct Target {
        let endpoint: EndpointState
        let cell: TrafficCell
    }
}

/// A rule, shared by the requests that follow it.
final class InstalledRule {
    let route: String
    /// Nil where nothing is changed.
    let filters: RouteFilters?
    let backends: [Int]
    let choice: WeightedChoice
    let requestTimeout: TimeAmount?
    let attemptTimeout: TimeAmount?

    init(_ rule: RoutingRule) {
        route = rule.route
        filters = rule.filters.isPlain ? nil : rule.filters
        backends = rule.backends
        choice = rule.choice
        requestTimeout = rule.requestTimeout.map { .nanoseconds($0) }
        attemptTimeout = rule.attemptTimeout.map { .nanoseconds($0) }
    }
}

/// Random numbers for choices that need to be fair but not secret (SplitMix64).
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension [InstalledTable.Target] {
    /// Of two endpoints drawn at random, the one with fewer requests under way; endpoints in `avoiding`, and those that
    /// lately refused connections, only where there is no other.
    func choose(_ random: inout SplitMix, now: NIODeadline, avoiding: EndpointState?) -> InstalledTable.Target? {
        if isEmpty { return nil }
        let first = self[Int(random.next(upperBound: UInt64(count)))]
        if count == 1 { return first }
        let second = self[Int(random.next(upperBound: UInt64(count)))]
        let isFirstGood = first.isGood(now, avoiding)
        let isSecondGood = second.isGood(now, avoiding)
        switch (isFirstGood, isSecondGood) {
        case (true, true): return second.endpoint.inFlight < first.endpoint.inFlight ? second : first
        case (true, false): return first
        case (false, true): return second
        case (false, false):
            return self.first { $0.isGood(now, avoiding) } ?? self.first { $0.endpoint !== avoiding } ?? first
        }
    }
}

extension InstalledTable.Target {
    fileprivate func isGood(_ now: NIODeadline, _ avoiding: EndpointState?) -> Bool {
        endpoint.ejectedUntil <= now && endpoint !== avoiding && !endpoint.isDraining
    }
}
