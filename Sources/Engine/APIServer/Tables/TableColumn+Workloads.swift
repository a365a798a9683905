import Kube

extension TableColumn {
    static let deployment: [TableColumn] =
        [
            .name,
            TableColumn("Ready") { object in
                .string(
                    "\(object[path: "status", "readyReplicas"]?.int ?? 0)/\(object[path: "spec", "replicas"]?.int ?? 0)"
                )
            },
            .count("Up-to-date", "status", "updatedReplicas"), .count("Available", "status", "availableReplicas"), .age,
        ] + template

    static let replicaSet: [TableColumn] =
        [
            .name, .count("Desired", "spec", "replicas"), .count("Current", "status", "replicas"),
            .count("Ready", "status", "readyReplicas"), .age,
        ] + template

    private static let template: [TableColumn] = [
        TableColumn("Containers", isWide: true) { .string(list($0, "name")) },
        TableColumn("Images", isWide: true) { .string(list($0, "image")) },
        TableColumn("Selector", isWide: true) { object in
            let selector = try? object[path: "spec", "selector"]?.decode(LabelSelector.self)
            return .string(selector?.query ?? "<none>")
        },
    ]

    private static func list(_ object: JSON, _ field: String) -> String {
        (object[path: "spec", "template", "spec", "containers"]?.array ?? []).compactMap { $0[field]?.string }
            .joined(separator: ",")
    }
}
