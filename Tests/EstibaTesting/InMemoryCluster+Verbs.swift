import Kube
import Synchronization

extension InMemoryCluster {
    func get(_ target: Target, _ state: State) -> ClusterResponse {
        guard let object = state.objects[target.path(name: target.name ?? "")] else { return Self.notFound(target) }
        return Self.answer(200, object)
    }

    func list(_ request: ClusterRequest, _ target: Target, _ state: State) -> ClusterResponse {
        let selection = Selection(request)
        let items = state.objects.filter { target.collection.holds($0.key) && selection.holds($0.value) }
            .sorted { $0.key < $1.key }.map(\.value)
        return Self.answer(
            200,
            [
                "kind": "List", "apiVersion": "v1", "metadata": ["resourceVersion": .string("\(state.version)")],
                "items": .array(items),
            ])
    }

    func watch(_ request: ClusterRequest, _ target: Target, _ state: inout State) -> ClusterResponse {
        let from = request.query("resourceVersion").flatMap { Int64($0) } ?? 0
        let (stream, continuation) = AsyncThrowingStream.makeStream(of: [UInt8].self)
        let watcher = Watcher(collection: target.collection, selection: Selection(request), continuation: continuation)
        for entry in state.log where entry.version > from { Self.tell(watcher, entry.path, entry.type, entry.object) }
        let number = state.nextWatcher
        state.nextWatcher += 1
        state.watchers[number] = watcher
        continuation.onTermination = { [weak self] _ in
            guard let self else { return }
            _ = self.state.withLock { $0.watchers.removeValue(forKey: number) }
        }
        return ClusterResponse(status: 200, body: .stream(stream))
    }

    func create(_ request: ClusterRequest, _ target: Target, _ state: inout State) -> ClusterResponse {
        guard var object = try? JSON.parse(request.body) else { return Self.failure(400, "BadRequest", "no JSON") }
        var name = object[path: "metadata", "name"]?.string ?? ""
        if name.isEmpty, let prefix = object[path: "metadata", "generateName"]?.string {
            name = prefix + String((0..<5).map { _ in "bcdfghjklmnpqrstvwxz2456789".randomElement() ?? "b" })
        }
        guard !name.isEmpty else { return Self.failure(422, "Invalid", "metadata.name: Required value") }
        let path = target.path(name: name)
        if state.objects[path] != nil {
            return Self.failure(409, "AlreadyExists", "\(target.collection.plural) \"\(name)\" already exists")
        }
        object[path: "metadata", "name"] = .string(name)
        if let namespace = target.collection.namespace { object[path: "metadata", "namespace"] = .string(namespace) }
        object[path: "metadata", "uid"] = .string("uid-\(state.version + 1)")
        object[path: "metadata", "generation"] = 1
        if object[path: "metadata", "creationTimestamp"] == nil {
            object[path: "metadata", "creationTimestamp"] = "2026-01-01T00:00:00Z"
        }
        if target.collection.plural == "pods", object["status"] == nil { object["status"] = ["phase": "Pending"] }
        return Self.answer(201, store(object, at: path, "ADDED", &state))
    }

    func write(
        _ request: ClusterRequest, _ target: Target, _ state: inout State, _ change: (JSON, JSON) -> JSON
    ) -> ClusterResponse {
        let path = target.path(name: target.name ?? "")
        guard let old = state.objects[path] else { return Self.notFound(target) }
        guard let body = try? JSON.parse(request.body) else { return Self.failure(400, "BadRequest", "no JSON") }
        for field in ["uid", "resourceVersion"] {
            if let asked = body[path: "metadata", field]?.string, asked != old[path: "metadata", field]?.string {
                return Self.failure(409, "Conflict", "the object has been modified; \(field) is another one")
            }
        }
        var new = change(old, body)
        if target.subresource == "status" {
            let status = new["status"]
            new = old
            new["status"] = status
        } else {
            new["status"] = old["status"]
        }
        for field in ["uid", "generation", "creationTimestamp", "deletionTimestamp", "resourceVersion"] {
            new[path: "metadata", field] = old[path: "metadata", field]
        }
        if new == old { return Self.answer(200, old) }
        if new["spec"] != old["spec"] {
            new[path: "metadata", "generation"] = .int(Int64((old[path: "metadata", "generation"]?.int ?? 0) + 1))
        }
        if new[path: "metadata", "deletionTimestamp"] != nil,
            (new[path: "metadata", "finalizers"]?.array ?? []).isEmpty,
            target.collection.plural != "pods"
        {
            return Self.answer(200, remove(path, new, &state))
        }
        return Self.answer(200, store(new, at: path, "MODIFIED", &state))
    }

    func bind(_ request: ClusterRequest, _ target: Target, _ state: inout State) -> ClusterResponse {
        let path = target.path(name: target.name ?? "")
        guard var pod = state.objects[path] else { return Self.notFound(target) }
        guard pod[path: "spec", "nodeName"] == nil else {
            return Self.failure(409, "Conflict", "the pod is bound already")
        }
        guard let body = try? JSON.parse(request.body), let node = body[path: "target", "name"] else {
            return Self.failure(400, "BadRequest", "no target")
        }
        pod[path: "spec", "nodeName"] = node
        _ = store(pod, at: path, "MODIFIED", &state)
        return Self.answer(201, ["kind": "Status", "apiVersion": "v1", "status": "Success"])
    }

    func delete(_ request: ClusterRequest, _ target: Target, _ state: inout State) -> ClusterResponse {
        let path = target.path(name: target.name ?? "")
        guard var object = state.objects[path] else { return Self.notFound(target) }
        let options = (try? JSON.parse(request.body)) ?? .emptyObject
        if let uid = options[path: "preconditions", "uid"], uid != object[path: "metadata", "uid"] {
            return Self.failure(409, "Conflict", "the uid is another one")
        }
        var finalizers = object[path: "metadata", "finalizers"]?.array ?? []
        switch options["propagationPolicy"]?.string {
        case "Foreground" where !finalizers.contains("foregroundDeletion"): finalizers.append("foregroundDeletion")
        case "Orphan" where !finalizers.contains("orphan"): finalizers.append("orphan")
        default: break
        }
        let isRunningPod =
            target.collection.plural == "pods" && object[path: "spec", "nodeName"] != nil
            && options["gracePeriodSeconds"]?.int != 0
        if finalizers.isEmpty && !isRunningPod { return Self.answer(200, remove(path, object, &state)) }
        if object[path: "metadata", "deletionTimestamp"] != nil { return Self.answer(200, object) }
        object[path: "metadata", "deletionTimestamp"] = "2026-01-01T00:00:00Z"
        if !finalizers.isEmpty { object[path: "metadata", "finalizers"] = .array(finalizers) }
        return Self.answer(200, store(object, at: path, "MODIFIED", &state))
    }

    // MARK: Storing

    private func store(_ object: JSON, at path: String, _ type: String, _ state: inout State) -> JSON {
        var object = object
        state.version += 1
        object[path: "metadata", "resourceVersion"] = .string("\(state.version)")
        state.objects[path] = object
        tell(path, type, object, &state)
        return object
    }

    private func remove(_ path: String, _ object: JSON, _ state: inout State) -> JSON {
        var object = object
        state.version += 1
        object[path: "metadata", "resourceVersion"] = .string("\(state.version)")
        state.objects[path] = nil
        tell(path, "DELETED", object, &state)
        return object
    }

    private func tell(_ path: String, _ type: String, _ object: JSON, _ state: inout State) {
        state.log.append((state.version, path, type, object))
        for watcher in state.watchers.values { Self.tell(watcher, path, type, object) }
    }

    static func tell(_ watcher: Watcher, _ path: String, _ type: String, _ object: JSON) {
        guard watcher.collection.holds(path), watcher.selection.holds(object) else { return }
        let event: JSON = ["type": .string(type), "object": object]
        watcher.continuation.yield(event.bytes + [UInt8(ascii: "\n")])
    }
}
