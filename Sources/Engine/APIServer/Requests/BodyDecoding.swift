import Kube

/// Turns the body of a request into an object of a kind.
struct BodyDecoding: Sendable {
    let kinds: ServedKinds
    let schema: SchemaTable

    /// The object, and the warnings to send with the answer.
    struct Decoded: Sendable {
        var object: JSON
        var warnings: [String] = []
    }

    /// - Throws: 400 for a body that is no such object, 415 for a media type that isn't read.
    func object(_ request: ClusterRequest, kind: String, apiVersion: String, message: String) throws -> Decoded {
        let tree = try tree(request)
        guard tree.object != nil else { throw StatusProblem.badRequest("the body is not an object") }
        var object = tree.withoutNulls
        try check(object, kind: kind, apiVersion: apiVersion)
        object["kind"] = .string(kind)
        object["apiVersion"] = .string(apiVersion)
        return Decoded(
            object: object,
            warnings: try validate(object, request, kind: kind, apiVersion: apiVersion, message: message))
    }

    /// DeleteOptions, from the body and the query.
    func deleteOptions(_ request: ClusterRequest) throws -> DeleteOptions {
        var options = DeleteOptions()
        if !request.body.isEmpty { options.take(try tree(request)) }
        options.take(request.query)
        return options
    }

    /// A media type without its parameters.
    static func mediaType(_ request: ClusterRequest) -> String {
        let type = (request.headers["content-type"] ?? "").split(separator: ";").first ?? ""
        return type.filter { $0 != " " }.lowercased()
    }

    func tree(_ request: ClusterRequest) throws -> JSON {
        switch Self.mediaType(request) {
        case "", "application/json":
            do { return try JSON.parse(request.body) } catch {
                throw StatusProblem.badRequest(
                    "the object provided is unrecognized (must be of type JSON): \(error.summary)")
            }
        case "application/vnd.kubernetes.protobuf":
            do {
                return try ProtobufDecoding(schema).object(request.body) { apiVersion, kind in message(apiVersion, kind)
                }
            } catch {
                throw StatusProblem.badRequest(error.summary)
            }
        case let other:
            throw StatusProblem(
                415, "UnsupportedMediaType",
                "the body of the request was in an unknown format - accepted media types include: application/json, "
                    + "application/vnd.kubernetes.protobuf (not \(other))")
        }
    }

    private func message(_ apiVersion: String, _ kind: String) -> String? {
        if let served = kinds.kind(apiVersion: apiVersion, named: kind), !served.isCustom { return served.message }
        switch kind {
        case "DeleteOptions": return "meta.DeleteOptions"
        case "Binding": return "core.Binding"
        case "Eviction": return "policy.Eviction"
        case "Scale": return "autoscaling.Scale"
        case "SelfSubjectAccessReview": return "authorization.SelfSubjectAccessReview"
        case "SelfSubjectReview": return "authentication.SelfSubjectReview"
        default: return nil
        }
    }

    private func check(_ object: JSON, kind: String, apiVersion: String) throws {
        if let found = object["apiVersion"]?.string, !found.isEmpty, found != apiVersion {
            throw StatusProblem.badRequest(
                "the API version in the data (\(found)) does not match the expected API version (\(apiVersion))")
        }
        if let found = object["kind"]?.string, !found.isEmpty, found != kind {
            throw StatusProblem.badRequest("the kind in the data (\(found)) does not match the expected kind (\(kind))")
        }
    }

    /// Applies `fieldValidation`: Strict refuses unknown fields, Warn (the default) names them, Ignore says nothing.
    func validate(
        _ object: JSON, _ request: ClusterRequest, kind: String, apiVersion: String, message: String
    ) throws -> [String] {
        let findings = schema.check(object, as: message)
        let version = apiVersion.split(separator: "/").last ?? ""
        let opening = "\(kind) in version \"\(version)\" cannot be handled as a \(kind)"
        if let wrong = findings.wrongType { throw StatusProblem.badRequest("\(opening): \(wrong)") }
        if findings.unknown.isEmpty { return [] }
        let texts = findings.unknown.map { "unknown field \"\($0)\"" }
        switch request.query("fieldValidation") ?? "" {
        case "Strict":
            throw StatusProblem.badRequest("\(opening): strict decoding error: \(texts.joined(separator: ", "))")
        case "Ignore": return []
        case "", "Warn": return texts
        case let other:
            throw StatusProblem.badRequest(
                "fieldValidation: Unsupported value: \"\(other)\": supported values: \"Ignore\", \"Strict\", \"Warn\"")
        }
    }
}

/// How to delete (meta/v1 DeleteOptions).
struct DeleteOptions: Sendable, Equatable {
    var gracePeriodSeconds: Int?
    /// Background, Foreground or Orphan.
    var propagationPolicy: String?
    var uid: String?
    var resourceVersion: String?
    var isDryRun = false

    mutating func take(_ tree: JSON) {
        gracePeriodSeconds = tree["gracePeriodSeconds"]?.int ?? gracePeriodSeconds
        propagationPolicy = tree["propagationPolicy"]?.string ?? propagationPolicy
        if tree["orphanDependents"] == true { propagationPolicy = "Orphan" }
        uid = tree[path: "preconditions", "uid"]?.string ?? uid
        resourceVersion = tree[path: "preconditions", "resourceVersion"]?.string ?? resourceVersion
        if tree["dryRun"]?.array?.contains("All") == true { isDryRun = true }
    }

    mutating func take(_ query: [(name: String, value: String)]) {
        for (name, value) in query {
            switch name {
            case "gracePeriodSeconds": gracePeriodSeconds = Int(value) ?? gracePeriodSeconds
            case "propagationPolicy": propagationPolicy = value
            case "orphanDependents" where value == "true": propagationPolicy = "Orphan"
            case "dryRun": isDryRun = value == "All"
            default: break
            }
        }
    }
}
