package import Delivery
package import Kube

/// What pods of a workload come from: the release that last changed their template.
package struct Provenance: Sendable, Hashable, Codable {
    /// Digest of the template without what differs between releases only by name.
    package var fingerprint: String
    package var release: ReleaseID
    /// Seven digits.
    package var commit: String

    package init(fingerprint: String, release: ReleaseID, commit: String) {
        self.fingerprint = fingerprint
        self.release = release
        self.commit = commit
    }
}

/// The objects of a release as they are to stand in one environment, all of the stable track.
package struct RenderedSet: Sendable, Equatable {
    package var namespace: String
    /// In the order of the manifests.
    package var objects: [JSON]
    /// Deployment's name → where its pods come from.
    package var workloads: [String: Provenance]

    package init(namespace: String, objects: [JSON], workloads: [String: Provenance]) {
        self.namespace = namespace
        self.objects = objects
        self.workloads = workloads
    }

    package func objects(ofKind kind: String) -> [JSON] { objects.filter { $0["kind"]?.string == kind } }
    package var keys: Set<ObjectKey> { Set(objects.map { ObjectKey($0) }) }
    package subscript(key: ObjectKey) -> JSON? { objects.first { ObjectKey($0) == key } }

    /// The Services whose selector finds the pods of a Deployment.
    package func services(of workload: String) -> [JSON] {
        guard let deployment = self[ObjectKey(kind: "Deployment", name: workload)] else { return [] }
        let labels = deployment.strings(at: "spec", "template", "metadata", "labels")
        return objects(ofKind: "Service").filter { service in
            let selector = service.strings(at: "spec", "selector")
            return !selector.isEmpty && selector.allSatisfy { labels[$0.key] == $0.value }
        }
    }

    /// Names of the Services that a route sends traffic to.
    package var routedServices: Set<String> {
        var names: Set<String> = []
        for route in objects(ofKind: "HTTPRoute") {
            for rule in route[path: "spec", "rules"]?.array ?? [] {
                for backend in rule["backendRefs"]?.array ?? [] {
                    if let name = backend["name"]?.string { names.insert(name) }
                }
            }
        }
        return names
    }
}
