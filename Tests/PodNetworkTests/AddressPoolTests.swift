import Testing

@testable import PodNetwork

struct AddressPoolTests {
    @Test func `addresses are given in turn and never the network, gateway or broadcast address`() throws {
        var pool = AddressPool(network: try #require(IPv4Network("10.244.0.0/29")))
        let given = (0..<5).compactMap { _ in pool.allocate()?.description }
        #expect(given == ["10.244.0.2", "10.244.0.3", "10.244.0.4", "10.244.0.5", "10.244.0.6"])
        let more = pool.allocate()
        #expect(more == nil)
        #expect(pool.gateway.description == "10.244.0.1")
    }

    @Test func `a released address comes back only after the others`() throws {
        var pool = AddressPool(network: try #require(IPv4Network("10.244.0.0/29")))
        let first = pool.allocate()
        if let first { pool.release(first) }
        let next = pool.allocate()
        #expect(next?.description == "10.244.0.3")
    }

    @Test(arguments: [
        ("10.244.0.9", true), ("10.244.0.1", false), ("10.244.0.0", false), ("10.244.0.255", false),
        ("10.245.0.9", false),
    ])
    func `only addresses for pods can be reserved`(_ text: String, _ isReserved: Bool) throws {
        var pool = AddressPool(network: try #require(IPv4Network("10.244.0.0/24")))
        let address = try #require(IPv4Address(text))
        let first = pool.reserve(address)
        let second = pool.reserve(address)
        #expect(first == isReserved)
        #expect(!second)
    }

    @Test(arguments: ["10.0.0", "10.0.0.256", "a.b.c.d", "10.0.0.1.2", "", "1..2.3", "+1.2.3.4"])
    func `text that isn't an address is refused`(_ text: String) {
        #expect(IPv4Address(text) == nil)
    }

    @Test func `ranges that overlap are refused`() {
        #expect(throws: PodNetworkProblem.self) {
            try PodNetworkConfiguration(directory: "/nowhere", pods: "10.96.1.0/24", services: "10.96.0.0/16")
        }
    }
}
