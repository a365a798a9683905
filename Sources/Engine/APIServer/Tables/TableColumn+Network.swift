import Kube

extension TableColumn {
    static let service: [TableColumn] = [
        .name,
        .field("Type", "spec", "type"),
        .field("Cluster-IP", "spec", "clusterIP"),
        TableColumn("External-IP") { externalAddress($0) },
        TableColumn("Port(s)") { service in
            let ports = (service[path: "spec", "ports"]?.array ?? []).map { port in
                let node = port["nodePort"]?.int.map { ":\($0)" } ?? ""
                return "\(port["port"]?.int ?? 0)\(node)/\(port["protocol"]?.string ?? "TCP")"
            }
            return .string(ports.isEmpty ? "<none>" : ports.joined(separator: ","))
        },
        .age,
        TableColumn("Selector", isWide: true) { service in
            let pairs = (service[path: "spec", "selector"]?.stringMap ?? [:]).sorted { $0.key < $1.key }
            return .string(pairs.isEmpty ? "<none>" : pairs.map { "\($0.key)=\($0.value)" }.joined(separator: ","))
        },
    ]

    private static func externalAddress(_ service: JSON) -> JSON {
        let given = (service[path: "spec", "externalIPs"]?.array ?? []).compactMap(\.string)
        switch service[path: "spec", "type"] {
        case "ExternalName": return service[path: "spec", "externalName"] ?? "<none>"
        case "LoadBalancer":
            let ingress = (service[path: "status", "loadBalancer", "ingress"]?.array ?? [])
                .compactMap { $0["ip"]?.string ?? $0["hostname"]?.string }
            let all = ingress + given
            return .string(all.isEmpty ? "<pending>" : all.joined(separator: ","))
        default: return .string(given.isEmpty ? "<none>" : given.joined(separator: ","))
        }
    }

    static let endpointSlice: [TableColumn] = [
        .name,
        TableColumn("AddressType") { $0["addressType"] ?? "" },
        TableColumn("Ports") { slice in
            .string(some((slice["ports"]?.array ?? []).map { $0["port"]?.int.map(String.init) ?? "*" }))
        },
        TableColumn("Endpoints") { slice in
            .string(
                some((slice["endpoints"]?.array ?? []).flatMap { $0["addresses"]?.array ?? [] }.compactMap(\.string)))
        },
        .age,
    ]

    /// The first three, and how many more.
    private static func some(_ items: [String]) -> String {
        if items.isEmpty { return "<unset>" }
        if items.count <= 3 { return items.joined(separator: ",") }
        return items.prefix(3).joined(separator: ",") + " + \(items.count - 3) more..."
    }

    static let gatewayClass: [TableColumn] = [
        .name, .field("Controller", "spec", "controllerName"), condition("Accepted"), .age,
        TableColumn("Description", isWide: true) { $0[path: "spec", "description"] ?? "" },
    ]

    static let gateway: [TableColumn] = [
        .name, .field("Class", "spec", "gatewayClassName"),
        TableColumn("Address") { gateway in
            let addresses = (gateway[path: "status", "addresses"]?.array ?? []).compactMap { $0["value"]?.string }
            return .string(addresses.joined(separator: ","))
        },
        condition("Programmed"), .age,
    ]

    private static func condition(_ type: String) -> TableColumn {
        TableColumn(type) { object in
            (object[path: "status", "conditions"]?.array ?? []).first { $0["type"]?.string == type }?["status"] ?? ""
        }
    }
}
