import PromQL
import SeriesStore

/// Remembers which series each line of a target belongs to, by the line's text, and which series the last scrape had.
struct ScrapeCache {
    struct Entry {
        let text: [UInt8]
        let reference: SeriesReference
        /// The scrape in which the line was last seen.
        var seen: Int
    }

    /// Lines in the order of the last scrape: most targets write the same lines in the same order each time, and then no
    /// text has to be hashed.
    private(set) var entries: [Entry] = []
    private var places: [Key: Int] = [:]
    private var scrape = 0
    private var cursor = 0

    private struct Key: Hashable {
        let bytes: [UInt8]

        func hash(into hasher: inout Hasher) { bytes.withUnsafeBytes { hasher.combine(bytes: $0) } }
    }

    mutating func begin() {
        scrape += 1
        cursor = 0
    }

    /// The place of a known line, nil for a new one.
    mutating func place(_ text: UnsafeBufferPointer<UInt8>) -> Int? {
        if cursor < entries.count, Self.equal(entries[cursor].text, text) {
            defer { cursor += 1 }
            return cursor
        }
        guard let place = places[Key(bytes: Array(text))] else { return nil }
        cursor = place + 1
        return place
    }

    /// Marks a line as seen in this scrape; false where it was already.
    mutating func mark(_ place: Int) -> Bool {
        if entries[place].seen == scrape { return false }
        entries[place].seen = scrape
        return true
    }

    func reference(_ place: Int) -> SeriesReference { entries[place].reference }

    mutating func insert(_ text: [UInt8], _ reference: SeriesReference) {
        places[Key(bytes: text)] = entries.count
        entries.append(Entry(text: text, reference: reference, seen: scrape))
    }

    /// Ends a scrape: forgets the lines that it did not have and returns their series.
    mutating func end() -> [SeriesReference] {
        let gone = entries.filter { $0.seen != scrape }.map(\.reference)
        if !gone.isEmpty {
            entries.removeAll { $0.seen != scrape }
            places = Dictionary(uniqueKeysWithValues: entries.enumerated().map { (Key(bytes: $1.text), $0) })
        }
        return gone
    }

    /// Forgets everything; returns the series that there were.
    mutating func removeAll() -> [SeriesReference] {
        let gone = entries.map(\.reference)
        entries = []
        places = [:]
        return gone
    }

    private static func equal(_ left: [UInt8], _ right: UnsafeBufferPointer<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        return left.withUnsafeBufferPointer { $0.elementsEqual(right) }
    }
}
