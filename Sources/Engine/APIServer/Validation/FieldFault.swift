import Kube

/// A field whose value can't be, in the words of the API.
struct FieldFault: Sendable, Equatable {
    let field: String
    let reason: String
    let message: String

    var text: String { "\(field): \(message)" }
    var cause: JSON { ["reason": .string(reason), "message": .string(message), "field": .string(field)] }

    static func required(_ field: String, _ detail: String = "") -> FieldFault {
        FieldFault(
            field: field, reason: "FieldValueRequired",
            message: "Required value" + (detail.isEmpty ? "" : ": \(detail)"))
    }

    static func invalid(_ field: String, _ value: JSON?, _ detail: String) -> FieldFault {
        FieldFault(
            field: field, reason: "FieldValueInvalid", message: "Invalid value: \((value ?? .null).text): \(detail)")
    }

    static func duplicate(_ field: String, _ value: String) -> FieldFault {
        FieldFault(field: field, reason: "FieldValueDuplicate", message: "Duplicate value: \(JSON.string(value).text)")
    }

    static func forbidden(_ field: String, _ detail: String) -> FieldFault {
        FieldFault(field: field, reason: "FieldValueForbidden", message: "Forbidden: \(detail)")
    }

    static func unsupported(_ field: String, _ value: String, _ allowed: [String]) -> FieldFault {
        let list = allowed.sorted().map { JSON.string($0).text }.joined(separator: ", ")
        return FieldFault(
            field: field, reason: "FieldValueNotSupported",
            message: "Unsupported value: \(JSON.string(value).text): supported values: \(list)")
    }
}
