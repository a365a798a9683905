/// Names with a meaning of their own, and sets of names.
package enum LabelName {
    package static let metric = Array("__name__".utf8)
    static let type = Array("__type__".utf8)
    static let unit = Array("__unit__".utf8)
    static let bucket = Array("le".utf8)

    /// The labels that describe the metric as such and go when its values change their meaning.
    static let metadata = LabelNames([metric, type, unit])

    /// `[A-Za-z_][A-Za-z0-9_]*`
    package static func isClassic(_ name: some Collection<UInt8>) -> Bool {
        guard let first = name.first else { return false }
        return !(first >= 0x30 && first <= 0x39) && name.allSatisfy(Lexing.isWord)
    }

    static func quoted(_ name: String) -> String {
        isClassic(Array(name.utf8)) ? name : Quoting.quote(name)
    }
}

/// Several label names, sorted and without repetition.
package struct LabelNames: Sendable, Equatable {
    let names: [[UInt8]]

    init(_ names: [[UInt8]]) {
        var sorted = names.sorted { $0.lexicographicallyPrecedes($1) }
        var index = 1
        while index < sorted.count {
            if sorted[index] == sorted[index - 1] { sorted.remove(at: index) } else { index += 1 }
        }
        self.names = sorted
    }

    package init(_ names: [String]) {
        self.init(names.map { Array($0.utf8) })
    }

    func contains(_ name: ArraySlice<UInt8>) -> Bool {
        names.contains { $0.count == name.count && $0.elementsEqual(name) }
    }

    func union(_ other: LabelNames) -> LabelNames { LabelNames(names + other.names) }
}

extension LabelSet {
    /// Only the labels with these names.
    package func keeping(_ names: LabelNames) -> LabelSet { filtered { names.contains($0) } }

    /// The labels without these names.
    package func dropping(_ names: LabelNames) -> LabelSet { filtered { !names.contains($0) } }

    private func filtered(_ isKept: (ArraySlice<UInt8>) -> Bool) -> LabelSet {
        var kept: [UInt8] = []
        kept.reserveCapacity(bytes.count)
        for entry in entries where isKept(bytes[entry.name]) { kept += bytes[entry.whole] }
        return kept.count == bytes.count ? self : LabelSet(encoded: kept)
    }

    func setting(_ name: String, _ value: String) -> LabelSet {
        var builder = LabelSetBuilder(self)
        builder.set(name, value)
        return builder.build()
    }
}
