import Kube

/// What must hold for pods and the templates of pods.
enum PodRules {
    @Sendable
    static func faults(_ new: JSON, _ old: JSON?) -> [FieldFault] {
        var faults = specFaults(new["spec"] ?? [:], "spec")
        if let before = old?["spec"], let after = new["spec"], frozen(before) != frozen(after) {
            faults.append(
                .forbidden(
                    "spec",
                    "pod updates may not change fields other than `spec.containers[*].image`,"
                        + "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` "
                        + "(only additions to existing tolerations)"))
        }
        return faults
    }

    /// The specification without what may change.
    private static func frozen(_ spec: JSON) -> JSON {
        var spec = spec
        for list in ["containers", "initContainers"] { spec.updateEach(list) { $0["image"] = nil } }
        for field in ["activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds", "schedulingGates"] {
            spec[field] = nil
        }
        return spec
    }

    static func specFaults(_ spec: JSON, _ path: String) -> [FieldFault] {
        var faults: [FieldFault] = []
        let containers = spec["containers"]?.array ?? []
        if containers.isEmpty { faults.append(.required("\(path).containers")) }
        let volumes = (spec["volumes"]?.array ?? []).compactMap { $0["name"]?.string }
        var names: [String] = []
        for list in ["initContainers", "containers"] {
            for (index, container) in (spec[list]?.array ?? []).enumerated() {
                faults += containerFaults(container, "\(path).\(list)[\(index)]", volumes: volumes)
                guard let name = container["name"]?.string else { continue }
                if names.contains(name) { faults.append(.duplicate("\(path).\(list)[\(index)].name", name)) }
                names.append(name)
            }
        }
        for (index, volume) in (spec["volumes"]?.array ?? []).enumerated() {
            let name = volume["name"]?.string ?? ""
            if name.isEmpty { faults.append(.required("\(path).volumes[\(index)].name")) }
            if volumes.firstIndex(of: name) != index, !name.isEmpty {
                faults.append(.duplicate("\(path).volumes[\(index)].name", name))
            }
        }
        if let policy = spec["restartPolicy"]?.string, !["Always", "OnFailure", "Never"].contains(policy) {
            faults.append(.unsupported("\(path).restartPolicy", policy, ["Always", "OnFailure", "Never"]))
        }
        if let seconds = spec["terminationGracePeriodSeconds"]?.int, seconds < 0 {
            faults.append(
                .invalid(
                    "\(path).terminationGracePeriodSeconds", .int(Int64(seconds)), "must be greater than or equal to 0")
            )
        }
        return faults
    }

    private static func containerFaults(_ container: JSON, _ path: String, volumes: [String]) -> [FieldFault] {
        var faults: [FieldFault] = []
        let name = container["name"]?.string ?? ""
        if name.isEmpty {
            faults.append(.required("\(path).name"))
        } else if name.utf8.count > 63 || !NameRules.isLabel(name[...]) {
            faults.append(.invalid("\(path).name", .string(name), "a lowercase RFC 1123 label is expected"))
        }
        if container["image"]?.string?.isEmpty ?? true { faults.append(.required("\(path).image")) }
        for (index, port) in (container["ports"]?.array ?? []).enumerated() {
            let number = port["containerPort"]?.int ?? 0
            if !(1...65535).contains(number) {
                faults.append(
                    .invalid(
                        "\(path).ports[\(index)].containerPort", .int(Int64(number)),
                        "must be between 1 and 65535, inclusive"))
            }
        }
        for (index, mount) in (container["volumeMounts"]?.array ?? []).enumerated() {
            let volume = mount["name"]?.string ?? ""
            if !volumes.contains(volume) {
                faults.append(
                    FieldFault(
                        field: "\(path).volumeMounts[\(index)].name", reason: "FieldValueNotFound",
                        message: "Not found: \(JSON.string(volume).text)"))
            }
            if mount["mountPath"]?.string?.isEmpty ?? true {
                faults.append(.required("\(path).volumeMounts[\(index)].mountPath"))
            }
        }
        for (index, variable) in (container["env"]?.array ?? []).enumerated()
        where variable["name"]?.string?.isEmpty ?? true {
            faults.append(.required("\(path).env[\(index)].name"))
        }
        for resource in ["cpu", "memory"] {
            guard let request = quantity(container, "requests", resource),
                let limit = quantity(container, "limits", resource),
                request.milli > limit.milli
            else { continue }
            faults.append(
                .invalid(
                    "\(path).resources.requests", .string(request.text),
                    "must be less than or equal to \(resource) limit of \(limit.text)"))
        }
        return faults
    }

    private static func quantity(_ container: JSON, _ kind: String, _ resource: String) -> Quantity? {
        container[path: "resources", kind, resource].flatMap { Quantity($0.string ?? $0.text) }
    }
}
