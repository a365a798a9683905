import FoundationEssentials
import Kube
package import Logging
import ServiceLifecycle
import Store

/// What the API server does on its own: it makes the namespaces that every cluster has, empties those that are being
/// deleted, forgets old events and old history, and wakes watches so that they see the time.
package struct Housekeeping: ServiceLifecycle.Service {
    private let api: KubernetesAPI
    private let tick: Duration
    private let logger: Logger

    /// - Parameter tick: How often time is looked at: the grain of a watch's `timeoutSeconds`.
    package init(_ api: KubernetesAPI, tick: Duration = .seconds(1), logger: Logger) {
        self.api = api
        self.tick = tick
        self.logger = logger
    }

    package func run() async throws {
        try await api.furnish()
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await timekeeping() }
                group.addTask { await emptying() }
            }
        }
        api.log.wakeWatches()
    }

    private func timekeeping() async {
        var ticks = 0
        while !Task.isCancelled {
            guard (try? await Task.sleep(for: tick)) != nil else { return }
            api.log.wakeWatches()
            ticks += 1
            guard ticks % 60 == 0 else { continue }
            do {
                try await api.removeOldEvents()
                try await api.log.compact(before: api.now().addingTimeInterval(-api.settings.history.inSeconds))
            } catch {
                logger.warning("old events and history can't be removed", metadata: ["error": "\(error)"])
            }
        }
    }

    private func emptying() async {
        var seen: Int64 = -1
        while !Task.isCancelled {
            seen = api.log.revision
            do { try await api.emptyNamespaces() } catch {
                logger.warning("a namespace can't be emptied", metadata: ["error": "\(error)"])
            }
            await api.log.waitForWrite(after: seen)
        }
    }
}

extension Duration {
    var inSeconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}

extension KubernetesAPI {
    /// Makes what a cluster has from the start, where it is not there yet. Run before the first request.
    package func furnish() async throws {
        guard let kind = kinds.kind(Namespace.resource), let services = kinds.kind(Service.resource) else { return }
        let now = now()
        for name in ["default", "kube-system"] where log.object(kind.key(nil, name)) == nil {
            let draft = try draft(
                ["kind": "Namespace", "apiVersion": "v1", "metadata": ["name": .string(name)]], kind, nil)
            _ = try await commit(isDryRun: false) { transaction in
                Outcome(try insert(draft.object, kind, nil, &transaction, now: now))
            }
        }
        if log.object(services.key("default", "kubernetes")) == nil {
            let first = IPv4.text((IPv4.number(settings.serviceNetwork) ?? 0) + 1)
            let draft = try draft(
                [
                    "kind": "Service", "apiVersion": "v1",
                    "metadata": [
                        "name": "kubernetes", "labels": ["component": "apiserver", "provider": "kubernetes"],
                    ],
                    "spec": [
                        "clusterIP": .string(first), "type": "ClusterIP",
                        "ports": [
                            [
                                "name": "https", "port": 443, "protocol": "TCP",
                                "targetPort": .int(Int64(settings.advertised?.port ?? 6443)),
                            ]
                        ],
                    ],
                ], services, "default")
            _ = try await commit(isDryRun: false) { transaction in
                Outcome(try insert(draft.object, services, "default", &transaction, now: now))
            }
        }
        try await advertise()
    }

    /// The endpoints of the Service `kubernetes`: this server.
    private func advertise() async throws {
        guard let (address, port) = settings.advertised, let kind = kinds.kind(EndpointSlice.resource) else { return }
        let body: JSONObject = [
            "addressType": "IPv4",
            "endpoints": [["addresses": [.string(address)], "conditions": ["ready": true]]],
            "ports": [["name": "https", "protocol": "TCP", "port": .int(Int64(port))]],
        ]
        let draft = try draft(
            [
                "kind": "EndpointSlice", "apiVersion": "discovery.k8s.io/v1",
                "metadata": ["name": "kubernetes", "labels": ["kubernetes.io/service-name": "kubernetes"]],
            ], kind, "default")
        let now = now()
        _ = try await commit(isDryRun: false) { transaction in
            if let current = transaction.object(kind.key("default", "kubernetes")) {
                var object = current.value
                for (key, value) in body { object[key] = value }
                return try settle(object, over: current, kind, &transaction, by: nil)
            }
            var object = draft.object
            for (key, value) in body { object[key] = value }
            return Outcome(try insert(object, kind, "default", &transaction, now: now))
        }
    }

    /// Removes the events that nobody will ask for any more.
    func removeOldEvents() async throws {
        guard let kind = kinds.kind(KubeEvent.resource) else { return }
        let oldest = Timestamp.text(now().addingTimeInterval(-settings.eventLifetime.inSeconds))
        let old = try log.list(kind.bucket).objects.filter { event in
            let last =
                event.value["lastTimestamp"]?.string ?? event.value[path: "metadata", "creationTimestamp"]?.string
            return last.map { $0 < oldest } ?? false
        }
        if old.isEmpty { return }
        _ = try await log.write { transaction in
            for event in old where transaction.object(event.key)?.revision == event.revision {
                _ = Self.remove(event.value, event.key, &transaction)
            }
        }
    }

    /// Takes the next step in deleting the contents of namespaces that are being deleted: everything goes that may,
    /// and with the last object the namespace.
    func emptyNamespaces() async throws {
        guard let namespaces = kinds.kind(Namespace.resource) else { return }
        let ending = try log.list(namespaces.bucket).objects.filter {
            $0.value[path: "metadata", "deletionTimestamp"] != nil
        }
        for namespace in ending {
            let name = namespace.value[path: "metadata", "name"]?.string ?? ""
            try await empty(namespace: name)
            let left = try kinds.all.contains { kind in
                try kind.type.isNamespaced && !log.list(kind.bucket, prefix: "\(name)/").objects.isEmpty
            }
            if left { continue }
            _ = try await commit(isDryRun: false) { transaction in
                guard let current = transaction.object(namespace.key) else { return Outcome(namespace) }
                // Nothing can have been created meanwhile: the namespace is being deleted.
                var object = current.value
                object["spec"] = [:]
                return try settle(object, over: current, namespaces, &transaction, by: nil)
            }
        }
    }

    private func empty(namespace: String) async throws {
        let now = now()
        for kind in kinds.all where kind.type.isNamespaced {
            let objects = try log.list(kind.bucket, prefix: "\(namespace)/").objects
            let waiting = objects.filter { $0.value[path: "metadata", "deletionTimestamp"] == nil }
            if waiting.isEmpty { continue }
            _ = try await log.write { transaction in
                for object in waiting {
                    guard let current = transaction.object(object.key),
                        current.value[path: "metadata", "deletionTimestamp"] == nil
                    else { continue }
                    switch Deletion.step(for: current.value, kind, DeleteOptions(), now: now) {
                    case .remove(let final): _ = Self.remove(final, current.key, &transaction)
                    case .mark(let marked): _ = Self.put(marked, current.key, &transaction)
                    }
                }
            }
        }
    }
}
