import Kube
import NIOCore
import Testing

@testable import Gateway

@Suite struct RoutingTests {
    func facts(_ routes: [String], gateway: String? = nil) throws -> RoutingFacts {
        var facts = RoutingFacts()
        facts.gateways = [
            try decode(
                gateway ?? #"""
                    {"metadata": {"name": "edge", "namespace": "prod"}, "spec": {"gatewayClassName": "estiba",
                     "listeners": [{"name": "http", "port": 80, "protocol": "HTTP"}]}}
                    """#)
        ]
        facts.routes = try routes.map { try decode($0) }
        for name in ["a", "b", "c", "d", "e"] {
            facts.services.append(
                Service(
                    metadata: ObjectMeta(name: name, namespace: "prod"),
                    spec: ServiceSpec(ports: [ServicePort(name: "http", port: 80)])))
        }
        return facts
    }

    func route(
        _ name: String, hosts: [String] = [], created: String = "2026-01-01T00:00:00Z",
        rules: [(match: String, to: String)]
    ) -> String {
        let hosts = hosts.map { "\"\($0)\"" }.joined(separator: ",")
        let rules = rules.map { #"{"matches": [\#($0.match)], "backendRefs": [{"name": "\#($0.to)", "port": 80}]}"# }
            .joined(separator: ",")
        return #"""
            {"metadata": {"name": "\#(name)", "namespace": "prod", "creationTimestamp": "\#(created)"},
             "spec": {"parentRefs": [{"name": "edge"}], "hostnames": [\#(hosts)], "rules": [\#(rules)]}}
            """#
    }

    /// The Service that a request goes to.
    func find(_ table: RoutingTable, _ request: String) throws -> String? {
        let parts = request.split(separator: " ", maxSplits: 2)
        let more = parts.count > 2 ? parts[2] + "\r\n" : ""
        let slash = parts[1].firstIndex(of: "/") ?? parts[1].endIndex
        let head = try RequestHead(
            ByteBuffer(
                string: "\(parts[0]) \(parts[1][slash...]) HTTP/1.1\r\nHost: \(parts[1][..<slash])\r\n\(more)\r\n"))
        guard let found = table.lookup(head) else { return nil }
        return table.backends[table.rules[found.rule].backends[0]].service.split(separator: "/").last.map(String.init)
    }

    @Test func `the most specific path wins, by whole elements`() throws {
        let table = RoutingPlan.make(
            try facts([
                route(
                    "r",
                    rules: [
                        (#"{"path": {"type": "PathPrefix", "value": "/"}}"#, "a"),
                        (#"{"path": {"type": "PathPrefix", "value": "/shop/"}}"#, "b"),
                        (#"{"path": {"type": "Exact", "value": "/shop/cart"}}"#, "c"),
                        (#"{"path": {"type": "PathPrefix", "value": "/shop/cart"}}"#, "d"),
                    ])
            ])
        ).table
        for (request, expected) in [
            ("GET h/", "a"), ("GET h/shop", "b"), ("GET h/shop/", "b"), ("GET h/shop/x", "b"), ("GET h/shopping", "a"),
            ("GET h/shop/cart", "c"), ("GET h/shop/cart?x=1", "c"), ("GET h/shop/cart/", "d"),
            ("GET h/shop/cart/1", "d"),
            ("GET h/shop/carts", "b"), ("OPTIONS h/shop%2Fx", "a"),
        ] {
            #expect(try find(table, request) == expected, "\(request)")
        }
    }

    @Test func `the most specific host wins, and others serve what it has no rule for`() throws {
        let table = RoutingPlan.make(
            try facts([
                route("any", rules: [(#"{"path": {"value": "/"}}"#, "a")]),
                route("wild", hosts: ["*.example.com"], rules: [(#"{"path": {"value": "/"}}"#, "b")]),
                route("deep", hosts: ["*.eu.example.com"], rules: [(#"{"path": {"value": "/"}}"#, "c")]),
                route("exact", hosts: ["www.Example.com"], rules: [(#"{"path": {"value": "/x"}}"#, "d")]),
            ])
        ).table
        for (request, expected) in [
            ("GET other/", "a"), ("GET example.com/", "a"), ("GET www.example.com/x", "d"),
            ("GET WWW.EXAMPLE.COM:8080/x", "d"),
            ("GET www.example.com/y", "b"), ("GET a.b.example.com/", "b"), ("GET a.eu.example.com/", "c"),
        ] {
            #expect(try find(table, request) == expected, "\(request)")
        }
    }

    @Test func `methods, headers and parameters are matched in the order of the Gateway API`() throws {
        let table = RoutingPlan.make(
            try facts([
                route("old", rules: [(#"{"path": {"value": "/"}}"#, "a")]),
                route("young", created: "2026-02-01T00:00:00Z", rules: [(#"{"path": {"value": "/"}}"#, "e")]),
                route(
                    "r", created: "2026-03-01T00:00:00Z",
                    rules: [
                        (#"{"queryParams": [{"name": "v", "value": "2 x"}]}"#, "b"),
                        (#"{"headers": [{"name": "X-Canary", "value": "yes"}]}"#, "c"), (#"{"method": "POST"}"#, "d"),
                    ]),
            ])
        ).table
        for (request, expected) in [
            ("GET h/", "a"), ("POST h/?v=2+x X-Canary: yes", "d"), ("GET h/?v=2%20x x-canary: yes", "c"),
            ("GET h/?u=1&v=2+x", "b"), ("GET h/?v=2", "a"), ("GET h/ X-Canary: YES", "a"),
        ] {
            #expect(try find(table, request) == expected, "\(request)")
        }
    }

    @Test func `a route is told what is wrong with it`() throws {
        func told(_ route: String, gateway: String? = nil) throws -> [String] {
            let plan = RoutingPlan.make(try facts([route], gateway: gateway))
            let status = try plan.routes.first?.status(now: "2026-01-01T00:00:00Z")
            return (status?["parents"]?[0]?["conditions"]?.array ?? []).map {
                "\($0["type"]?.string ?? "") \($0["status"]?.string ?? "") \($0["reason"]?.string ?? "")"
            }
        }
        let path = #"{"path": {"value": "/"}}"#
        #expect(
            try told(route("r", rules: [(path, "a")])) == ["Accepted True Accepted", "ResolvedRefs True ResolvedRefs"])
        #expect(
            try told(route("r", rules: [(path, "zz")])) == [
                "Accepted True Accepted", "ResolvedRefs False BackendNotFound",
            ])
        #expect(
            try told(route("r", rules: [(#"{"path": {"type": "RegularExpression", "value": "/.*"}}"#, "a")])).first
                == "Accepted False UnsupportedValue")
        let listener = #"{"name": "http", "port": 80, "protocol": "HTTP", "hostname": "*.example.com"}"#
        let edge = { (listener: String, namespace: String) in
            #"{"metadata": {"name": "edge", "namespace": "\#(namespace)"}, "spec": {"gatewayClassName": "estiba", "listeners": [\#(listener)]}}"#
        }
        #expect(
            try told(route("r", hosts: ["other.org"], rules: [(path, "a")]), gateway: edge(listener, "prod")).first
                == "Accepted False NoMatchingListenerHostname")
        let elsewhere = route("r", rules: [(path, "a")]).replacing(
            #"{"name": "edge"}"#, with: #"{"name": "edge", "namespace": "infra"}"#)
        #expect(try told(elsewhere, gateway: edge(listener, "infra")).first == "Accepted False NotAllowedByListeners")
        let open = listener.replacing("}", with: #", "allowedRoutes": {"namespaces": {"from": "All"}}}"#)
        #expect(try told(elsewhere, gateway: edge(open, "infra")).first == "Accepted True Accepted")
        let mirrored = route("r", rules: [(path, "a")]).replacing(
            #""backendRefs""#, with: #""filters": [{"type": "RequestMirror"}], "backendRefs""#)
        #expect(try told(mirrored).first == "Accepted False UnsupportedValue")
    }

    @Test func `a status is written once and keeps what others wrote`() throws {
        var facts = try facts([route("r", rules: [(#"{"path": {"value": "/"}}"#, "a")])])
        facts.routes[0].status = ["parents": [["controllerName": "other", "parentRef": ["name": "x"]]]]
        let status = try #require(try RoutingPlan.make(facts).routes.first?.status(now: "2026-01-01T00:00:00Z"))
        #expect(status["parents"]?.array?.count == 2)
        facts.routes[0].status = status
        #expect(try RoutingPlan.make(facts).routes.first?.status(now: "2026-01-02T00:00:00Z") == nil)
    }

    @Test func `a gateway is told that it works and how many routes it has`() throws {
        let plan = RoutingPlan.make(try facts([route("r", rules: [(#"{"path": {"value": "/"}}"#, "a")])]))
        let status = try #require(plan.gateways.first).status(
            present: .null, address: "127.0.0.1", now: "2026-01-01T00:00:00Z")
        #expect(status["listeners"]?[0]?["attachedRoutes"] == 1)
        #expect(status["conditions"]?.array?.allSatisfy { $0["status"]?.string == "True" } == true)
        #expect(plan.gateways[0].status(present: status, address: "127.0.0.1", now: "2027-01-01T00:00:00Z") == status)
    }

    @Test func `endpoints are the ready pods, or the leaving ones where there is none`() throws {
        var facts = try facts([route("r", rules: [(#"{"path": {"value": "/"}}"#, "a")])])
        func slice(_ endpoints: String) throws -> EndpointSlice {
            try decode(
                #"""
                {"metadata": {"name": "s", "namespace": "prod", "labels": {"kubernetes.io/service-name": "a"}},
                 "addressType": "IPv4", "endpoints": [\#(endpoints)],
                 "ports": [{"name": "admin", "port": 9}, {"name": "http", "port": 8080}]}
                """#)
        }
        func addresses() -> [String] {
            RoutingPlan.make(facts).table.backends[0].endpoints.map { "\($0.address):\($0.port)" }
        }
        let ready =
            #"{"addresses": ["10.0.0.1"], "conditions": {"ready": true}, "targetRef": {"kind": "Pod", "name": "p"}}"#
        let unknown = #"{"addresses": ["10.0.0.2"]}"#
        let starting = #"{"addresses": ["10.0.0.3"], "conditions": {"ready": false, "serving": false}}"#
        let leaving =
            #"{"addresses": ["10.0.0.4"], "conditions": {"ready": false, "serving": true, "terminating": true}}"#
        facts.slices = [try slice([ready, unknown, starting, leaving].joined(separator: ","))]
        #expect(addresses() == ["10.0.0.1:8080", "10.0.0.2:8080"])
        facts.podLabels = ["prod/p": ["estiba.dev/track": "canary", "estiba.dev/release": "app-2"]]
        let endpoints = RoutingPlan.make(facts).table.backends[0].endpoints
        #expect(endpoints.map(\.key.track) == ["canary", ""])
        #expect(endpoints[0].key.release == "app-2")
        #expect(
            endpoints[0].key.route == "prod/r" && endpoints[0].key.backend == "prod/a"
                && endpoints[0].key.service == "a")
        facts.slices = [try slice([starting, leaving].joined(separator: ","))]
        #expect(addresses() == ["10.0.0.4:8080"])
    }

    @Test func `weights are kept within the bounds of chance, and zero gets nothing`() {
        let choice = WeightedChoice([90, 0, 10])
        var random = SplitMix(seed: 7)
        var counts = [0, 0, 0]
        let draws = 100_000
        for _ in 0..<draws { if let pick = choice.pick(random.next()) { counts[pick] += 1 } }
        // Five standard deviations of a binomial count.
        let deviation = 5 * (Double(draws) * 0.9 * 0.1).squareRoot()
        #expect(abs(Double(counts[0]) - 0.9 * Double(draws)) < deviation)
        #expect(counts[1] == 0)
        #expect(counts.reduce(0, +) == draws)
        #expect(WeightedChoice([0, 0]).pick(5) == nil)
        #expect(WeightedChoice([]).pick(5) == nil)
        #expect(WeightedChoice([3]).pick(UInt64.max) == 0)
        #expect(WeightedChoice([1, 1]).pick(UInt64.max) == 1)
    }

    @Test(
        "Durations are read as the Gateway API writes them",
        arguments: [
            ("10s", 10_000_000_000), ("1h30m", 5_400_000_000_000), ("500ms", 500_000_000), ("0s", 0), ("", nil),
            ("10", nil),
            ("1d", nil), ("-1s", nil), ("123456s", nil),
        ] as [(String, Int64?)])
    func duration(_ text: String, _ expected: Int64?) { #expect(GatewayDuration.nanoseconds(text) == expected) }
}
