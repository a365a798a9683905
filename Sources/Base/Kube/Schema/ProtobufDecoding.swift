import struct FoundationEssentials.Data

/// Decodes the protobuf bodies that Go clients send, into the same trees as JSON bodies make.
///
/// Zeros of fields that Go holds by value mean "absent" and are dropped; those of pointers count.
package struct ProtobufDecoding: Sendable {
    private let schema: SchemaTable

    package init(_ schema: SchemaTable = .kubernetes) { self.schema = schema }

    /// `k8s` and a zero byte stand before every such body.
    static let magic: [UInt8] = [0x6B, 0x38, 0x73, 0x00]

    /// An object in its envelope, with `apiVersion` and `kind`. `message` gives the schema's name for them.
    package func object(
        _ bytes: [UInt8], message: (_ apiVersion: String, _ kind: String) -> String?
    ) throws(ProtobufProblem) -> JSON {
        guard bytes.starts(with: Self.magic) else { throw .notEnveloped }
        var envelope = ProtobufReader(bytes.dropFirst(4))
        var apiVersion = ""
        var kind = ""
        var raw: ArraySlice<UInt8> = []
        while let (number, value) = try envelope.next() {
            guard case .bytes(let content) = value else { continue }
            switch number {
            case 1:
                var type = ProtobufReader(content)
                while let (part, text) = try type.next() {
                    guard case .bytes(let name) = text else { continue }
                    if part == 1 { apiVersion = String(decoding: name, as: UTF8.self) }
                    if part == 2 { kind = String(decoding: name, as: UTF8.self) }
                }
            case 2: raw = content
            default: break
            }
        }
        guard let name = message(apiVersion, kind), let root = schema.message(name) else {
            throw .unknownKind("\(apiVersion) \(kind)")
        }
        var members: JSONObject = ["kind": .string(kind), "apiVersion": .string(apiVersion)]
        try decode(raw, root, into: &members)
        return .object(members)
    }

    private func decode(
        _ bytes: ArraySlice<UInt8>, _ message: SchemaMessage, into members: inout JSONObject
    ) throws(ProtobufProblem) {
        var reader = ProtobufReader(bytes)
        while let (number, value) = try reader.next() {
            guard let field = message.fields.first(where: { $0.number == number }) else { continue }
            if field.isInline {
                guard case .bytes(let content) = value, let inner = schema.message(of: field.type) else { continue }
                try decode(content, inner, into: &members)
                continue
            }
            switch field.type {
            case .list(let item):
                var items = members[field.name]?.array ?? []
                if let decoded = try decode(value, item) { items.append(decoded) }
                members[field.name] = .array(items)
            case .map(let item):
                guard case .bytes(let entry) = value else { throw .malformed("\(field.name) is no map") }
                var map = members[field.name] ?? .emptyObject
                try decodeEntry(entry, item, into: &map)
                members[field.name] = map
            default:
                guard let decoded = try decode(value, field.type) else { continue }
                if !field.isPointer, isZero(decoded) { continue }
                members[field.name] = decoded
            }
        }
    }

    private func decodeEntry(
        _ bytes: ArraySlice<UInt8>, _ type: SchemaType, into map: inout JSON
    ) throws(ProtobufProblem) {
        var reader = ProtobufReader(bytes)
        var key = ""
        var value: JSON = type == .string || type == .bytes || type == .quantity ? "" : .null
        while let (number, part) = try reader.next() {
            if number == 1, case .bytes(let name) = part { key = String(decoding: name, as: UTF8.self) }
            if number == 2 { value = try decode(part, type) ?? .null }
        }
        map[key] = value
    }

    private func isZero(_ value: JSON) -> Bool {
        switch value {
        case .null: true
        case .bool(let flag): !flag
        case .int(let number): number == 0
        case .double(let number): number == 0
        case .string(let text): text.isEmpty
        case .array(let items): items.isEmpty
        case .object(let members): members.isEmpty
        }
    }

    /// Nil for an empty time, which means null.
    private func decode(_ value: ProtobufReader.Value, _ type: SchemaType) throws(ProtobufProblem) -> JSON? {
        switch (type, value) {
        case (.string, .bytes(let content)): return .string(String(decoding: content, as: UTF8.self))
        case (.bytes, .bytes(let content)): return .string(Data(content).base64EncodedString())
        case (.int, .varint(let number)): return .int(Int64(bitPattern: number))
        case (.bool, .varint(let number)): return .bool(number != 0)
        case (.number, .fixed64(let bits)): return .double(Double(bitPattern: bits))
        case (.number, .fixed32(let bits)): return .double(Double(Float(bitPattern: bits)))
        case (.quantity, .bytes(let content)):
            return .string(String(decoding: try text(1, of: content) ?? [], as: UTF8.self))
        case (.raw, .bytes(let content)):
            guard let raw = try text(1, of: content), !raw.isEmpty else { return nil }
            do { return try JSON.parse(Array(raw)) } catch { throw .malformed(error.summary) }
        case (.intOrString, .bytes(let content)): return try intOrString(content)
        case (.time, .bytes(let content)):
            return try instant(content).map { .string(Timestamp.text(seconds: $0.seconds)) }
        case (.microTime, .bytes(let content)):
            return try instant(content).map {
                .string(Timestamp.text(seconds: $0.seconds, microseconds: Int($0.nanoseconds / 1000)))
            }
        case (.duration, .bytes(let content)): return .string("\(try number(1, of: content))ns")
        case (.message(let name), .bytes(let content)):
            guard let message = schema.message(name) else { throw .malformed("no schema for \(name)") }
            var members = JSONObject()
            try decode(content, message, into: &members)
            return .object(members)
        default: throw .malformed("a field has the wrong wire type")
        }
    }

    private func text(_ wanted: Int, of bytes: ArraySlice<UInt8>) throws(ProtobufProblem) -> ArraySlice<UInt8>? {
        var reader = ProtobufReader(bytes)
        while let (number, value) = try reader.next() {
            if number == wanted, case .bytes(let content) = value { return content }
        }
        return nil
    }

    private func number(_ wanted: Int, of bytes: ArraySlice<UInt8>) throws(ProtobufProblem) -> Int64 {
        var reader = ProtobufReader(bytes)
        while let (number, value) = try reader.next() {
            if number == wanted, case .varint(let content) = value { return Int64(bitPattern: content) }
        }
        return 0
    }

    private func intOrString(_ bytes: ArraySlice<UInt8>) throws(ProtobufProblem) -> JSON {
        if try number(1, of: bytes) == 1 {
            return .string(String(decoding: try text(3, of: bytes) ?? [], as: UTF8.self))
        }
        return .int(try number(2, of: bytes))
    }

    private func instant(_ bytes: ArraySlice<UInt8>) throws(ProtobufProblem) -> (seconds: Int64, nanoseconds: Int64)? {
        if bytes.isEmpty { return nil }
        return (try number(1, of: bytes), try number(2, of: bytes))
    }
}
