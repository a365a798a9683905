import Problems

/// A client of the Kubernetes API: the same one for the embedded server and for any other.
package struct ClusterClient: Sendable {
    package let transport: any ClusterTransport
    /// The field manager of this client's writes.
    package let manager: String

    package init(_ transport: any ClusterTransport, manager: String = "estiba") {
        self.transport = transport
        self.manager = manager
    }

    /// The items of a collection, and the version from which a watch continues it.
    package struct Listing<Kind: KubeKind>: Sendable {
        package let items: [Kind]
        package let resourceVersion: String
    }

    // MARK: Reading

    package func get<Kind: KubeKind>(_ kind: Kind.Type, _ name: String, in namespace: String? = nil) async throws
        -> Kind
    {
        try await json("GET", Kind.resource.path(namespace: namespace, name: name)).decode(Kind.self)
    }

    /// Nil where there is no such object.
    package func find<Kind: KubeKind>(_ kind: Kind.Type, _ name: String, in namespace: String? = nil) async throws
        -> Kind?
    {
        do { return try await get(kind, name, in: namespace) } catch let problem as ClusterProblem
            where problem.isNotFound
        {
            return nil
        }
    }

    package func list<Kind: KubeKind>(
        _ kind: Kind.Type, in namespace: String? = nil, labels: String? = nil, fields: String? = nil
    ) async throws -> Listing<Kind> {
        let tree = try await json(
            "GET", Kind.resource.path(namespace: namespace), query: Self.selectors(labels: labels, fields: fields))
        let items = try (tree["items"] ?? []).decode([Kind].self)
        return Listing(items: items, resourceVersion: tree[path: "metadata", "resourceVersion"]?.string ?? "")
    }

    /// Changes after `resourceVersion`, until the server ends the watch or the task is cancelled.
    package func watch<Kind: KubeKind>(
        _ kind: Kind.Type, in namespace: String? = nil, labels: String? = nil, fields: String? = nil,
        from resourceVersion: String
    ) async throws -> AsyncThrowingStream<WatchEvent<Kind>, any Error> {
        var query = Self.selectors(labels: labels, fields: fields)
        query += [("watch", "1"), ("resourceVersion", resourceVersion), ("allowWatchBookmarks", "true")]
        let request = ClusterRequest("GET", Kind.resource.path(namespace: namespace), query: query)
        let response = try await Self.check(await transport.send(request))
        return AsyncThrowingStream { continuation in
            let reading = Task {
                do {
                    var lines = LineSplitter()
                    for try await piece in response.pieces {
                        for line in lines.feed(piece) { continuation.yield(try WatchEvent<Kind>.decode(line)) }
                    }
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in reading.cancel() }
        }
    }

    /// The log of a container, as raw lines of text in pieces.
    package func log(
        pod: String, in namespace: String, container: String? = nil, follow: Bool = false, timestamps: Bool = false,
        sinceTime: String? = nil, previous: Bool = false, tailLines: Int? = nil
    ) async throws -> AsyncThrowingStream<[UInt8], any Error> {
        var query: [(name: String, value: String)] = []
        if let container { query.append(("container", container)) }
        if follow { query.append(("follow", "true")) }
        if timestamps { query.append(("timestamps", "true")) }
        if previous { query.append(("previous", "true")) }
        if let sinceTime { query.append(("sinceTime", sinceTime)) }
        if let tailLines { query.append(("tailLines", String(tailLines))) }
        let path = Pod.resource.path(namespace: namespace, name: pod, subresource: "log")
        return try await Self.check(await transport.send(ClusterRequest("GET", path, query: query))).pieces
    }

    // MARK: Writing

    @discardableResult
    package func create<Kind: KubeKind>(_ object: Kind) async throws -> Kind {
        try await json(
            "POST", Kind.resource.path(namespace: object.metadata.namespace), query: [("fieldManager", manager)],
            body: object.json()
        ).decode(Kind.self)
    }

    /// Replaces the whole object; fields that the struct doesn't know are lost. 409 if it has changed since it was read.
    @discardableResult
    package func replace<Kind: KubeKind>(_ object: Kind) async throws -> Kind {
        try await json(
            "PUT", Kind.resource.path(namespace: object.metadata.namespace, name: object.name),
            query: [("fieldManager", manager)], body: object.json()
        ).decode(Kind.self)
    }

    /// Merges `patch` (RFC 7396) into the object or its subresource.
    @discardableResult
    package func patch<Kind: KubeKind>(
        _ kind: Kind.Type, _ name: String, in namespace: String? = nil, subresource: String? = nil, _ patch: JSON
    ) async throws -> Kind {
        try await json(
            "PATCH", Kind.resource.path(namespace: namespace, name: name, subresource: subresource),
            query: [("fieldManager", manager)], contentType: "application/merge-patch+json", body: patch
        ).decode(Kind.self)
    }

    /// Foreground waits for dependants; Background lets them go afterwards. `uid` guards against deleting a successor.
    package func delete<Kind: KubeKind>(
        _ kind: Kind.Type, _ name: String, in namespace: String? = nil, gracePeriodSeconds: Int? = nil,
        propagation: String = "Background", uid: String? = nil
    ) async throws {
        var options: JSON = ["kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": .string(propagation)]
        if let gracePeriodSeconds { options["gracePeriodSeconds"] = .int(Int64(gracePeriodSeconds)) }
        if let uid { options["preconditions"] = ["uid": .string(uid)] }
        _ = try await json("DELETE", Kind.resource.path(namespace: namespace, name: name), body: options)
    }

    // MARK: Trees

    /// Sends a request and returns the JSON of its answer; a failure becomes `ClusterProblem.status`.
    @discardableResult
    package func json(
        _ method: String, _ path: String, query: [(name: String, value: String)] = [],
        contentType: String = "application/json", body: JSON? = nil
    ) async throws -> JSON {
        var request = ClusterRequest(method, path, query: query, headers: ["accept": "application/json"])
        if let body {
            request.body = body.bytes
            request.headers["content-type"] = contentType
        }
        let bytes = try await Self.check(await transport.send(request)).collect()
        do { return try JSON.parse(bytes) } catch {
            throw ClusterProblem.unreadable(what: "answer to \(method) \(path)", why: error.summary)
        }
    }

    private static func check(_ response: ClusterResponse) async throws -> ClusterResponse {
        if (200..<300).contains(response.status) { return response }
        let body = try await response.collect(upTo: 1 << 20)
        let status = try? JSON.parse(body)
        throw ClusterProblem.status(
            code: response.status, reason: status?["reason"]?.string ?? "",
            message: status?["message"]?.string ?? String(decoding: body.prefix(500), as: UTF8.self))
    }

    private static func selectors(labels: String?, fields: String?) -> [(name: String, value: String)] {
        var query: [(name: String, value: String)] = []
        if let labels { query.append(("labelSelector", labels)) }
        if let fields { query.append(("fieldSelector", fields)) }
        return query
    }
}
