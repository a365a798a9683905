import Kube
import Problems
import Syntax

/// Puts the values of the delivery file in the place of `${{ values.NAME }}`. Pure.
///
/// A plain scalar that is nothing but the expression gets the value with its type, so that `replicas: ${{ values.replicas }}`
/// is a number; in quotes, or with text around it, it is a string.
struct ValueSubstitution {
    /// Name → JSON text.
    let values: [String: String]
    private let keepsTypes: Bool
    private(set) var mistakes: [Diagnostic] = []

    /// `keepsTypes`: false where a program has rewritten the text and quotes mean nothing any more; then every value is text.
    init(_ values: [String: String], keepsTypes: Bool = true) {
        self.values = values
        self.keepsTypes = keepsTypes
    }

    mutating func apply(to node: YAMLNode) -> YAMLNode {
        switch node {
        case .null: return node
        case .scalar(let scalar): return .scalar(replace(scalar))
        case .sequence(let items, let location):
            var changed: [YAMLNode] = []
            for item in items { changed.append(apply(to: item)) }
            return .sequence(changed, location)
        case .mapping(let entries, let location):
            var changed: [YAMLEntry] = []
            for entry in entries { changed.append(YAMLEntry(key: entry.key, value: apply(to: entry.value))) }
            return .mapping(changed, location)
        }
    }

    private mutating func replace(_ scalar: YAMLScalar) -> YAMLScalar {
        guard scalar.text.contains("${{") else { return scalar }
        var text = ""
        var rest = Substring(scalar.text)
        var isTyped = keepsTypes && scalar.isPlain
        while let start = rest.firstRange(of: "${{"), let end = rest[start.upperBound...].firstRange(of: "}}") {
            let expression = rest[start.upperBound..<end.lowerBound].filter { !$0.isWhitespace }
            // Other expressions are none of ours: a manifest may hold a workflow's text.
            guard expression.hasPrefix("values.") else {
                text += rest[..<end.upperBound]
                rest = rest[end.upperBound...]
                isTyped = false
                continue
            }
            let value = self.value(String(expression.dropFirst("values.".count)), at: scalar.location)
            isTyped =
                isTyped && value.isTyped && start.lowerBound == scalar.text.startIndex
                && end.upperBound == scalar.text.endIndex
            text += String(rest[..<start.lowerBound]) + value.text
            rest = rest[end.upperBound...]
        }
        return YAMLScalar(text: text + String(rest), isPlain: isTyped, location: scalar.location)
    }

    /// `isTyped`: a number or a boolean.
    private mutating func value(_ name: String, at location: ProblemLocation) -> (text: String, isTyped: Bool) {
        guard let value = values[name].flatMap({ try? JSON.parse($0) }) else {
            mistakes.append(
                Diagnostic(
                    "releases.values.unknown", "there is no value \"\(name)\" for this environment", at: location,
                    remedy: values.isEmpty
                        ? "Add it under \"values\" of \(DeliveryFile.name), for all environments or for this one."
                        : Suggestion.remedy(for: name, in: values.keys.sorted())))
            return ("", false)
        }
        switch value {
        case .string(let text): return (text, false)
        case .bool, .int, .double: return (value.text, true)
        case .null, .array, .object:
            mistakes.append(
                Diagnostic(
                    "releases.values.kind", "the value \"\(name)\" is not a scalar", at: location,
                    remedy: "Only a Helm chart takes lists and mappings."))
            return ("", false)
        }
    }
}
