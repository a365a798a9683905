/// What is wrong with the shape of an object: fields that its kind doesn't have, and values of the wrong type.
package struct SchemaFindings: Sendable, Equatable {
    /// Dotted paths, as in `spec.template.spec.containers[0].imge`.
    package internal(set) var unknown: [String] = []
    /// The first value of a wrong type, as a sentence.
    package internal(set) var wrongType: String?
}

extension SchemaTable {
    /// Compares an object with its message.
    package func check(_ object: JSON, as message: String) -> SchemaFindings {
        var findings = SchemaFindings()
        if let message = messages[message] { check(object, message, path: "", into: &findings) }
        return findings
    }

    private func check(_ value: JSON, _ message: SchemaMessage, path: String, into findings: inout SchemaFindings) {
        guard case .object(let members) = value else {
            wrong(value, "object", path, into: &findings)
            return
        }
        for (key, child) in members {
            let place = path.isEmpty ? key : "\(path).\(key)"
            if let field = message.field(key) {
                check(child, field.type, path: place, into: &findings)
            } else if !(message.isObject && (key == "apiVersion" || key == "kind")) {
                findings.unknown.append(place)
            }
        }
    }

    private func check(_ value: JSON, _ type: SchemaType, path: String, into findings: inout SchemaFindings) {
        if value.isNull { return }
        switch type {
        case .raw: return
        case .message(let name):
            if let message = messages[name] { check(value, message, path: path, into: &findings) }
        case .list(let item):
            guard case .array(let items) = value else { return wrong(value, "array", path, into: &findings) }
            for (index, child) in items.enumerated() { check(child, item, path: "\(path)[\(index)]", into: &findings) }
        case .map(let item):
            guard case .object(let members) = value else { return wrong(value, "map", path, into: &findings) }
            for (key, child) in members { check(child, item, path: "\(path).\(key)", into: &findings) }
        case .string, .bytes, .time, .microTime, .duration:
            if value.string == nil { wrong(value, "string", path, into: &findings) }
        case .int:
            if value.int == nil { wrong(value, "integer", path, into: &findings) }
        case .number:
            if value.double == nil { wrong(value, "number", path, into: &findings) }
        case .bool:
            if value.bool == nil { wrong(value, "bool", path, into: &findings) }
        case .intOrString:
            if value.int == nil, value.string == nil { wrong(value, "integer or string", path, into: &findings) }
        case .quantity:
            if value.string.map({ Quantity($0) != nil }) ?? (value.double != nil) { return }
            if findings.wrongType == nil {
                findings.wrongType =
                    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
                    + " at \(path)"
            }
        }
    }

    private func wrong(_ value: JSON, _ expected: String, _ path: String, into findings: inout SchemaFindings) {
        guard findings.wrongType == nil else { return }
        let found =
            switch value {
            case .null: "null"
            case .bool: "bool"
            case .int, .double: "number"
            case .string: "string"
            case .array: "array"
            case .object: "object"
            }
        findings.wrongType = "json: cannot unmarshal \(found) into field \(path) of type \(expected)"
    }
}
