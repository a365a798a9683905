/// What fields the served kinds have: their types, how lists merge, and their numbers in protobuf.
///
/// One table drives strict validation, strategic merge, server-side apply, the OpenAPI document and the decoding of
/// protobuf bodies. It is written compactly: `@name` begins a message, then come its fields as `number name type flags`.
/// A type is a scalar, `group.Message`, `[]type` or `{}type` (a map from strings). Flags: `*` sent only when set,
/// `inline` its fields are the parent's in JSON, `merge[=key]` and `retain` strategic merge, `keys=…`, `set` and
/// `atomic` the list's identity for server-side apply.
package struct SchemaTable: Sendable {
    package let messages: [String: SchemaMessage]

    /// The kinds that Estiba serves.
    package static let kubernetes = SchemaTable(
        [meta, volumes, core, pods, groups, gateway].joined(separator: "\n"))

    package init(_ text: String) {
        var raw: [String: SchemaMessage] = [:]
        var current: SchemaMessage?
        for line in text.split(separator: "\n") {
            if line.hasPrefix("@") {
                if let done = current { raw[done.name] = done }
                let words = line.dropFirst().split(separator: " ")
                current = SchemaMessage(name: String(words.first ?? ""), isObject: words.count > 1, fields: [])
            } else {
                for text in line.split(separator: ";") {
                    if let field = SchemaField(text) { current?.fields.append(field) }
                }
            }
        }
        if let done = current { raw[done.name] = done }
        var flat = raw
        for (name, message) in raw { flat[name] = Self.flatten(message, in: raw) }
        messages = flat
    }

    package func message(_ name: String) -> SchemaMessage? { messages[name] }

    /// The message of a type that is one, not a scalar.
    package func message(of type: SchemaType) -> SchemaMessage? {
        if case .message(let name) = type { messages[name] } else { nil }
    }

    /// Gives a message, for JSON, the fields of those inlined into it.
    private static func flatten(_ message: SchemaMessage, in raw: [String: SchemaMessage]) -> SchemaMessage {
        var flat = message
        for field in message.fields {
            if field.isInline, case .message(let name) = field.type, let inner = raw[name] {
                for nested in flatten(inner, in: raw).byName.values { flat.byName[nested.name] = nested }
            } else {
                flat.byName[field.name] = field
            }
        }
        return flat
    }
}

/// A message of the schema.
package struct SchemaMessage: Sendable {
    /// `apps.Deployment`
    package let name: String
    /// Whether it carries `apiVersion` and `kind`.
    package let isObject: Bool
    /// As in protobuf: an inlined message is one field.
    package internal(set) var fields: [SchemaField]
    /// As in JSON: inlined fields are the message's own.
    package internal(set) var byName: [String: SchemaField] = [:]

    package func field(_ name: String) -> SchemaField? { byName[name] }
}

/// The type of a field.
package indirect enum SchemaType: Sendable, Equatable {
    case string, int, number, bool, bytes, time, microTime, duration, quantity, intOrString
    /// Any JSON.
    case raw
    case message(String)
    case list(SchemaType)
    case map(SchemaType)

    init(_ text: Substring) {
        if text.hasPrefix("[]") {
            self = .list(SchemaType(text.dropFirst(2)))
        } else if text.hasPrefix("{}") {
            self = .map(SchemaType(text.dropFirst(2)))
        } else {
            self =
                switch text {
                case "string": .string
                case "int": .int
                case "number": .number
                case "bool": .bool
                case "bytes": .bytes
                case "time": .time
                case "micro": .microTime
                case "duration": .duration
                case "quantity": .quantity
                case "intstr": .intOrString
                case "raw": .raw
                default: .message(String(text))
                }
        }
    }

    /// The type of the items of a list, or the type itself.
    package var element: SchemaType {
        if case .list(let item) = self { item } else { self }
    }
}

/// A field of a message.
package struct SchemaField: Sendable {
    package let number: Int
    package let name: String
    package let type: SchemaType
    /// Sent only when set: a zero in protobuf means zero, not absent.
    package internal(set) var isPointer = false
    package internal(set) var isInline = false
    /// Strategic merge joins the list instead of replacing it.
    package internal(set) var isMergedList = false
    /// The key by which items are the same; nil for lists of scalars.
    package internal(set) var mergeKey: String?
    package internal(set) var retainsKeys = false
    /// The keys of a list that server-side apply treats as a map.
    package internal(set) var listKeys: [String] = []
    package internal(set) var isSet = false
    package internal(set) var isAtomic = false

    init?(_ text: Substring) {
        let words = text.split(separator: " ")
        guard words.count >= 3, let number = Int(words[0]) else { return nil }
        self.number = number
        name = String(words[1])
        type = SchemaType(words[2])
        for flag in words.dropFirst(3) {
            switch flag {
            case "*": isPointer = true
            case "inline": isInline = true
            case "merge": isMergedList = true
            case "retain": retainsKeys = true
            case "set": isSet = true
            case "atomic": isAtomic = true
            default:
                if flag.hasPrefix("merge=") {
                    isMergedList = true
                    mergeKey = String(flag.dropFirst(6))
                } else if flag.hasPrefix("keys=") {
                    listKeys = flag.dropFirst(5).split(separator: ",").map(String.init)
                }
            }
        }
    }
}
