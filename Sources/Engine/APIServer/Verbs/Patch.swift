import Kube
import Problems
import Store

/// A patch and the rules by which it applies.
enum ObjectPatch: Sendable {
    case merge(JSON)
    case strategic(JSON)
    case json(JSON)

    init(_ request: ClusterRequest) throws {
        let type = BodyDecoding.mediaType(request)
        let body: JSON
        do { body = try JSON.parse(request.body) } catch {
            throw StatusProblem.badRequest("error decoding patch: \(error.summary)")
        }
        switch type {
        case "application/merge-patch+json": self = .merge(body)
        case "application/strategic-merge-patch+json": self = .strategic(body)
        case "application/json-patch+json": self = .json(body)
        default: throw Self.unsupported(type)
        }
    }

    static func unsupported(_ type: String) -> StatusProblem {
        StatusProblem(
            415, "UnsupportedMediaType",
            "the body of the request was in an unknown format - accepted media types include: "
                + "application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json "
                + "(not \(type))")
    }

    func apply(to object: JSON, schema: SchemaTable, message: String, isCustom: Bool) throws -> JSON {
        do {
            switch self {
            case .merge(let patch): return MergePatch.apply(patch, to: object)
            case .json(let patch): return try JSONPatch.apply(patch, to: object)
            case .strategic(let patch):
                if isCustom { throw Self.unsupported("application/strategic-merge-patch+json") }
                return try StrategicMergePatch.apply(patch, to: object, schema: schema, type: message)
            }
        } catch let problem as PatchProblem {
            if case .testFailed = problem {
                throw StatusProblem(
                    422, "Invalid", "the server rejected our request due to an error in our request: \(problem.summary)"
                )
            }
            if case .missing = problem {
                throw StatusProblem(
                    422, "Invalid", "the server rejected our request due to an error in our request: \(problem.summary)"
                )
            }
            throw StatusProblem.badRequest(problem.summary)
        }
    }
}

extension KubernetesAPI {
    func patch(_ request: ClusterRequest, _ target: ObjectTarget, _ name: String) async throws -> ClusterResponse {
        let kind = target.kind
        if BodyDecoding.mediaType(request) == "application/apply-patch+yaml" {
            return try await apply(request, target, name)
        }
        let patch = try ObjectPatch(request)
        let key = kind.key(target.namespace, name)
        // Warnings are for the reader's eyes only; the write itself happens on the newest state.
        var warnings: [String] = []
        if let present = log.object(key) {
            let preview = try patch.apply(
                to: present.value, schema: schema, message: kind.message, isCustom: kind.isCustom)
            warnings = try bodies.validate(
                preview.withoutNulls, request, kind: kind.type.kind, apiVersion: kind.type.apiVersion,
                message: kind.message)
        }
        let writer = FieldWriter(request, subresource: target.subresource, now: now())
        let outcome = try await commit(isDryRun: try isDryRun(request)) { transaction in
            guard let current = transaction.object(key) else { throw StatusProblem.notFound(kind, name) }
            let new = try patch.apply(
                to: current.value, schema: schema, message: kind.message, isCustom: kind.isCustom
            ).withoutNulls
            guard new.object != nil, new[path: "metadata", "name"]?.string == name else {
                throw StatusProblem.badRequest("the name of the object must not change")
            }
            try Self.checkPreconditions(
                current, version: new[path: "metadata", "resourceVersion"]?.string,
                uid: new[path: "metadata", "uid"]?.string, kind, name)
            return try change(current, to: new, target, &transaction, by: writer)
        }
        return .json(outcome.bytes, warnings: warnings)
    }
}
