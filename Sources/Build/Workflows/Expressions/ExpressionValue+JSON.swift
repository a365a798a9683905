package import Kube

extension ExpressionValue {
    /// The value of a JSON tree.
    package init(_ json: JSON) {
        switch json {
        case .null: self = .null
        case .bool(let flag): self = .bool(flag)
        case .int(let number): self = .number(Double(number))
        case .double(let number): self = .number(number)
        case .string(let text): self = .string(text)
        case .array(let items): self = .array(ExpressionArray(items.map(ExpressionValue.init)))
        case .object(let members): self = .object(ExpressionObject(members.map { ($0.key, ExpressionValue($0.value)) }))
        }
    }

    /// The JSON tree of this value.
    package var json: JSON {
        switch self {
        case .null: .null
        case .bool(let flag): .bool(flag)
        case .number(let number):
            number == number.rounded() && abs(number) < 9e15 ? .int(Int64(number)) : .double(number)
        case .string(let text): .string(text)
        case .array(let array): .array(array.items.map(\.json))
        case .object(let object): .object(JSONObject(object.members.map { ($0.key, $0.value.json) }))
        }
    }
}
