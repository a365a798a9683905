package import Problems

/// A YAML value that remembers where it stands, so that whoever reads it can point at it.
package indirect enum YAMLNode: Sendable {
    case null(ProblemLocation)
    case scalar(YAMLScalar)
    case sequence([YAMLNode], ProblemLocation)
    case mapping([YAMLEntry], ProblemLocation)

    package var location: ProblemLocation {
        switch self {
        case .null(let location), .sequence(_, let location), .mapping(_, let location): location
        case .scalar(let scalar): scalar.location
        }
    }

    /// `a string`, `a list`: for messages.
    package var kind: String {
        switch self {
        case .null: "nothing"
        case .scalar(let scalar): scalar.kind
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }

    package subscript(key: String) -> YAMLNode? {
        guard case .mapping(let entries, _) = self else { return nil }
        return entries.last { $0.key.text == key }?.value
    }
}

/// A key with its value.
package struct YAMLEntry: Sendable {
    package let key: YAMLScalar
    package let value: YAMLNode

    package init(key: YAMLScalar, value: YAMLNode) {
        self.key = key
        self.value = value
    }
}

/// A scalar: its text, and whether it was written plain (and so may be a number or a boolean).
package struct YAMLScalar: Sendable {
    package let text: String
    package let isPlain: Bool
    package let location: ProblemLocation

    package init(text: String, isPlain: Bool, location: ProblemLocation) {
        self.text = text
        self.isPlain = isPlain
        self.location = location
    }

    /// The value by the core schema of YAML 1.2.2 §10.3: only plain scalars become anything but strings.
    package var value: YAMLScalarValue {
        guard isPlain else { return .string(text) }
        switch text {
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        case ".inf", ".Inf", ".INF", "+.inf": return .float(.infinity)
        case "-.inf", "-.Inf", "-.INF": return .float(-.infinity)
        case ".nan", ".NaN", ".NAN": return .float(.nan)
        default: break
        }
        if let number = YAMLScalar.integer(text) { return .int(number) }
        if let first = text.utf8.first,
            first.isASCIIDigit || first == UInt8(ascii: "-") || first == UInt8(ascii: "+")
                || first == UInt8(ascii: "."),
            text.utf8.allSatisfy({ $0.isASCIIDigit || "+-.eE".utf8.contains($0) }), let number = Double(text)
        {
            return .float(number)
        }
        return .string(text)
    }

    var kind: String {
        switch value {
        case .string: "a string"
        case .bool: "a boolean"
        case .int, .float: "a number"
        }
    }

    private static func integer(_ text: String) -> Int? {
        if text.hasPrefix("0x") { return Int(text.dropFirst(2), radix: 16) }
        if text.hasPrefix("0o") { return Int(text.dropFirst(2), radix: 8) }
        guard text.utf8.allSatisfy({ $0.isASCIIDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }) else {
            return nil
        }
        return Int(text)
    }
}

/// What a scalar stands for.
package enum YAMLScalarValue: Sendable, Equatable {
    case string(String)
    case bool(Bool)
    case int(Int)
    case float(Double)
}
