import FoundationEssentials
import Kube

/// What must hold for Services.
enum ServiceRules {
    private static let types = ["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"]

    @Sendable
    static func faults(_ new: JSON, _ old: JSON?) -> [FieldFault] {
        let spec = new["spec"] ?? [:]
        let type = spec["type"]?.string ?? "ClusterIP"
        let ports = spec["ports"]?.array ?? []
        var faults: [FieldFault] = []
        if !types.contains(type) { faults.append(.unsupported("spec.type", type, types)) }
        if type == "ExternalName" {
            if spec["externalName"]?.string?.isEmpty ?? true { faults.append(.required("spec.externalName")) }
        } else if ports.isEmpty, spec["clusterIP"] != "None" {
            faults.append(.required("spec.ports"))
        }
        var seen: [String] = []
        for (index, port) in ports.enumerated() {
            let number = port["port"]?.int ?? 0
            if !(1...65535).contains(number) {
                faults.append(
                    .invalid("spec.ports[\(index)].port", .int(Int64(number)), "must be between 1 and 65535, inclusive")
                )
            }
            let name = port["name"]?.string ?? ""
            if ports.count > 1, name.isEmpty { faults.append(.required("spec.ports[\(index)].name")) }
            if !name.isEmpty, seen.contains(name) { faults.append(.duplicate("spec.ports[\(index)].name", name)) }
            seen.append(name)
        }
        if let before = old?[path: "spec", "clusterIP"], before != "", let after = spec["clusterIP"], before != after,
            type != "ExternalName", old?[path: "spec", "type"] != "ExternalName"
        {
            faults.append(.invalid("spec.clusterIPs[0]", .array([after]), "may not change once set"))
        }
        return faults
    }
}

/// What must hold for ConfigMaps.
enum ConfigMapRules {
    @Sendable
    static func faults(_ new: JSON, _ old: JSON?) -> [FieldFault] {
        KeyRules.faults(new, fields: ["data", "binaryData"])
            + KeyRules.immutable(new, old, fields: ["data", "binaryData"])
    }
}

/// What must hold for Secrets.
enum SecretRules {
    @Sendable
    static func faults(_ new: JSON, _ old: JSON?) -> [FieldFault] {
        var faults = KeyRules.faults(new, fields: ["data"]) + KeyRules.immutable(new, old, fields: ["data"])
        if let before = old?["type"], before != new["type"] {
            faults.append(.invalid("type", new["type"], "field is immutable"))
        }
        for (key, value) in new["data"]?.object ?? [:] where Data(base64Encoded: value.string ?? "") == nil {
            faults.append(.invalid("data[\(key)]", "<binary>", "illegal base64 data"))
        }
        return faults
    }
}

/// What holds for the keys of ConfigMaps and Secrets.
enum KeyRules {
    static func faults(_ object: JSON, fields: [String]) -> [FieldFault] {
        fields.flatMap { field in
            (object[field]?.object ?? [:]).compactMap { key, _ in
                isGood(key)
                    ? nil
                    : .invalid(
                        "\(field)[\(key)]", .string(key),
                        "a valid config key must consist of alphanumeric characters, '-', '_' or '.'")
            }
        }
    }

    static func immutable(_ new: JSON, _ old: JSON?, fields: [String]) -> [FieldFault] {
        guard let old, old["immutable"] == true else { return [] }
        var faults: [FieldFault] = []
        if new["immutable"] != true {
            faults.append(.forbidden("immutable", "field is immutable when `immutable` is set"))
        }
        for field in fields where old[field] != new[field] {
            faults.append(.forbidden(field, "field is immutable when `immutable` is set"))
        }
        return faults
    }

    private static func isGood(_ key: String) -> Bool {
        !key.isEmpty && key != "." && key != ".." && key.utf8.count <= 253
            && key.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }
}
