package import Kube
package import Syntax

extension JSON {
    /// The tree of a YAML value by the core schema of YAML 1.2.2 §10.3.
    package init(yaml node: YAMLNode) {
        switch node {
        case .null: self = .null
        case .sequence(let items, _): self = .array(items.map { JSON(yaml: $0) })
        case .mapping(let entries, _): self = .object(JSONObject(entries.map { ($0.key.text, JSON(yaml: $0.value)) }))
        case .scalar(let scalar):
            switch scalar.value {
            case .string(let text): self = .string(text)
            case .bool(let flag): self = .bool(flag)
            case .int(let number): self = .int(Int64(number))
            case .float(let number): self = .double(number)
            }
        }
    }
}
