/// A JSON value (RFC 8259). Objects keep the order of their keys; integers that fit stay exact.
package enum JSON: Sendable, Equatable {
    case null
    case bool(Bool)
    case int(Int64)
    case double(Double)
    case string(String)
    case array([JSON])
    case object(JSONObject)
}

extension JSON {
    package static var emptyObject: JSON { .object([:]) }

    package subscript(key: String) -> JSON? {
        get {
            guard case .object(let members) = self else { return nil }
            return members[key]
        }
        set {
            guard case .object(var members) = self else {
                if let newValue { self = .object([key: newValue]) }
                return
            }
            self = .null  // keeps the dictionary uniquely referenced while it changes
            members[key] = newValue
            self = .object(members)
        }
    }

    package subscript(index: Int) -> JSON? {
        guard case .array(let items) = self, items.indices.contains(index) else { return nil }
        return items[index]
    }

    /// Follows keys from object to object; setting makes the objects on the way, setting nil removes the last key.
    package subscript(path path: String...) -> JSON? {
        get { value(at: path[...]) }
        set { set(newValue, at: path[...]) }
    }

    package func value(at path: ArraySlice<String>) -> JSON? {
        guard let key = path.first else { return self }
        return self[key]?.value(at: path.dropFirst())
    }

    package mutating func set(_ value: JSON?, at path: ArraySlice<String>) {
        guard let key = path.first else {
            if let value { self = value }
            return
        }
        if path.count == 1 {
            self[key] = value
            return
        }
        if value == nil, self[key] == nil { return }
        var child = self[key] ?? .emptyObject
        child.set(value, at: path.dropFirst())
        self[key] = child
    }

    package var isNull: Bool { self == .null }

    package var string: String? {
        if case .string(let text) = self { return text }
        return nil
    }

    package var int: Int? {
        switch self {
        case .int(let number): Int(number)
        case .double(let number) where number == number.rounded() && abs(number) < 9e15: Int(number)
        default: nil
        }
    }

    package var double: Double? {
        switch self {
        case .int(let number): Double(number)
        case .double(let number): number
        default: nil
        }
    }

    package var bool: Bool? {
        if case .bool(let flag) = self { return flag }
        return nil
    }

    package var array: [JSON]? {
        if case .array(let items) = self { return items }
        return nil
    }

    package var object: JSONObject? {
        if case .object(let members) = self { return members }
        return nil
    }

    /// A map of strings, as labels and annotations are; nil where it is not an object.
    package var stringMap: [String: String]? {
        object.map { members in
            members.reduce(into: [:]) { map, member in if let text = member.value.string { map[member.key] = text } }
        }
    }

    package init(_ map: [String: String]) {
        self = .object(JSONObject(map.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral, ExpressibleByFloatLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int64) { self = .int(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(arrayLiteral elements: JSON...) { self = .array(elements) }
    package init(nilLiteral: ()) { self = .null }
    package init(floatLiteral value: Double) { self = .double(value) }
    package init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(JSONObject(elements))
    }
}
