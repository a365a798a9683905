/// What every object carries about itself (meta/v1 ObjectMeta).
package struct ObjectMeta: Codable, Sendable, Equatable {
    package var name: String?
    package var generateName: String?
    package var namespace: String?
    package var uid: String?
    package var resourceVersion: String?
    package var generation: Int?
    /// RFC 3339, UTC, whole seconds.
    package var creationTimestamp: String?
    package var deletionTimestamp: String?
    package var deletionGracePeriodSeconds: Int?
    package var labels: [String: String]?
    package var annotations: [String: String]?
    package var ownerReferences: [OwnerReference]?
    package var finalizers: [String]?

    package init(
        name: String? = nil, namespace: String? = nil, labels: [String: String]? = nil,
        annotations: [String: String]? = nil, ownerReferences: [OwnerReference]? = nil
    ) {
        self.name = name
        self.namespace = namespace
        self.labels = labels
        self.annotations = annotations
        self.ownerReferences = ownerReferences
    }

    /// The reference to the one owner that manages this object.
    package var controller: OwnerReference? { ownerReferences?.first { $0.controller == true } }
}

/// meta/v1 OwnerReference.
package struct OwnerReference: Codable, Sendable, Equatable {
    package var apiVersion: String
    package var kind: String
    package var name: String
    package var uid: String
    package var controller: Bool?
    package var blockOwnerDeletion: Bool?

    package init(
        apiVersion: String, kind: String, name: String, uid: String, controller: Bool? = true,
        blockOwnerDeletion: Bool? = true
    ) {
        self.apiVersion = apiVersion
        self.kind = kind
        self.name = name
        self.uid = uid
        self.controller = controller
        self.blockOwnerDeletion = blockOwnerDeletion
    }
}

/// meta/v1 LabelSelector, as it stands in objects.
package struct LabelSelector: Codable, Sendable, Equatable {
    package var matchLabels: [String: String]?
    package var matchExpressions: [Requirement]?

    /// One expression: `operator` is In, NotIn, Exists or DoesNotExist.
    package struct Requirement: Codable, Sendable, Equatable {
        package var key: String
        package var `operator`: String
        package var values: [String]?

        package init(key: String, operator: String, values: [String]? = nil) {
            self.key = key
            self.operator = `operator`
            self.values = values
        }
    }

    package init(matchLabels: [String: String]? = nil, matchExpressions: [Requirement]? = nil) {
        self.matchLabels = matchLabels
        self.matchExpressions = matchExpressions
    }

    /// An empty selector matches everything.
    package func matches(_ labels: [String: String]) -> Bool {
        for (key, value) in matchLabels ?? [:] where labels[key] != value { return false }
        for requirement in matchExpressions ?? [] {
            let value = labels[requirement.key]
            let holds =
                switch requirement.operator {
                case "In": value.map { requirement.values?.contains($0) ?? false } ?? false
                case "NotIn": value.map { !(requirement.values?.contains($0) ?? false) } ?? true
                case "Exists": value != nil
                case "DoesNotExist": value == nil
                default: false
                }
            if !holds { return false }
        }
        return true
    }

    /// The `labelSelector` query that means the same: `a=b,c in (d,e)`.
    package var query: String {
        var parts = (matchLabels ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        for requirement in matchExpressions ?? [] {
            let values = (requirement.values ?? []).joined(separator: ",")
            switch requirement.operator {
            case "In": parts.append("\(requirement.key) in (\(values))")
            case "NotIn": parts.append("\(requirement.key) notin (\(values))")
            case "DoesNotExist": parts.append("!\(requirement.key)")
            default: parts.append(requirement.key)
            }
        }
        return parts.joined(separator: ",")
    }
}
