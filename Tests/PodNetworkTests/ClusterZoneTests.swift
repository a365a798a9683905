import Kube
import Testing

@testable import PodNetwork

struct ClusterZoneTests {
    static let zone: ClusterZone = {
        let web = ServiceRulesetTests.service("web", ip: "10.96.0.20")
        let db = ServiceRulesetTests.service("db", ip: "None")
        var far = ServiceRulesetTests.service("far", ip: "")
        far.spec.type = "ExternalName"
        far.spec.externalName = "example.org"
        var near = far
        near.metadata.name = "near"
        near.spec.externalName = "web.shop.svc.cluster.local"
        var slice = ServiceRulesetTests.slice("db", [("10.244.0.5", nil), ("10.244.0.6", ServiceRulesetTests.broken)])
        slice.endpoints?[0].hostname = "db-0"
        return ClusterZone(
            origin: "cluster.local",
            networks: [IPv4Network("10.244.0.0/24"), IPv4Network("10.96.0.0/16")].compactMap { $0 },
            snapshot: ServiceSnapshot(services: [web, db, far, near], slices: [slice]))
    }()

    static func query(_ name: String, _ type: UInt16, size: Int? = nil) -> DNSQuery {
        var bytes = DNSQuery.bytes(id: 7, name: DNSName(name), type: type)
        if let size {
            bytes[11] = 1
            bytes += [0, 0, 41, UInt8(size >> 8), UInt8(size & 255), 0, 0, 0, 0, 0, 0]
        }
        return DNSQuery.parse(bytes)
            ?? DNSQuery(
                id: 0, opcode: 0, recursionDesired: false, name: DNSName(""), type: 0, classCode: 0, questionBytes: [],
                datagramSize: nil)
    }

    @Test(arguments: [
        ("web.shop.svc.cluster.local", UInt16(1), "a 10.96.0.20"),
        ("WEB.Shop.svc.CLUSTER.local", 1, "a 10.96.0.20"),
        ("db.shop.svc.cluster.local", 1, "a 10.244.0.5"),
        ("db-0.db.shop.svc.cluster.local", 1, "a 10.244.0.5"),
        ("_http._tcp.web.shop.svc.cluster.local", 33, "srv 80 web.shop.svc.cluster.local"),
        ("_http._tcp.db.shop.svc.cluster.local", 33, "srv 8080 db-0.db.shop.svc.cluster.local"),
        ("10-244-0-9.shop.pod.cluster.local", 1, "a 10.244.0.9"),
        ("5.0.244.10.in-addr.arpa", 12, "ptr db-0.db.shop.svc.cluster.local"),
        ("20.0.96.10.in-addr.arpa", 12, "ptr web.shop.svc.cluster.local"),
        ("near.shop.svc.cluster.local", 1, "cname web.shop.svc.cluster.local a 10.96.0.20"),
        // No data: the name is there, but not with this type.
        ("web.shop.svc.cluster.local", 28, "none"),
        ("shop.svc.cluster.local", 1, "none"),
        ("svc.cluster.local", 1, "none"),
        ("_tcp.web.shop.svc.cluster.local", 1, "none"),
        ("cluster.local", 1, "none"),
        // No such name, as the search list produces it.
        ("nowhere.shop.svc.cluster.local", 1, "no such name"),
        ("example.org.shop.svc.cluster.local", 1, "no such name"),
        ("example.org.cluster.local", 1, "no such name"),
        ("web.empty.svc.cluster.local", 1, "no such name"),
        ("9.0.244.10.in-addr.arpa", 12, "no such name"),
        // Not ours.
        ("example.org", 1, "forward"),
        ("org", 1, "forward"),
        ("1.2.0.192.in-addr.arpa", 12, "forward"),
        ("far.shop.svc.cluster.local", 1, "follow example.org"),
    ])
    func `a name is answered`(_ name: String, _ type: UInt16, _ expected: String) {
        #expect(Self.describe(Self.zone.resolve(Self.query(name, type))) == expected)
    }

    @Test func `answers without data carry the zone's authority, so resolvers may remember them`() {
        guard case .answer(let response) = Self.zone.resolve(Self.query("nowhere.cluster.local", 1)) else {
            Issue.record("not answered")
            return
        }
        #expect(response.authority.map(\.type) == [DNSMessage.RecordType.soa])
    }

    @Test func `an SRV answer brings the addresses of its targets`() {
        guard case .answer(let response) = Self.zone.resolve(Self.query("_http._tcp.web.shop.svc.cluster.local", 33))
        else {
            Issue.record("not answered")
            return
        }
        #expect(response.additional.map(\.data) == [.a(IPv4Address(number: 0x0A60_0014))])
    }

    static func describe(_ verdict: ClusterZone.Verdict) -> String {
        switch verdict {
        case .forward: return "forward"
        case .follow(_, let target): return "follow \(target)"
        case .answer(let response):
            if response.code == .nameError { return "no such name" }
            let parts = response.answers.map { record in
                switch record.data {
                case .a(let address): "a \(address)"
                case .aaaa: "aaaa"
                case .cname(let target): "cname \(target)"
                case .ptr(let target): "ptr \(target)"
                case .srv(let port, let target): "srv \(port) \(target)"
                case .soa: "soa"
                }
            }
            return parts.isEmpty ? "none" : parts.joined(separator: " ")
        }
    }
}
