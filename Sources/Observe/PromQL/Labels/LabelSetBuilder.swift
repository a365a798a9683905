/// Changes labels one by one and encodes the result.
package struct LabelSetBuilder: Sendable {
    private var pairs: [(name: [UInt8], value: [UInt8])] = []

    package init() {}

    package init(_ labels: LabelSet) {
        pairs = labels.entries.map { (Array(labels.bytes[$0.name]), Array(labels.bytes[$0.value])) }
    }

    /// Sets a label; an empty value removes it.
    package mutating func set(_ name: String, _ value: String) {
        set(Array(name.utf8), Array(value.utf8))
    }

    package mutating func set(_ name: [UInt8], _ value: [UInt8]) {
        var low = 0
        var high = pairs.count
        while low < high {
            let middle = (low + high) / 2
            if pairs[middle].name.lexicographicallyPrecedes(name) { low = middle + 1 } else { high = middle }
        }
        let exists = low < pairs.count && pairs[low].name == name
        switch (exists, value.isEmpty) {
        case (true, true): pairs.remove(at: low)
        case (true, false): pairs[low].value = value
        case (false, true): break
        case (false, false): pairs.insert((name, value), at: low)
        }
    }

    package mutating func remove(_ name: String) { set(Array(name.utf8), []) }

    package func build() -> LabelSet {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(pairs.reduce(0) { $0 + $1.name.count + $1.value.count + 2 })
        for pair in pairs {
            Self.append(pair.name, to: &bytes)
            Self.append(pair.value, to: &bytes)
        }
        return LabelSet(encoded: bytes)
    }

    /// Appends one field (length and bytes). Longer fields than 2^24 − 1 bytes are cut.
    package static func append(_ field: some Collection<UInt8>, to bytes: inout [UInt8]) {
        let count = min(field.count, 0xFF_FFFF)
        if count < 255 {
            bytes.append(UInt8(count))
        } else {
            bytes += [255, UInt8(count & 0xFF), UInt8(count >> 8 & 0xFF), UInt8(count >> 16)]
        }
        bytes += field.prefix(count)
    }
}
