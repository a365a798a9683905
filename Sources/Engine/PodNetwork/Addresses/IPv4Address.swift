/// An IPv4 address. Compared as a number.
package struct IPv4Address: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// In the host's byte order: `10.0.0.1` is 0x0A000001.
    package let number: UInt32

    package init(number: UInt32) { self.number = number }

    /// Four decimal bytes with dots between them; nil for any other text.
    package init?(_ text: some StringProtocol) {
        var number: UInt32 = 0
        var parts = 0
        for part in text.split(separator: ".", omittingEmptySubsequences: false) {
            guard parts < 4, part.count <= 3, part.utf8.allSatisfy({ (48...57).contains($0) }), let byte = UInt8(part)
            else {
                return nil
            }
            number = number << 8 | UInt32(byte)
            parts += 1
        }
        guard parts == 4 else { return nil }
        self.number = number
    }

    /// Network order.
    package var bytes: [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) } }
    package var description: String { bytes.map(String.init).joined(separator: ".") }
    package static func < (left: IPv4Address, right: IPv4Address) -> Bool { left.number < right.number }
}
