import Kube

/// What an HTTPRoute is told about itself.
struct RouteReport: Sendable {
    let route: HTTPRoute
    var parents: [Parent] = []
    /// Backends that can't be used: reason and message.
    var references: [(reason: String, message: String)] = []

    struct Parent: Sendable {
        let reference: HTTPRoute.ParentReference
        /// Why it isn't accepted.
        var reason: String?
        var message: String?
    }

    static let controller = "estiba.dev/gateway"

    init(route: HTTPRoute) { self.route = route }

    /// None of the parents accepts the route.
    mutating func refuse(_ reason: String, _ message: String) {
        for index in parents.indices where parents[index].reason == nil {
            parents[index].reason = reason
            parents[index].message = message
        }
    }

    /// The route's new status; nil where nothing changes. What other controllers wrote stays.
    func status(now: String) throws -> JSON? {
        let present = route.status?["parents"]?.array ?? []
        let others = present.filter { $0["controllerName"]?.string != Self.controller }
        let ours = present.filter { $0["controllerName"]?.string == Self.controller }
        var new: [JSON] = []
        for parent in parents {
            let reference = try JSON(encoding: parent.reference)
            let old = ours.first { $0["parentRef"] == reference }?["conditions"]?.array ?? []
            let accepted = ConditionReport.make(
                "Accepted", parent.reason == nil, parent.reason ?? "Accepted", parent.message ?? "", old,
                generation: route.metadata.generation, now: now)
            let defect = references.first
            let message = references.map(\.message).joined(separator: "; ")
            let resolved = ConditionReport.make(
                "ResolvedRefs", defect == nil, defect?.reason ?? "ResolvedRefs", message, old,
                generation: route.metadata.generation, now: now)
            new.append([
                "parentRef": reference, "controllerName": .string(Self.controller), "conditions": [accepted, resolved],
            ])
        }
        if new == ours { return nil }
        return ["parents": .array(others + new)]
    }
}

/// What a Gateway is told about itself.
struct GatewayReport: Sendable {
    let gateway: KubeGateway
    /// How many routes use each listener.
    let attached: [String: Int]

    init(gateway: KubeGateway, attached: [String: Int]) {
        self.gateway = gateway
        self.attached = attached
    }

    /// The gateway's status as it should be, given the one it has.
    func status(present: JSON, address: String, now: String) -> JSON {
        let generation = gateway.metadata.generation
        let listeners = gateway.spec.listeners.map { listener -> JSON in
            let old =
                present["listeners"]?.array?.first { $0["name"]?.string == listener.name }?["conditions"]?.array ?? []
            let isHTTP = listener.protocol == "HTTP"
            let message = isHTTP ? "" : "protocol \(listener.protocol) is not supported by this gateway"
            let reason = isHTTP ? nil : "UnsupportedProtocol"
            let conditions = ["Accepted", "Programmed", "ResolvedRefs"].map { type -> JSON in
                let holds = isHTTP || type == "ResolvedRefs"
                return ConditionReport.make(
                    type, holds, holds ? type : type == "Accepted" ? reason ?? type : "Invalid", holds ? "" : message,
                    old,
                    generation: generation, now: now)
            }
            return [
                "name": .string(listener.name), "attachedRoutes": .int(Int64(attached[listener.name] ?? 0)),
                "supportedKinds": isHTTP ? [["group": "gateway.networking.k8s.io", "kind": "HTTPRoute"]] : [],
                "conditions": .array(conditions),
            ]
        }
        let old = present["conditions"]?.array ?? []
        let works = gateway.spec.listeners.contains { $0.protocol == "HTTP" }
        let conditions = ["Accepted", "Programmed"].map { type in
            ConditionReport.make(
                type, works, works ? type : type == "Accepted" ? "ListenersNotValid" : "Invalid",
                works ? "" : "no listener speaks HTTP", old, generation: generation, now: now)
        }
        return [
            "addresses": [["type": "IPAddress", "value": .string(address)]], "conditions": .array(conditions),
            "listeners": .array(listeners),
        ]
    }
}

/// A condition as a tree, with a transition time that changes only with its status.
enum ConditionReport {
    static func make(
        _ type: String, _ holds: Bool, _ reason: String, _ message: String, _ old: [JSON], generation: Int?, now: String
    ) -> JSON {
        let status = holds ? "True" : "False"
        let before = old.first { $0["type"]?.string == type }
        let since = before?["status"]?.string == status ? before?["lastTransitionTime"]?.string ?? now : now
        return [
            "type": .string(type), "status": .string(status), "reason": .string(reason), "message": .string(message),
            "observedGeneration": .int(Int64(generation ?? 0)), "lastTransitionTime": .string(since),
        ]
    }
}
