import Kube

/// What the reconciler of a Service's endpoints knows.
struct EndpointSliceFacts: Sendable {
    var service: Service
    /// The pods of the Service's namespace.
    var pods: [Pod]
    /// The slices that it made for this Service before.
    var slices: [EndpointSlice]
}

/// What to do about the slices of a Service now.
struct EndpointSlicePlan: Sendable {
    /// Slices to be made, with a name to be generated.
    var create: [EndpointSlice] = []
    /// Slices to be brought to other endpoints, under their present names.
    var update: [EndpointSlice] = []
    var delete: [EndpointSlice] = []

    static let manager = "endpointslice-controller.k8s.io"
    static let managerLabel = "endpointslice.kubernetes.io/managed-by"
    static let headlessLabel = "service.kubernetes.io/headless"
    /// As many endpoints fit into one slice.
    private static let capacity = 1000

    /// https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/
    static func make(_ facts: EndpointSliceFacts) -> EndpointSlicePlan {
        var plan = EndpointSlicePlan()
        let service = facts.service
        guard service.metadata.deletionTimestamp == nil, let selector = service.spec.selector, !selector.isEmpty,
            service.spec.type != "ExternalName"
        else {
            plan.delete = facts.slices
            return plan
        }
        let wanted = slices(
            of: service,
            pods: facts.pods.filter { LabelSelector(matchLabels: selector).matches($0.metadata.labels ?? [:]) })
        var free = facts.slices.sorted { $0.name < $1.name }
        for slice in wanted {
            if free.contains(where: { isSame($0, slice) }) {
                free.removeAll { isSame($0, slice) }
            } else if let index = free.firstIndex(where: { $0.ports == slice.ports }) ?? free.indices.first {
                var changed = slice
                changed.metadata.name = free.remove(at: index).metadata.name
                plan.update.append(changed)
            } else {
                plan.create.append(slice)
            }
        }
        plan.delete = free
        return plan
    }

    private static func isSame(_ left: EndpointSlice, _ right: EndpointSlice) -> Bool {
        (left.endpoints ?? []) == (right.endpoints ?? []) && (left.ports ?? []) == (right.ports ?? [])
            && (right.metadata.labels ?? [:]).allSatisfy { left.metadata.labels?[$0.key] == $0.value }
    }

    /// One slice for each set of port numbers, since a named port may have another number in another pod.
    private static func slices(of service: Service, pods: [Pod]) -> [EndpointSlice] {
        var groups: [[EndpointSlice.Port]] = []
        var members: [[EndpointSlice.Endpoint]] = []
        for pod in pods.sorted(by: { $0.name < $1.name }) {
            guard let endpoint = endpoint(for: pod, of: service) else { continue }
            let ports = ports(of: service, for: pod)
            if let index = groups.firstIndex(of: ports) {
                members[index].append(endpoint)
            } else {
                groups.append(ports)
                members.append([endpoint])
            }
        }
        if groups.isEmpty { return [make(service, [], [])] }
        return zip(groups, members).flatMap { ports, endpoints in
            stride(from: 0, to: endpoints.count, by: capacity).map { start in
                make(service, Array(endpoints[start..<min(start + capacity, endpoints.count)]), ports)
            }
        }
    }

    private static func make(
        _ service: Service, _ endpoints: [EndpointSlice.Endpoint], _ ports: [EndpointSlice.Port]
    ) -> EndpointSlice {
        var labels = (service.metadata.labels ?? [:])
            .merging([EndpointSlice.serviceLabel: service.name, managerLabel: manager]) { $1 }
        if service.spec.clusterIP == "None" { labels[headlessLabel] = "" }
        var metadata = ObjectMeta(
            namespace: service.namespace, labels: labels, ownerReferences: [service.ownerReference])
        metadata.generateName = "\(service.name)-"
        return EndpointSlice(metadata: metadata, endpoints: endpoints, ports: ports)
    }

    private static func endpoint(for pod: Pod, of service: Service) -> EndpointSlice.Endpoint? {
        guard let address = pod.status?.podIP, !address.isEmpty, !pod.isFinished else { return nil }
        let isPublished = service.spec.publishNotReadyAddresses == true
        let conditions = EndpointSlice.EndpointConditions(
            ready: isPublished || (pod.isReady && !pod.isTerminating), serving: pod.isReady,
            terminating: pod.isTerminating)
        var endpoint = EndpointSlice.Endpoint(
            addresses: [address], conditions: conditions, nodeName: pod.spec.nodeName,
            targetRef: ObjectReference(kind: "Pod", namespace: pod.namespace, name: pod.name, uid: pod.metadata.uid))
        if let hostname = pod.spec.hostname, pod.spec.subdomain == service.name { endpoint.hostname = hostname }
        return endpoint
    }

    /// Ports by name; a target port that no container of the pod names is left out.
    private static func ports(of service: Service, for pod: Pod) -> [EndpointSlice.Port] {
        (service.spec.ports ?? []).compactMap { port in
            let proto = port.protocol ?? "TCP"
            let number: Int?
            switch port.targetPort ?? .int(port.port) {
            case .int(let target): number = target == 0 ? port.port : target
            case .string(let name):
                number =
                    Int(name)
                    ?? pod.spec.containers.lazy.flatMap { $0.ports ?? [] }
                    .first { $0.name == name && ($0.protocol ?? "TCP") == proto }?.containerPort
            }
            return number.map { EndpointSlice.Port(name: port.name ?? "", protocol: proto, port: $0) }
        }
    }
}
