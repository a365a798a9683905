/// The members of a JSON object, in the order they were written. Looking one up is linear while there are few,
/// hashed when there are many. Two objects are equal whatever their order.
package struct JSONObject: Sendable {
    package typealias Element = (key: String, value: JSON)
    private var members: [Element] = []
    private var index: [String: Int]?

    /// Above this many members a hash index pays.
    private static let indexThreshold = 12

    package init() {}

    /// Later members win over earlier ones of the same key.
    package init(_ pairs: some Sequence<(String, JSON)>) {
        for (key, value) in pairs { self[key] = value }
    }

    package var count: Int { members.count }
    package var isEmpty: Bool { members.isEmpty }
    package var keys: [String] { members.map(\.key) }
    package var values: [JSON] { members.map(\.value) }

    package subscript(key: String) -> JSON? {
        get { position(key).map { members[$0].value } }
        set {
            switch (position(key), newValue) {
            case (let position?, let value?): members[position].value = value
            case (let position?, nil):
                members.remove(at: position)
                if index != nil { reindex() }
            case (nil, let value?):
                members.append((key, value))
                if index != nil {
                    index?[key] = members.count - 1
                } else if members.count > Self.indexThreshold {
                    reindex()
                }
            case (nil, nil): break
            }
        }
    }

    @discardableResult
    package mutating func removeValue(forKey key: String) -> JSON? {
        defer { self[key] = nil }
        return self[key]
    }

    private func position(_ key: String) -> Int? {
        if let index { return index[key] }
        return members.firstIndex { $0.key == key }
    }

    private mutating func reindex() {
        index = Dictionary(uniqueKeysWithValues: members.enumerated().map { ($1.key, $0) })
    }
}

extension JSONObject: Sequence {
    package func makeIterator() -> IndexingIterator<[Element]> { members.makeIterator() }
}

extension JSONObject: Equatable {
    package static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.count == right.count && left.members.allSatisfy { right[$0.key] == $0.value }
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, JSON)...) { self.init(elements) }
}
