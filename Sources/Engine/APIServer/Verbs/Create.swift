import Kube
import Store

extension KubernetesAPI {
    func create(_ request: ClusterRequest, _ target: ObjectTarget) async throws -> ClusterResponse {
        let kind = target.kind
        let decoded = try bodies.object(
            request, kind: kind.type.kind, apiVersion: kind.type.apiVersion, message: kind.message)
        let draft = try draft(decoded.object, kind, target.namespace)
        let now = now()
        let outcome = try await commit(isDryRun: try isDryRun(request)) { transaction in
            Outcome(
                try insert(
                    draft.named(kind, target.namespace, transaction), kind, target.namespace, &transaction, now: now),
                isCreated: true)
        }
        return .json(outcome.bytes, status: 201, warnings: decoded.warnings)
    }

    /// An object before it has its name.
    struct Draft: Sendable {
        var object: JSON
        let generateName: String?

        /// With a generated name where it asks for one, another than those in use.
        func named(_ kind: ServedKind, _ namespace: String?, _ transaction: RevisionTransaction) -> JSON {
            guard let generateName else { return object }
            var named = object
            repeat {
                // Names that are generated leave room for the suffix within 63 characters.
                let name = generateName.prefix(58) + ObjectMetadata.randomSuffix()
                named[path: "metadata", "name"] = .string(String(name))
            } while transaction.object(kind.key(namespace, named[path: "metadata", "name"]?.string ?? "")) != nil
            kind.defaults(&named)
            return named
        }
    }

    /// Checks what an author may say about a new object, and fills in what it leaves out.
    func draft(_ given: JSON, _ kind: ServedKind, _ namespace: String?) throws -> Draft {
        let metadata = given["metadata"] ?? [:]
        if let version = metadata["resourceVersion"]?.string, !version.isEmpty {
            throw StatusProblem.badRequest("resourceVersion should not be set on objects to be created")
        }
        if let its = metadata["namespace"]?.string, !its.isEmpty, its != namespace ?? "" {
            throw StatusProblem.badRequest(
                "the namespace of the provided object does not match the namespace sent on the request")
        }
        let name = metadata["name"]?.string ?? ""
        let generateName = metadata["generateName"]?.string ?? ""
        if name.isEmpty, generateName.isEmpty {
            throw StatusProblem.invalid(
                kind, "", [.required("metadata.name", "name or generateName is required")])
        }
        var object = Self.ordered(given)
        object["metadata"] = ObjectMetadata.created(
            given, name: name, namespace: namespace, countsGenerations: kind.countsGenerations, now: now())
        // A node describes itself when it registers; other statuses are written by those who watch the object.
        if kind.hasStatus, kind.type != KubeNode.resource { object["status"] = nil }
        kind.defaults(&object)
        return Draft(object: object, generateName: name.isEmpty ? generateName : nil)
    }
}
