/// A kind of object as the API names it: `apps/v1 Deployment`, served at `deployments`.
package struct ResourceType: Sendable, Hashable {
    package let group: String
    package let version: String
    package let kind: String
    /// The name in paths: lower case, plural.
    package let plural: String
    package let isNamespaced: Bool

    package init(group: String = "", version: String = "v1", kind: String, plural: String, isNamespaced: Bool = true) {
        self.group = group
        self.version = version
        self.kind = kind
        self.plural = plural
        self.isNamespaced = isNamespaced
    }

    package var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }

    /// `deployments.apps`, as messages name it.
    package var qualifiedName: String { group.isEmpty ? plural : "\(plural).\(group)" }

    /// The path of the collection, or of one object, or of its subresource.
    /// With no namespace the collection spans all of them.
    package func path(namespace: String? = nil, name: String? = nil, subresource: String? = nil) -> String {
        var path = group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)"
        if isNamespaced, let namespace { path += "/namespaces/\(namespace)" }
        path += "/\(plural)"
        if let name { path += "/\(name)" }
        if let subresource { path += "/\(subresource)" }
        return path
    }
}

/// A kind that Estiba reads or writes as a struct. A struct holds the fields that Estiba uses; to change an object
/// without losing the others, patch it.
package protocol KubeKind: Codable, Sendable {
    static var resource: ResourceType { get }
    var metadata: ObjectMeta { get set }
}

extension KubeKind {
    package var name: String { metadata.name ?? "" }
    package var namespace: String { metadata.namespace ?? "" }
    /// `namespace/name`, or the name alone for objects of the cluster.
    package var key: String { metadata.namespace.map { "\($0)/\(name)" } ?? name }

    /// The object with its `apiVersion` and `kind`.
    package func json() throws -> JSON {
        var tree = try JSON(encoding: self)
        tree["apiVersion"] = .string(Self.resource.apiVersion)
        tree["kind"] = .string(Self.resource.kind)
        return tree
    }
}
