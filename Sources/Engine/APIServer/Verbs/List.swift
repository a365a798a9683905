import FoundationEssentials
import Kube
import Store

extension KubernetesAPI {
    func list(_ request: ClusterRequest, _ target: ObjectTarget) throws -> ClusterResponse {
        let representation = try Representation(request)
        let selection = try ObjectSelection(request, kind: target.kind)
        let page = try PageRequest(request)
        try checkVersion(page.atLeast)
        var (objects, revision) = try log.list(target.kind.bucket, prefix: target.prefix, at: page.exact)
        if !selection.isEverything { objects.removeAll { !selection.matches($0.value) } }
        if let start = page.after { objects.removeAll { $0.key.name <= start } }
        var metadata: JSON = ["resourceVersion": .string(String(revision))]
        if let limit = page.limit, limit > 0, objects.count > limit {
            let rest = objects.count - limit
            objects.removeLast(rest)
            metadata["continue"] = .string(PageRequest.token(revision: revision, after: objects.last?.key.name ?? ""))
            if selection.isEverything { metadata["remainingItemCount"] = .int(Int64(rest)) }
        }
        switch representation {
        case .object: return .json(Self.listBytes(objects, target.kind, metadata: metadata))
        case .metadata:
            return .json([
                "kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1", "metadata": metadata,
                "items": .array(objects.map { PartialObject.of($0.value) }),
            ])
        case .table(let inclusion):
            let rendering = TableRendering(columns: target.kind.columns, inclusion: inclusion)
            return .json(rendering.table(objects.map(\.value), metadata: metadata, now: now()))
        }
    }

    /// The items are stored as text already and only have to be joined.
    static func listBytes(_ objects: [StoredObject], _ kind: ServedKind, metadata: JSON) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(objects.reduce(256) { $0 + $1.bytes.count + 1 })
        out += "{\"kind\":\"\(kind.type.kind)List\",\"apiVersion\":\"\(kind.type.apiVersion)\",\"metadata\":".utf8
        metadata.write(into: &out)
        out += ",\"items\":[".utf8
        var isFirst = true
        for object in objects {
            if !isFirst { out.append(UInt8(ascii: ",")) }
            isFirst = false
            out += object.bytes
        }
        out += "]}".utf8
        return out
    }

    /// Refuses a version that this server has not reached.
    func checkVersion(_ version: Int64?) throws {
        let current = log.revision
        guard let version, version > current else { return }
        throw StatusProblem(
            504, "Timeout", "Too large resource version: \(version), current: \(current)",
            details: [
                "causes": [["reason": "ResourceVersionTooLarge", "message": "Too large resource version"]],
                "retryAfterSeconds": 1,
            ])
    }
}

/// Which part of a list, as of which version.
struct PageRequest: Sendable {
    let limit: Int?
    /// The list as it was at this revision.
    let exact: Int64?
    /// The list at this revision or a newer one.
    let atLeast: Int64?
    /// Only names after this one.
    let after: String?

    init(_ request: ClusterRequest) throws {
        limit = request.query("limit").flatMap { Int($0) }
        if let token = request.query("continue"), !token.isEmpty {
            guard let bytes = Data(base64Encoded: token), let tree = try? JSON.parse(Array(bytes)),
                let revision = tree["rv"]?.int, let name = tree["start"]?.string
            else { throw StatusProblem.badRequest("continue key is not valid") }
            exact = Int64(revision)
            atLeast = nil
            after = name
            return
        }
        after = nil
        let version = try Self.version(request)
        let isExact = request.query("resourceVersionMatch") == "Exact"
        exact = isExact ? version : nil
        atLeast = version
    }

    /// The `resourceVersion` of the query; nil for none and for `0`, which mean "the present".
    static func version(_ request: ClusterRequest) throws -> Int64? {
        let text = request.query("resourceVersion") ?? ""
        if text.isEmpty || text == "0" { return nil }
        guard let version = Int64(text), version > 0 else {
            throw StatusProblem.badRequest("Invalid value: \"\(text)\": must be a resource version")
        }
        return version
    }

    static func token(revision: Int64, after name: String) -> String {
        let tree: JSON = ["rv": .int(revision), "start": .string(name)]
        return Data(tree.bytes).base64EncodedString()
    }
}
