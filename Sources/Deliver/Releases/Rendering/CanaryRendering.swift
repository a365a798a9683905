import Delivery
package import Kube

/// What stands beside the stable set while a canary is judged. Pure.
package struct CanaryRendering: Sendable {
    private let stable: RenderedSet
    private let candidate: RenderedSet
    /// Deployments whose template changed and that a stable route sends traffic to, sorted.
    package let workloads: [String]
    /// Deployments whose template changed and that no route reaches: they change at the promotion.
    package let unrouted: [String]
    private let services: Set<String>

    package init(stable: RenderedSet, candidate: RenderedSet) {
        self.stable = stable
        self.candidate = candidate
        let routed = stable.routedServices
        var reached: [String] = []
        var unreached: [String] = []
        var services: Set<String> = []
        for (name, provenance) in candidate.workloads.sorted(by: { $0.key < $1.key }) {
            guard let earlier = stable.workloads[name], earlier.fingerprint != provenance.fingerprint else { continue }
            let names = candidate.services(of: name).map { ObjectKey($0).name }.filter(routed.contains)
            if names.isEmpty { unreached.append(name) } else { reached.append(name) }
            services.formUnion(names)
        }
        workloads = reached
        unrouted = unreached
        self.services = services
    }

    /// The name of a canary's Deployment or Service.
    package static func name(of stable: String) -> String { stable + "-canary" }

    /// `app.kubernetes.io/name` of the canary's workloads: how the gateway counts them, sorted.
    package var serviceLabels: [String] {
        let labels = objects(share: .one).filter { $0["kind"]?.string == "Service" }
            .compactMap { $0.strings(at: "metadata", "labels")[Labels.service] }
        return Set(labels).sorted()
    }

    /// Objects of the candidate that stable doesn't have, without routes: the canary may need them.
    package var additions: [JSON] {
        let present = stable.keys
        return candidate.objects.filter { $0["kind"]?.string != "HTTPRoute" && !present.contains(ObjectKey($0)) }
    }

    /// The canary's Deployments and Services, with as many replicas as its share asks for.
    package func objects(share: CanaryShare) -> [JSON] {
        candidate.objects.compactMap { object in
            let key = ObjectKey(object)
            switch key.kind {
            case "Deployment" where workloads.contains(key.name): return deployment(object, share)
            case "Service" where services.contains(key.name): return service(object)
            default: return nil
            }
        }
    }

    /// Stable's routes with a part of their traffic sent to the canary.
    package func routes(share: Percent) -> [JSON] {
        stable.objects(ofKind: "HTTPRoute").map { route in
            var route = route
            route.mapItems("spec", "rules") { rule in
                guard let backends = rule["backendRefs"]?.array else { return }
                rule["backendRefs"] = .array(split(backends, share))
            }
            return route
        }
    }

    private func split(_ backends: [JSON], _ share: Percent) -> [JSON] {
        guard backends.contains(where: { services.contains($0["name"]?.string ?? "") }) else { return backends }
        let weights = share.weights
        return backends.flatMap { backend -> [JSON] in
            let weight = Int64(backend["weight"]?.int ?? 1)
            guard let name = backend["name"]?.string, services.contains(name) else {
                var other = backend
                other["weight"] = .int(weight * Int64(weights.rest + weights.share))
                return [other]
            }
            var rest = backend
            var canary = backend
            rest["weight"] = .int(weight * Int64(weights.rest))
            canary["name"] = .string(Self.name(of: name))
            canary["weight"] = .int(weight * Int64(weights.share))
            return [rest, canary]
        }
    }

    private func deployment(_ object: JSON, _ share: CanaryShare) -> JSON {
        var object = onCanaryTrack(object)
        let track = [Labels.track: Track.canary.rawValue]
        object.merge(track, at: "spec", "selector", "matchLabels")
        object.merge(track, at: "spec", "template", "metadata", "labels")
        for list in ["containers", "initContainers"] {
            object.mapItems("spec", "template", "spec", list) { container in
                container.mapItems("env") { variable in
                    if variable["name"] == "TRACK", variable["value"] == "stable" { variable["value"] = "canary" }
                }
            }
        }
        let replicas = object[path: "spec", "replicas"]?.int ?? 1
        object[path: "spec", "replicas"] = .int(Int64(share.replicas(of: replicas)))
        return object
    }

    private func service(_ object: JSON) -> JSON {
        var object = onCanaryTrack(object)
        object.merge([Labels.track: Track.canary.rawValue], at: "spec", "selector")
        for field in ["clusterIP", "clusterIPs", "type", "externalIPs", "loadBalancerIP"] {
            object[path: "spec", field] = nil
        }
        object.mapItems("spec", "ports") { $0["nodePort"] = nil }
        return object
    }

    private func onCanaryTrack(_ object: JSON) -> JSON {
        var object = object
        object[path: "metadata", "name"] = .string(Self.name(of: ObjectKey(object).name))
        object.merge([Labels.track: Track.canary.rawValue], at: "metadata", "labels")
        return object
    }
}

/// How many replicas a canary gets.
package enum CanaryShare: Sendable, Equatable {
    /// Before any traffic.
    case one
    case percent(Percent)

    package func replicas(of stable: Int) -> Int {
        switch self {
        case .one: 1
        case .percent(let percent): max(1, Int((Double(stable) * percent.share).rounded(.up)))
        }
    }
}
