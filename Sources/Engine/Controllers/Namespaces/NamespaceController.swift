import Kube
import Problems

/// Gives each namespace the ServiceAccount that its pods run under, and the authority by which they know the API server.
struct NamespaceController: Reconciler {
    static let name = "namespace-controller"
    static let rootName = "kube-root-ca.crt"
    let view: ClusterView
    let client: ClusterClient
    /// The API server's certificate authority, as PEM; nil leaves the ConfigMap out.
    let rootCertificate: String?

    func reconcile(_ key: ObjectKey) async throws -> Duration? {
        guard let namespace = view.namespaces.get(key), namespace.metadata.deletionTimestamp == nil,
            namespace.status?.phase != "Terminating"
        else { return nil }
        if view.serviceAccounts.get(ObjectKey(namespace: key.name, name: "default")) == nil {
            try await ensure(ServiceAccount(metadata: ObjectMeta(name: "default", namespace: key.name)))
        }
        if let rootCertificate, view.configMaps.get(ObjectKey(namespace: key.name, name: Self.rootName)) == nil {
            let metadata = ObjectMeta(name: Self.rootName, namespace: key.name)
            try await ensure(ConfigMap(metadata: metadata, data: ["ca.crt": rootCertificate]))
        }
        return nil
    }

    private func ensure<Kind: KubeKind>(_ object: Kind) async throws {
        do { try await client.create(object) } catch let problem as ClusterProblem where problem.isAlreadyExists {}
    }
}
