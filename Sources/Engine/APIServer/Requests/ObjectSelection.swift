import Kube

/// Which objects of a collection a request is about.
struct ObjectSelection: Sendable {
    private let labels: LabelQuery
    private let fields: FieldQuery
    private let paths: [String: [String]]

    init(_ request: ClusterRequest, kind: ServedKind) throws {
        (labels, fields) = try Self.parse(request)
        paths = kind.fields.merging([
            "metadata.name": ["metadata", "name"], "metadata.namespace": ["metadata", "namespace"],
        ]) { $1 }
        for requirement in fields.requirements where paths[requirement.field] == nil {
            throw StatusProblem.badRequest(SelectorProblem.unsupportedField(requirement.field).summary)
        }
    }

    private static func parse(_ request: ClusterRequest) throws -> (LabelQuery, FieldQuery) {
        do throws(SelectorProblem) {
            let labels = try LabelQuery(request.query("labelSelector") ?? "")
            return (labels, try FieldQuery(request.query("fieldSelector") ?? ""))
        } catch {
            throw StatusProblem.badRequest(error.summary)
        }
    }

    var isEverything: Bool { labels.isEmpty && fields.isEmpty }
    /// The one name that can match.
    var name: String? { fields.required("metadata.name") }

    func matches(_ object: JSON) -> Bool {
        if !labels.isEmpty, !labels.matches(object[path: "metadata", "labels"]) { return false }
        return fields.isEmpty || fields.matches { field in text(object.value(at: (paths[field] ?? [])[...])) }
    }

    private func text(_ value: JSON?) -> String {
        switch value {
        case .string(let text): text
        case nil, .null: ""
        case let value?: value.text
        }
    }
}
