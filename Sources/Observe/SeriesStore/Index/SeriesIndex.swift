import PromQL

/// Which series there are, and which of them have a certain label. All in memory.
struct SeriesIndex: Sendable {
    /// A label's value (or name) as a key.
    struct Text: Hashable, Sendable {
        let bytes: [UInt8]

        func hash(into hasher: inout Hasher) {
            bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        }
    }

    /// By series number; nil where a series has gone.
    private(set) var labels: [LabelSet?] = []
    private var numbers: [LabelSet: UInt32] = [:]
    private var postings: [Text: [Text: [UInt32]]] = [:]

    /// How many series there are.
    var count: Int { numbers.count }
    /// The number that the next new series gets.
    var nextNumber: UInt32 { UInt32(labels.count) }

    func number(of labels: LabelSet) -> UInt32? { numbers[labels] }

    func labels(of number: UInt32) -> LabelSet? {
        Int(number) < labels.count ? labels[Int(number)] : nil
    }

    /// Adds a series under a number above all others.
    mutating func insert(_ set: LabelSet, as number: UInt32) {
        guard numbers[set] == nil, number >= nextNumber else { return }
        skip(to: number)
        labels.append(set)
        numbers[set] = number
        for entry in set.entries {
            let name = Text(bytes: Array(set.bytes[entry.name]))
            let value = Text(bytes: Array(set.bytes[entry.value]))
            postings[name, default: [:]][value, default: []].append(number)
        }
    }

    /// Makes sure that no number below is given to a new series.
    mutating func skip(to number: UInt32) {
        while labels.count < Int(number) { labels.append(nil) }
    }

    mutating func remove(_ gone: [UInt32]) {
        var touched: [Text: Set<Text>] = [:]
        for number in gone {
            guard let set = labels(of: number) else { continue }
            for entry in set.entries {
                touched[Text(bytes: Array(set.bytes[entry.name])), default: []].insert(
                    Text(bytes: Array(set.bytes[entry.value])))
            }
            numbers[set] = nil
            labels[Int(number)] = nil
        }
        for (name, values) in touched {
            for value in values {
                let left = postings[name]?[value].map { Postings.subtracting($0, gone) } ?? []
                postings[name]?[value] = left.isEmpty ? nil : left
            }
            if postings[name]?.isEmpty == true { postings[name] = nil }
        }
    }

    /// The numbers of the series that satisfy all matchers, ascending.
    func select(_ matchers: [LabelMatcher]) -> [UInt32] {
        var found: [UInt32]?
        var negative: [LabelMatcher] = []
        for matcher in matchers {
            if matcher.accepts(EmptyCollection()) {
                negative.append(matcher)
                continue
            }
            let list = Postings.union(lists(matcher, accepted: true))
            found = found.map { Postings.intersection($0, list) } ?? list
            if found?.isEmpty == true { return [] }
        }
        var result = found ?? numbers.values.sorted()
        for matcher in negative where !result.isEmpty {
            // A series without the label stays; one with a value that the matcher refuses goes.
            result = Postings.subtracting(result, Postings.union(lists(matcher, accepted: false)))
        }
        return result
    }

    private func lists(_ matcher: LabelMatcher, accepted: Bool) -> [[UInt32]] {
        guard let values = postings[Text(bytes: Array(matcher.name.utf8))] else { return [] }
        if accepted, let literals = matcher.literals {
            return Set(literals.map { Text(bytes: $0) }).compactMap { values[$0] }
        }
        return values.compactMap { matcher.accepts($0.key.bytes) == accepted ? $0.value : nil }
    }

    var labelNames: [String] {
        postings.keys.map { String(decoding: $0.bytes, as: UTF8.self) }.sorted()
    }

    func labelValues(_ name: String) -> [String] {
        (postings[Text(bytes: Array(name.utf8))] ?? [:]).keys.map { String(decoding: $0.bytes, as: UTF8.self) }.sorted()
    }
}
