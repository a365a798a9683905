import Kube
import Store

extension KubernetesAPI {
    /// PATCH with `application/apply-patch+yaml`: server-side apply. Bodies are JSON, which is YAML too.
    func apply(_ request: ClusterRequest, _ target: ObjectTarget, _ name: String) async throws -> ClusterResponse {
        let kind = target.kind
        guard target.subresource == nil else {
            throw StatusProblem(
                415, "UnsupportedMediaType",
                "server-side apply to subresources is not served; use application/merge-patch+json")
        }
        guard let manager = request.query("fieldManager"), !manager.isEmpty else {
            throw StatusProblem(
                422, "Invalid",
                "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch")
        }
        let wanted = try wanted(request, target, name)
        let now = now()
        let writer = FieldWriter(request, subresource: nil, now: now)
        let decision = ServerSideApply(
            structure: FieldStructure(schema: schema, message: kind.message), manager: manager,
            apiVersion: kind.type.apiVersion, isForced: request.query("force") == "true", now: now)
        let outcome = try await commit(isDryRun: try isDryRun(request)) { transaction in
            let current = transaction.object(kind.key(target.namespace, name))
            if let current {
                try Self.checkPreconditions(
                    current, version: wanted[path: "metadata", "resourceVersion"]?.string,
                    uid: wanted[path: "metadata", "uid"]?.string, kind, name)
            }
            let result: JSON
            do throws(ServerSideApply.Refusal) {
                result = try decision.apply(wanted, to: current?.value)
            } catch {
                throw error.problem
            }
            let owners = result[path: "metadata", "managedFields"] ?? []
            if let current {
                return try replace(current, with: result, kind, &transaction, by: writer, owners: owners)
            }
            var object = try draft(result, kind, target.namespace).object
            object[path: "metadata", "managedFields"] = owners
            return Outcome(try insert(object, kind, target.namespace, &transaction, now: now), isCreated: true)
        }
        return .json(outcome.bytes, status: outcome.isCreated ? 201 : 200)
    }

    /// What the manager says about the object, checked against its kind.
    private func wanted(_ request: ClusterRequest, _ target: ObjectTarget, _ name: String) throws -> JSON {
        let kind = target.kind
        var wanted: JSON
        do { wanted = try JSON.parse(request.body).withoutNulls } catch {
            throw StatusProblem.badRequest("error decoding apply patch, which is read as JSON: \(error.summary)")
        }
        guard wanted["apiVersion"]?.string == kind.type.apiVersion, wanted["kind"]?.string == kind.type.kind else {
            throw StatusProblem.badRequest(
                "the apply patch must be of \(kind.type.apiVersion), Kind=\(kind.type.kind)")
        }
        if wanted[path: "metadata", "managedFields"] != nil {
            throw StatusProblem.badRequest("metadata.managedFields must be nil")
        }
        if let its = wanted[path: "metadata", "name"]?.string, its != name {
            throw StatusProblem.badRequest(
                "the name of the object (\(its)) does not match the name on the URL (\(name))")
        }
        wanted[path: "metadata", "name"] = .string(name)
        if kind.hasStatus { wanted["status"] = nil }
        let findings = schema.check(wanted, as: kind.message)
        let opening =
            "failed to create typed patch object (\(target.namespace.map { "\($0)/" } ?? "")\(name); "
            + "\(kind.type.apiVersion), Kind=\(kind.type.kind))"
        if let field = findings.unknown.first {
            throw StatusProblem.badRequest("\(opening): .\(field): field not declared in schema")
        }
        if let wrong = findings.wrongType { throw StatusProblem.badRequest("\(opening): \(wrong)") }
        return wanted
    }
}
