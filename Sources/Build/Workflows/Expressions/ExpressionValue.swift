/// A value of the expression language. Arrays and objects have identity: two of them are equal only if they are the same one.
package enum ExpressionValue: Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array(ExpressionArray)
    case object(ExpressionObject)

    /// `Null`, `Boolean`, `Number`, `String`, `Array` or `Object`, as GitHub names them.
    package var kind: String {
        switch self {
        case .null: "Null"
        case .bool: "Boolean"
        case .number: "Number"
        case .string: "String"
        case .array: "Array"
        case .object: "Object"
        }
    }

    /// Whether it is neither an array nor an object.
    package var isPrimitive: Bool {
        switch self {
        case .array, .object: false
        default: true
        }
    }

    /// An object with these members, in the order of their names.
    package static func strings(_ members: [String: String]) -> ExpressionValue {
        .object(ExpressionObject(members.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
    }

    /// An object with these members, in this order.
    package static func members(_ members: [(String, ExpressionValue)]) -> ExpressionValue {
        .object(ExpressionObject(members))
    }
}

/// An array of the expression language.
package final class ExpressionArray: Sendable {
    package let items: [ExpressionValue]

    package init(_ items: [ExpressionValue]) {
        self.items = items
    }
}

/// An object of the expression language: keeps the order of its members, finds them whatever their case.
package final class ExpressionObject: Sendable {
    package let members: [(key: String, value: ExpressionValue)]
    private let positions: [[UInt16]: Int]

    /// The first of two members whose names differ only by case wins.
    package init(_ members: [(String, ExpressionValue)]) {
        self.members = members.map { (key: $0.0, value: $0.1) }
        positions = Dictionary(
            members.enumerated().map { (CaseFolding.fold($1.0), $0) }, uniquingKeysWith: { first, _ in first })
    }

    package subscript(key: String) -> ExpressionValue? {
        positions[CaseFolding.fold(key)].map { members[$0].value }
    }
}
