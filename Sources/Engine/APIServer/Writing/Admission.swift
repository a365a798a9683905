import FoundationEssentials
import Kube
import Store

extension KubernetesAPI {
    /// Completes an object with what only the whole cluster knows: addresses, ports, the service account.
    func admit(
        _ object: inout JSON, replacing old: JSON?, _ kind: ServedKind, _ transaction: RevisionTransaction
    ) throws {
        switch kind.type {
        case Pod.resource where old == nil: try admitPod(&object, kind, transaction)
        case Service.resource:
            let name = object[path: "metadata", "name"]?.string ?? ""
            let others = transaction.objects(in: kind.bucket).map(\.value).filter {
                $0[path: "metadata", "uid"] != object[path: "metadata", "uid"]
            }
            do throws(AllocationProblem) {
                try ServiceAllocation(settings).complete(&object, replacing: old, others: others)
            } catch {
                throw StatusProblem.invalid(kind, name, [error.fault])
            }
        default: break
        }
    }

    private func admitPod(_ pod: inout JSON, _ kind: ServedKind, _ transaction: RevisionTransaction) throws {
        let name = pod[path: "metadata", "name"]?.string ?? ""
        let namespace = pod[path: "metadata", "namespace"]?.string ?? ""
        pod.update("spec") { spec in
            spec.fill("serviceAccountName", "default")
            spec["serviceAccount"] = spec["serviceAccountName"]
            spec.fill("priority", 0)
            spec.fill("preemptionPolicy", "PreemptLowerPriority")
            var tolerations = spec["tolerations"]?.array ?? []
            for condition in ["not-ready", "unreachable"] {
                let key = JSON.string("node.kubernetes.io/\(condition)")
                if tolerations.contains(where: { $0["key"] == key || $0["key"] == nil }) { continue }
                tolerations.append(["key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300])
            }
            spec["tolerations"] = .array(tolerations)
        }
        let account = pod[path: "spec", "serviceAccountName"]?.string ?? "default"
        if let accounts = kinds.kind(ServiceAccount.resource),
            transaction.object(accounts.key(namespace, account)) == nil
        {
            throw StatusProblem.forbidden(
                kind, name,
                "error looking up service account \(namespace)/\(account): serviceaccount \"\(account)\" not found")
        }
    }

    /// A namespaced object needs a namespace that is there to stay.
    func checkNamespace(
        _ namespace: String?, for kind: ServedKind, _ object: JSON, _ transaction: RevisionTransaction
    ) throws {
        guard let namespace, let namespaces = kinds.kind(Namespace.resource) else { return }
        guard let home = transaction.object(namespaces.key(nil, namespace)) else {
            throw StatusProblem.notFound(namespaces, namespace)
        }
        guard home.value[path: "metadata", "deletionTimestamp"] != nil else { return }
        let name = object[path: "metadata", "name"]?.string ?? ""
        throw StatusProblem.forbidden(
            kind, name, "unable to create new content in namespace \(namespace) because it is being terminated",
            causes: [
                [
                    "reason": "NamespaceTerminating", "message": .string("namespace \(namespace) is being terminated"),
                    "field": "metadata.namespace",
                ]
            ])
    }

    /// What every namespace has from the start.
    func furnish(namespace: String, _ transaction: inout RevisionTransaction, now: Date) throws {
        func make(_ type: ResourceType, _ name: String, _ body: JSONObject) {
            guard let kind = kinds.kind(type), transaction.object(kind.key(namespace, name)) == nil else { return }
            var object: JSON = ["kind": .string(type.kind), "apiVersion": .string(type.apiVersion)]
            object["metadata"] = ObjectMetadata.created(
                [:], name: name, namespace: namespace, countsGenerations: false, now: now)
            for (key, value) in body { object[key] = value }
            _ = Self.put(object, kind.key(namespace, name), &transaction)
        }
        make(ServiceAccount.resource, "default", [:])
        if let certificate = settings.certificateAuthority {
            make(ConfigMap.resource, "kube-root-ca.crt", ["data": ["ca.crt": .string(certificate)]])
        }
    }
}
