import Testing

@testable import PodNetwork

struct DNSMessageTests {
    @Test func `a query is read with its letter case kept in the question`() throws {
        var bytes = DNSQuery.bytes(id: 0x1234, name: DNSName("web.shop"), type: 1)
        bytes[13] = UInt8(ascii: "W")
        let query = try #require(DNSQuery.parse(bytes))
        #expect(query.id == 0x1234)
        #expect(query.name.description == "web.shop")
        #expect(query.questionBytes[1] == UInt8(ascii: "W"))
        #expect(query.datagramSize == nil)
    }

    @Test func `the size of a client's datagrams is read from EDNS`() {
        #expect(ClusterZoneTests.query("a.b", 1, size: 1400).datagramSize == 1400)
    }

    @Test(arguments: [[], [1, 2, 3], [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 63, 1]] as [[UInt8]])
    func `what isn't a query is refused`(_ bytes: [UInt8]) {
        #expect(DNSQuery.parse(bytes) == nil)
    }

    @Test func `a name that points at itself is refused`() {
        var offset = 0
        #expect(DNSName.read([0xC0, 0x00], at: &offset) == nil)
    }

    @Test func `an answer that doesn't fit says so and holds no records`() {
        let query = ClusterZoneTests.query("many.local", 1)
        let records = (0..<60).map { DNSRecord(query.name, .a(IPv4Address(number: UInt32($0)))) }
        let bytes = DNSResponse(code: .noError, answers: records).bytes(for: query, limit: 512)
        #expect(bytes.count <= 512)
        #expect(bytes[2] & 0x02 != 0)
        #expect(bytes[7] == 0)
    }

    @Test func `records written are read again`() {
        let query = ClusterZoneTests.query("web.shop", 1)
        let answers = [
            DNSRecord(DNSName("web.shop"), .cname(DNSName("other.shop"))),
            DNSRecord(DNSName("other.shop"), .a(IPv4Address(number: 0x0A00_0001))),
        ]
        let bytes = DNSResponse(code: .noError, answers: answers).bytes(for: query, limit: 512)
        #expect(DNSRecord.answers(in: bytes) == answers)
    }

    @Test func `servers are read from a resolver configuration`() {
        let text = "# comment\nsearch a b\nnameserver 192.0.2.53\nnameserver\t192.0.2.54 \noptions ndots:5\n"
        #expect(DNSResolver.servers(inConfiguration: text) == ["192.0.2.53", "192.0.2.54"])
    }
}
