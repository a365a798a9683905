import Kube

/// Says what is served, so that clients can find it.
///
/// https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api
struct Discovery: Sendable {
    private let kinds: ServedKinds
    private let version: String
    private let aggregatedCore: [UInt8]
    private let aggregatedGroups: [UInt8]

    static let aggregatedType = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"

    init(kinds: ServedKinds, version: String) {
        self.kinds = kinds
        self.version = version
        aggregatedCore = Self.aggregated([""], kinds).bytes
        aggregatedGroups = Self.aggregated(kinds.groups.filter { !$0.isEmpty }, kinds).bytes
    }

    var versionAnswer: ClusterResponse {
        let numbers = version.dropFirst().split(separator: ".")
        return .json([
            "major": .string(String(numbers.first ?? "1")), "minor": .string(String(numbers.dropFirst().first ?? "0")),
            "gitVersion": .string(version), "gitCommit": "", "gitTreeState": "clean",
            "buildDate": "1970-01-01T00:00:00Z",
            "goVersion": "none", "compiler": "swiftc", "platform": "linux/amd64",
        ])
    }

    /// `/api` or `/apis`, aggregated where the client understands that.
    func groups(isCore: Bool, _ request: ClusterRequest) -> ClusterResponse {
        let accept = request.headers["accept"] ?? ""
        if accept.contains("as=APIGroupDiscoveryList"), accept.contains("v=v2") {
            let bytes = isCore ? aggregatedCore : aggregatedGroups
            let tag = "\"\(Fingerprint.text(of: bytes))\""
            let headers = ["content-type": Self.aggregatedType, "etag": tag, "vary": "Accept"]
            if request.headers["if-none-match"] == tag {
                return ClusterResponse(status: 304, headers: headers, body: .bytes([]))
            }
            return ClusterResponse(status: 200, headers: headers, body: .bytes(bytes))
        }
        if isCore {
            return .json(["kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []])
        }
        let groups = kinds.groups.filter { !$0.isEmpty }.map(Self.group)
        return .json(["kind": "APIGroupList", "apiVersion": "v1", "groups": .array(groups)])
    }

    func group(_ name: String) throws -> ClusterResponse {
        guard !name.isEmpty, kinds.groups.contains(name) else { throw StatusProblem.unknownPath }
        var group = Self.group(name)
        group["kind"] = "APIGroup"
        group["apiVersion"] = "v1"
        return .json(group)
    }

    private static func group(_ name: String) -> JSON {
        let version: JSON = ["groupVersion": .string("\(name)/v1"), "version": "v1"]
        return ["name": .string(name), "versions": [version], "preferredVersion": version]
    }

    func resources(_ apiVersion: String) throws -> ClusterResponse {
        var resources: [JSON] = []
        for kind in kinds.all where kind.type.apiVersion == apiVersion {
            var main: JSON = [
                "name": .string(kind.type.plural), "singularName": .string(kind.singular),
                "namespaced": .bool(kind.type.isNamespaced), "kind": .string(kind.type.kind),
                "verbs": .array(kind.verbs.map { .string($0) }),
            ]
            if !kind.shortNames.isEmpty { main["shortNames"] = .array(kind.shortNames.map { .string($0) }) }
            if !kind.categories.isEmpty { main["categories"] = .array(kind.categories.map { .string($0) }) }
            resources.append(main)
            for part in kind.subresources {
                var entry: JSON = [
                    "name": .string("\(kind.type.plural)/\(part.name)"), "singularName": "",
                    "namespaced": .bool(kind.type.isNamespaced), "kind": .string(part.kind),
                    "verbs": .array(part.verbs.map { .string($0) }),
                ]
                if let group = part.group { entry["group"] = .string(group) }
                if let version = part.version { entry["version"] = .string(version) }
                resources.append(entry)
            }
        }
        for review in Review.all where review.apiVersion == apiVersion {
            resources.append([
                "name": .string(review.plural), "singularName": .string(review.rawValue.lowercased()),
                "namespaced": false,
                "kind": .string(review.rawValue), "verbs": ["create"],
            ])
        }
        if resources.isEmpty { throw StatusProblem.unknownPath }
        return .json([
            "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": .string(apiVersion),
            "resources": .array(resources),
        ])
    }

    // MARK: Aggregated

    private static func aggregated(_ groups: [String], _ kinds: ServedKinds) -> JSON {
        [
            "kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": [:],
            "items": .array(groups.map { aggregated($0, kinds) }),
        ]
    }

    private static func aggregated(_ group: String, _ kinds: ServedKinds) -> JSON {
        var resources = kinds.kinds(in: group).map(aggregated)
        for review in Review.all where review.group == group {
            resources.append([
                "resource": .string(review.plural),
                "responseKind": ["group": .string(group), "version": "v1", "kind": .string(review.rawValue)],
                "scope": "Cluster", "singularResource": .string(review.rawValue.lowercased()), "verbs": ["create"],
            ])
        }
        return [
            "metadata": group.isEmpty ? [:] : ["name": .string(group)],
            "versions": [["version": "v1", "freshness": "Current", "resources": .array(resources)]],
        ]
    }

    private static func aggregated(_ kind: ServedKind) -> JSON {
        var entry: JSON = [
            "resource": .string(kind.type.plural), "responseKind": responseKind(kind, kind.type.kind),
            "scope": kind.type.isNamespaced ? "Namespaced" : "Cluster", "singularResource": .string(kind.singular),
            "verbs": .array(kind.verbs.map { .string($0) }),
        ]
        if !kind.shortNames.isEmpty { entry["shortNames"] = .array(kind.shortNames.map { .string($0) }) }
        if !kind.categories.isEmpty { entry["categories"] = .array(kind.categories.map { .string($0) }) }
        if !kind.subresources.isEmpty {
            entry["subresources"] = .array(
                kind.subresources.map { part in
                    [
                        "subresource": .string(part.name),
                        "responseKind": responseKind(kind, part.kind, group: part.group, version: part.version),
                        "verbs": .array(part.verbs.map { .string($0) }),
                    ]
                })
        }
        return entry
    }

    private static func responseKind(
        _ kind: ServedKind, _ name: String, group: String? = nil, version: String? = nil
    ) -> JSON {
        [
            "group": .string(group ?? kind.type.group), "version": .string(version ?? kind.type.version),
            "kind": .string(name),
        ]
    }
}

/// A short name for content, that changes when the content does (FNV-1a).
enum Fingerprint {
    static func text(of bytes: [UInt8]) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return String(hash, radix: 16, uppercase: true)
    }
}
