import Kube

/// What must hold for the kinds of the Gateway API.
enum GatewayRules {
    @Sendable
    static func gatewayClass(_ new: JSON, _ old: JSON?) -> [FieldFault] {
        let name = new[path: "spec", "controllerName"]
        if name?.string?.isEmpty ?? true { return [.required("spec.controllerName")] }
        if let before = old?[path: "spec", "controllerName"], before != name {
            return [.invalid("spec.controllerName", name, "Value is immutable")]
        }
        return []
    }

    @Sendable
    static func gateway(_ new: JSON, _ old: JSON?) -> [FieldFault] {
        var faults: [FieldFault] = []
        if new[path: "spec", "gatewayClassName"]?.string?.isEmpty ?? true {
            faults.append(.required("spec.gatewayClassName"))
        }
        let listeners = new[path: "spec", "listeners"]?.array ?? []
        if listeners.isEmpty { faults.append(.required("spec.listeners")) }
        var names: [String] = []
        for (index, listener) in listeners.enumerated() {
            for field in ["name", "protocol"] where listener[field]?.string?.isEmpty ?? true {
                faults.append(.required("spec.listeners[\(index)].\(field)"))
            }
            faults += port(listener["port"], "spec.listeners[\(index)].port")
            let name = listener["name"]?.string ?? ""
            if names.contains(name) { faults.append(.duplicate("spec.listeners[\(index)]", name)) }
            names.append(name)
        }
        return faults
    }

    @Sendable
    static func httpRoute(_ new: JSON, _ old: JSON?) -> [FieldFault] {
        var faults: [FieldFault] = []
        for (index, parent) in (new[path: "spec", "parentRefs"]?.array ?? []).enumerated()
        where parent["name"]?.string?.isEmpty ?? true {
            faults.append(.required("spec.parentRefs[\(index)].name"))
        }
        for (index, rule) in (new[path: "spec", "rules"]?.array ?? []).enumerated() {
            let path = "spec.rules[\(index)]"
            for (number, backend) in (rule["backendRefs"]?.array ?? []).enumerated() {
                if backend["name"]?.string?.isEmpty ?? true {
                    faults.append(.required("\(path).backendRefs[\(number)].name"))
                }
                if backend["kind"] == "Service" {
                    faults += port(backend["port"], "\(path).backendRefs[\(number)].port")
                }
                if let weight = backend["weight"]?.int, !(0...1_000_000).contains(weight) {
                    faults.append(
                        .invalid(
                            "\(path).backendRefs[\(number)].weight", backend["weight"],
                            "should be between 0 and 1000000"))
                }
            }
            for (number, match) in (rule["matches"]?.array ?? []).enumerated() {
                let type = match[path: "path", "type"]?.string ?? "PathPrefix"
                if !["Exact", "PathPrefix", "RegularExpression"].contains(type) {
                    faults.append(
                        .unsupported(
                            "\(path).matches[\(number)].path.type", type, ["Exact", "PathPrefix", "RegularExpression"]))
                }
                if type != "RegularExpression", !(match[path: "path", "value"]?.string ?? "/").hasPrefix("/") {
                    faults.append(
                        .invalid(
                            "\(path).matches[\(number)].path.value", match[path: "path", "value"],
                            "value must be an absolute path and start with '/'"))
                }
            }
        }
        return faults
    }

    private static func port(_ value: JSON?, _ path: String) -> [FieldFault] {
        guard let number = value?.int else { return [.required(path)] }
        return (1...65535).contains(number) ? [] : [.invalid(path, value, "should be between 1 and 65535")]
    }
}
