import FoundationEssentials
import Kube
import Store

extension KubernetesAPI {
    func podLog(_ request: ClusterRequest, _ target: ObjectTarget, _ name: String) async throws -> ClusterResponse {
        let pod = try stored(target.kind, target.namespace, name).value
        let container = try PodLogRequest.container(request.query("container") ?? "", of: pod, name)
        let options = try PodLogRequest.options(request, now: now())
        try PodLogRequest.checkStarted(container, of: pod, name, previous: options.previous)
        let logTarget = PodLogTarget(
            namespace: target.namespace ?? "", pod: name, uid: pod[path: "metadata", "uid"]?.string ?? "",
            container: container)
        return ClusterResponse(
            status: 200, headers: ["content-type": "text/plain"],
            body: .stream(try await logs.log(of: logTarget, options)))
    }
}

/// What the query of `pods/log` asks for.
enum PodLogRequest {
    static func container(_ asked: String, of pod: JSON, _ name: String) throws -> String {
        let names = ["containers", "initContainers", "ephemeralContainers"].flatMap { list in
            (pod[path: "spec", list]?.array ?? []).compactMap { $0["name"]?.string }
        }
        if !asked.isEmpty {
            guard names.contains(asked) else {
                throw StatusProblem.badRequest("container \(asked) is not valid for pod \(name)")
            }
            return asked
        }
        if let chosen = pod[path: "metadata", "annotations", "kubectl.kubernetes.io/default-container"]?.string,
            names.contains(chosen)
        {
            return chosen
        }
        let main = (pod[path: "spec", "containers"]?.array ?? []).compactMap { $0["name"]?.string }
        guard main.count == 1, let only = main.first else {
            throw StatusProblem.badRequest(
                "a container name must be specified for pod \(name), choose one of: [\(main.joined(separator: " "))]")
        }
        return only
    }

    static func checkStarted(_ container: String, of pod: JSON, _ name: String, previous: Bool) throws {
        if pod[path: "spec", "nodeName"]?.string?.isEmpty ?? true {
            throw StatusProblem.badRequest("pod \(name) does not have a host assigned")
        }
        let statuses = ["containerStatuses", "initContainerStatuses"].flatMap { pod[path: "status", $0]?.array ?? [] }
        let status = statuses.first { $0["name"]?.string == container }
        if previous {
            if status?[path: "lastState", "terminated"] != nil { return }
            throw StatusProblem.badRequest(
                "previous terminated container \"\(container)\" in pod \"\(name)\" not found")
        }
        guard let status, let waiting = status[path: "state", "waiting"] else {
            if status != nil { return }
            throw StatusProblem.badRequest("container \"\(container)\" in pod \"\(name)\" is not available")
        }
        // A container between two runs still has the log of the last one.
        if status[path: "lastState", "terminated"] != nil { return }
        let reason = waiting["reason"]?.string ?? "ContainerCreating"
        throw StatusProblem.badRequest("container \"\(container)\" in pod \"\(name)\" is waiting to start: \(reason)")
    }

    static func options(_ request: ClusterRequest, now: Date) throws -> PodLogOptions {
        var options = PodLogOptions()
        options.follow = request.query("follow") == "true"
        options.previous = request.query("previous") == "true"
        options.timestamps = request.query("timestamps") == "true"
        options.tailLines = try number("tailLines", request)
        options.limitBytes = try number("limitBytes", request)
        if let seconds = try number("sinceSeconds", request) {
            options.since = now.addingTimeInterval(-Double(seconds))
        }
        if let text = request.query("sinceTime"), !text.isEmpty {
            guard let time = Timestamp.date(text) else {
                throw StatusProblem.badRequest("sinceTime: Invalid value: \"\(text)\": must be a time in RFC 3339")
            }
            options.since = time
        }
        return options
    }

    private static func number(_ name: String, _ request: ClusterRequest) throws -> Int? {
        guard let text = request.query(name), !text.isEmpty else { return nil }
        guard let number = Int(text), number >= 0 else {
            throw StatusProblem.badRequest("\(name): Invalid value: \"\(text)\": must be a number of at least 0")
        }
        return number
    }
}
