import Kube

/// What the server knows about a kind it serves.
struct ServedKind: Sendable {
    let type: ResourceType
    var shortNames: [String] = []
    var categories: [String] = []
    /// The message in the schema: `apps.Deployment`.
    let message: String
    /// Whether `status` is written through its own subresource only.
    var hasStatus = false
    /// Whether `metadata.generation` counts the changes of the specification.
    var countsGenerations = false
    /// Served as custom resources are: no strategic merge patch, and writes must name the version they change.
    var isCustom = false
    /// A PUT of an absent object creates it.
    var createsOnUpdate = false
    /// PUT must carry a resourceVersion.
    var needsVersionOnUpdate = false
    var subresources: [Subresource] = []
    var nameRule = NameRule.subdomain
    /// Fields that a fieldSelector may name besides metadata.name and metadata.namespace, and where they stand.
    var fields: [String: [String]] = [:]
    /// Whether the collection can be deleted as one.
    var deletesCollection = true
    var columns: [TableColumn] = [.name, .age]
    var defaults: @Sendable (inout JSON) -> Void = { _ in }
    /// The faults of an object; the second is the one it replaces.
    var validate: @Sendable (_ new: JSON, _ old: JSON?) -> [FieldFault] = { _, _ in [] }

    var singular: String { type.kind.lowercased() }
    var bucket: String { type.qualifiedName }

    /// The verbs of the main resource, in the order of discovery.
    var verbs: [String] {
        ["create", "delete"] + (deletesCollection ? ["deletecollection"] : []) + [
            "get", "list", "patch", "update", "watch",
        ]
    }

    func subresource(_ name: String) -> Subresource? { subresources.first { $0.name == name } }
}

/// A part of an object that has its own path.
struct Subresource: Sendable {
    let name: String
    /// The kind that travels, and its group and version where they are not the parent's.
    let kind: String
    var group: String?
    var version: String?
    let verbs: [String]

    static func status(_ kind: String) -> Subresource {
        Subresource(name: "status", kind: kind, verbs: ["get", "patch", "update"])
    }

    static let scale = Subresource(
        name: "scale", kind: "Scale", group: "autoscaling", version: "v1", verbs: ["get", "patch", "update"])
}

/// What names a kind allows.
enum NameRule: Sendable {
    /// Lower-case letters, digits, `-` and `.`; at most 253 characters (DNS-1123 subdomain).
    case subdomain
    /// Lower-case letters, digits and `-`; at most 63 characters (DNS-1123 label).
    case label
    /// Begins with a letter besides (DNS-1035 label).
    case serviceLabel
}
