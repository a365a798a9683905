/// A range of addresses such as `10.244.0.0/24`.
package struct IPv4Network: Sendable, Hashable, CustomStringConvertible {
    /// The lowest address of the range.
    package let base: IPv4Address
    /// How many leading bits are fixed, 0 to 32.
    package let prefix: Int

    /// Nil where the text is not `address/prefix`. Bits of the address beyond the prefix are dropped.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = IPv4Address(parts[0]), let prefix = Int(parts[1]),
            (0...32).contains(prefix)
        else {
            return nil
        }
        self.prefix = prefix
        base = IPv4Address(number: address.number & Self.mask(prefix))
    }

    /// How many addresses the range has.
    package var count: Int { 1 << (32 - prefix) }

    package func contains(_ address: IPv4Address) -> Bool { address.number & Self.mask(prefix) == base.number }

    /// The address at a position, 0 being the base.
    package func address(at position: Int) -> IPv4Address {
        IPv4Address(number: base.number &+ UInt32(truncatingIfNeeded: position))
    }

    /// The position of an address of this range.
    package func position(of address: IPv4Address) -> Int { Int(address.number &- base.number) }

    package var description: String { "\(base)/\(prefix)" }

    private static func mask(_ prefix: Int) -> UInt32 { prefix == 0 ? 0 : UInt32.max << UInt32(32 - prefix) }
}
