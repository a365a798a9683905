/// Which addresses of a network are taken: a bitmap. The first address names the network, the second is the gateway and
/// the last is the broadcast address; these are never given out. Addresses are handed out in turn, so that one that was
/// just released isn't given to the next pod while others still remember its owner.
package struct AddressPool: Sendable {
    package let network: IPv4Network
    private var taken: [UInt64]
    private var next = 2

    package init(network: IPv4Network) {
        self.network = network
        taken = Array(repeating: 0, count: (network.count + 63) / 64)
    }

    package var gateway: IPv4Address { network.address(at: 1) }
    /// How many pods fit.
    package var capacity: Int { max(0, network.count - 3) }

    /// A free address; nil where all are taken.
    package mutating func allocate() -> IPv4Address? {
        guard capacity > 0 else { return nil }
        for step in 0..<capacity {
            let position = 2 + (next - 2 + step) % capacity
            if !isTaken(position) {
                set(position, true)
                next = position + 1
                return network.address(at: position)
            }
        }
        return nil
    }

    /// Takes a given address; false where it is taken already or isn't one for pods.
    package mutating func reserve(_ address: IPv4Address) -> Bool {
        guard let position = podPosition(address), !isTaken(position) else { return false }
        set(position, true)
        return true
    }

    package mutating func release(_ address: IPv4Address) {
        if let position = podPosition(address) { set(position, false) }
    }

    private func podPosition(_ address: IPv4Address) -> Int? {
        guard network.contains(address) else { return nil }
        let position = network.position(of: address)
        return (2..<(2 + capacity)).contains(position) ? position : nil
    }

    private func isTaken(_ position: Int) -> Bool { taken[position / 64] & (1 << (position % 64)) != 0 }

    private mutating func set(_ position: Int, _ flag: Bool) {
        if flag {
            taken[position / 64] |= 1 << (position % 64)
        } else {
            taken[position / 64] &= ~(1 << (position % 64))
        }
    }
}
