import Kube

/// The OpenAPI v3 documents, one for each group and version: enough for kubectl to leave validation to the server, to
/// find merge keys, and to explain fields.
struct OpenAPI: Sendable {
    private let documents: [String: [UInt8]]
    private let order: [String]

    init(kinds: ServedKinds, schema: SchemaTable) {
        var documents: [String: [UInt8]] = [:]
        var order: [String] = []
        for kind in kinds.all {
            let path = Self.path(kind.type.apiVersion)
            if documents[path] != nil { continue }
            order.append(path)
            documents[path] =
                Self.document(
                    kinds.all.filter { $0.type.apiVersion == kind.type.apiVersion }, schema, title: path
                ).bytes
        }
        self.documents = documents
        self.order = order
    }

    /// `api/v1` or `apis/apps/v1`.
    private static func path(_ apiVersion: String) -> String {
        apiVersion.contains("/") ? "apis/\(apiVersion)" : "api/\(apiVersion)"
    }

    /// `/openapi/v3`: where the documents are. A document's address names its content, so that it may be kept for good.
    func index() -> ClusterResponse {
        var paths = JSONObject()
        for path in order {
            let hash = Fingerprint.text(of: documents[path] ?? [])
            paths[path] = ["serverRelativeURL": .string("/openapi/v3/\(path)?hash=\(hash)")]
        }
        return .json(["paths": .object(paths)])
    }

    func document(_ path: String, _ request: ClusterRequest) throws -> ClusterResponse {
        guard let bytes = documents[path] else { throw StatusProblem.unknownPath }
        let accept = request.headers["accept"] ?? ""
        if !accept.isEmpty, !accept.contains("json"), !accept.contains("*/*") {
            throw StatusProblem(406, "NotAcceptable", "only application/json is served")
        }
        let hash = Fingerprint.text(of: bytes)
        var headers = ["content-type": "application/json", "etag": "\"\(hash)\"", "vary": "Accept"]
        if request.query("hash") == hash {
            headers["cache-control"] = "public, immutable"
            headers["expires"] = "Fri, 01 Jan 2100 00:00:00 GMT"
            headers["last-modified"] = "Thu, 01 Jan 1970 00:00:00 GMT"
        }
        if request.headers["if-none-match"] == "\"\(hash)\"" {
            return ClusterResponse(status: 304, headers: headers, body: .bytes([]))
        }
        return ClusterResponse(status: 200, headers: headers, body: .bytes(bytes))
    }

    // MARK: Making a document

    private static func document(_ kinds: [ServedKind], _ schema: SchemaTable, title: String) -> JSON {
        var paths = JSONObject()
        var schemas = JSONObject()
        for kind in kinds {
            let base = kind.type.path(namespace: kind.type.isNamespaced ? "{namespace}" : nil)
            let group: JSON = [
                "group": .string(kind.type.group), "version": .string(kind.type.version),
                "kind": .string(kind.type.kind),
            ]
            let validation: JSON = [
                "name": "fieldValidation", "in": "query", "schema": ["type": "string", "uniqueItems": true],
            ]
            func operation(_ action: JSON) -> JSON {
                [
                    "parameters": [validation], "responses": [:], "x-kubernetes-action": action,
                    "x-kubernetes-group-version-kind": group,
                ]
            }
            paths[base] = ["get": operation("list"), "post": operation("post")]
            paths["\(base)/{name}"] = ["get": operation("get"), "put": operation("put"), "patch": operation("patch")]
            add(kind.message, schema, to: &schemas, groupVersionKind: group)
        }
        return [
            "openapi": "3.0.0", "info": ["title": .string("Kubernetes \(title)"), "version": "v1"],
            "paths": .object(paths),
            "components": ["schemas": .object(schemas)],
        ]
    }

    /// `core.Pod` → `io.k8s.api.core.v1.Pod`
    private static func schemaName(_ message: String) -> String {
        message.hasPrefix("meta.")
            ? "io.k8s.apimachinery.pkg.apis.meta.v1.\(message.dropFirst(5))"
            : "io.k8s.api.\(message.split(separator: ".").joined(separator: ".v1."))"
    }

    private static func add(
        _ name: String, _ schema: SchemaTable, to schemas: inout JSONObject, groupVersionKind: JSON? = nil
    ) {
        let key = schemaName(name)
        guard schemas[key] == nil, let message = schema.message(name) else { return }
        schemas[key] = [:]  // in its place before its fields, since messages may contain themselves
        var properties = JSONObject()
        if message.isObject {
            properties["apiVersion"] = ["type": "string"]
            properties["kind"] = ["type": "string"]
        }
        for field in message.byName.values.sorted(by: { $0.name < $1.name }) {
            properties[field.name] = property(field, schema, &schemas)
        }
        var entry: JSON = ["type": "object", "properties": .object(properties)]
        if let groupVersionKind { entry["x-kubernetes-group-version-kind"] = [groupVersionKind] }
        schemas[key] = entry
    }

    private static func property(_ field: SchemaField, _ schema: SchemaTable, _ schemas: inout JSONObject) -> JSON {
        var property = type(field.type, schema, &schemas)
        if field.isMergedList || field.retainsKeys {
            let strategies = [field.isMergedList ? "merge" : nil, field.retainsKeys ? "retainKeys" : nil]
            property["x-kubernetes-patch-strategy"] = .string(strategies.compactMap { $0 }.joined(separator: ","))
        }
        if let key = field.mergeKey { property["x-kubernetes-patch-merge-key"] = .string(key) }
        if !field.listKeys.isEmpty {
            property["x-kubernetes-list-type"] = "map"
            property["x-kubernetes-list-map-keys"] = .array(field.listKeys.map { .string($0) })
        }
        return property
    }

    private static func type(_ type: SchemaType, _ schema: SchemaTable, _ schemas: inout JSONObject) -> JSON {
        switch type {
        case .string, .duration, .quantity: return ["type": "string"]
        case .bytes: return ["type": "string", "format": "byte"]
        case .time, .microTime: return ["type": "string", "format": "date-time"]
        case .int: return ["type": "integer"]
        case .number: return ["type": "number"]
        case .bool: return ["type": "boolean"]
        case .intOrString: return ["oneOf": [["type": "integer"], ["type": "string"]], "format": "int-or-string"]
        case .raw: return ["type": "object"]
        case .message(let name):
            add(name, schema, to: &schemas)
            return ["allOf": [["$ref": .string("#/components/schemas/\(schemaName(name))")]]]
        case .list(let item): return ["type": "array", "items": self.type(item, schema, &schemas)]
        case .map(let item): return ["type": "object", "additionalProperties": self.type(item, schema, &schemas)]
        }
    }
}
