/// The syntax tree of a regular expression.
indirect enum PatternNode: Equatable {
    case empty
    case scalar(UInt32, folded: Bool)
    case any(exceptNewline: Bool)
    case set(ScalarSet)
    case assertion(PatternAssertion)
    case sequence([PatternNode])
    case alternation([PatternNode])
    case group(PatternNode, index: Int?)
    case repetition(PatternNode, least: Int, most: Int?, lazy: Bool)
}

enum PatternAssertion: Equatable {
    case textStart
    case textEnd
    case lineStart
    case lineEnd
    case wordBoundary
    case noWordBoundary
}

/// Ranges of Unicode scalars.
struct ScalarSet: Equatable {
    var ranges: [ClosedRange<UInt32>] = []
    var negated = false
    var folded = false

    func contains(_ scalar: UInt32) -> Bool {
        var found = ranges.contains { $0.contains(scalar) }
        if !found && folded {
            let lower = ScalarSet.fold(scalar)
            let upper = ScalarSet.unfold(scalar)
            found = ranges.contains { $0.contains(lower) || $0.contains(upper) }
        }
        return found != negated
    }

    static func fold(_ scalar: UInt32) -> UInt32 {
        if scalar < 0x80 { return scalar >= 0x41 && scalar <= 0x5A ? scalar + 32 : scalar }
        guard let value = Unicode.Scalar(scalar) else { return scalar }
        let mapped = value.properties.lowercaseMapping.unicodeScalars
        return mapped.count == 1 ? mapped.first?.value ?? scalar : scalar
    }

    static func unfold(_ scalar: UInt32) -> UInt32 {
        if scalar < 0x80 { return scalar >= 0x61 && scalar <= 0x7A ? scalar - 32 : scalar }
        guard let value = Unicode.Scalar(scalar) else { return scalar }
        let mapped = value.properties.uppercaseMapping.unicodeScalars
        return mapped.count == 1 ? mapped.first?.value ?? scalar : scalar
    }

    static let digits: [ClosedRange<UInt32>] = [0x30...0x39]
    static let words: [ClosedRange<UInt32>] = [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A]
    static let spaces: [ClosedRange<UInt32>] = [0x09...0x0A, 0x0C...0x0D, 0x20...0x20]

    /// Everything that the ranges leave out.
    static func complement(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        var result: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > next { result.append(next...range.lowerBound - 1) }
            next = max(next, range.upperBound + 1)
        }
        if next <= 0x10FFFF { result.append(next...0x10FFFF) }
        return result
    }

    static let named: [String: [ClosedRange<UInt32>]] = [
        "alnum": [0x30...0x39, 0x41...0x5A, 0x61...0x7A], "alpha": [0x41...0x5A, 0x61...0x7A], "ascii": [0...0x7F],
        "blank": [0x09...0x09, 0x20...0x20], "cntrl": [0...0x1F, 0x7F...0x7F], "digit": digits, "graph": [0x21...0x7E],
        "lower": [0x61...0x7A], "print": [0x20...0x7E],
        "punct": [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E],
        "space": [0x09...0x0D, 0x20...0x20], "upper": [0x41...0x5A], "word": words,
        "xdigit": [0x30...0x39, 0x41...0x46, 0x61...0x66],
    ]
}
