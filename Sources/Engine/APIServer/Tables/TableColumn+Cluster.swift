import Kube

extension TableColumn {
    static let node: [TableColumn] = [
        .name,
        TableColumn("Status") { node in
            let ready = (node[path: "status", "conditions"]?.array ?? []).first { $0["type"] == "Ready" }?["status"]
            let text = ready == "True" ? "Ready" : ready == "False" ? "NotReady" : "Unknown"
            return .string(node[path: "spec", "unschedulable"] == true ? "\(text),SchedulingDisabled" : text)
        },
        TableColumn("Roles") { node in
            let prefix = "node-role.kubernetes.io/"
            let roles = (node[path: "metadata", "labels"]?.object?.keys ?? []).filter { $0.hasPrefix(prefix) }
                .map { String($0.dropFirst(prefix.count)) }
            return .string(roles.isEmpty ? "<none>" : roles.sorted().joined(separator: ","))
        },
        .age,
        .field("Version", "status", "nodeInfo", "kubeletVersion"),
        TableColumn("Internal-IP", isWide: true) { address($0, "InternalIP") },
        TableColumn("External-IP", isWide: true) { address($0, "ExternalIP") },
        .field("OS-Image", isWide: true, "status", "nodeInfo", "osImage"),
        .field("Kernel-Version", isWide: true, "status", "nodeInfo", "kernelVersion"),
        .field("Container-Runtime", isWide: true, "status", "nodeInfo", "containerRuntimeVersion"),
    ]

    private static func address(_ node: JSON, _ type: String) -> JSON {
        let addresses = node[path: "status", "addresses"]?.array ?? []
        return addresses.first { $0["type"]?.string == type }?["address"] ?? "<none>"
    }

    static let event: [TableColumn] = [
        TableColumn("Last Seen") { event, now in
            let time =
                event[path: "series", "lastObservedTime"] ?? event["lastTimestamp"] ?? event["eventTime"]
                ?? event[path: "metadata", "creationTimestamp"]
            return .string(Age.since(time, now))
        },
        TableColumn("Type") { $0["type"] ?? "" },
        TableColumn("Reason") { $0["reason"] ?? "" },
        TableColumn("Object") { event in
            let object = event["involvedObject"]
            return .string("\(object?["kind"]?.string?.lowercased() ?? "")/\(object?["name"]?.string ?? "")")
        },
        TableColumn("Subobject", isWide: true) { $0[path: "involvedObject", "fieldPath"] ?? "" },
        TableColumn("Source", isWide: true) { event in
            let parts = [
                event[path: "source", "component"]?.string ?? event["reportingComponent"]?.string,
                event[path: "source", "host"]?.string,
            ]
            return .string(parts.compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: ", "))
        },
        TableColumn("Message") { event in
            var message = event["message"]?.string ?? ""
            while message.last?.isWhitespace == true { message.removeLast() }
            return .string(message)
        },
        TableColumn("First Seen", isWide: true) { event, now in
            .string(
                Age.since(
                    event["firstTimestamp"] ?? event["eventTime"] ?? event[path: "metadata", "creationTimestamp"], now))
        },
        TableColumn("Count", type: "integer", isWide: true) { $0["count"] ?? 1 },
        TableColumn("Name", format: "name", isWide: true) { $0[path: "metadata", "name"] ?? "" },
    ]
}
