import Kube

/// What must hold for Deployments and ReplicaSets.
enum WorkloadRules {
    @Sendable
    static func faults(_ new: JSON, _ old: JSON?) -> [FieldFault] {
        guard let spec = new["spec"] else { return [.required("spec")] }
        var faults: [FieldFault] = []
        if let replicas = spec["replicas"]?.int, replicas < 0 {
            faults.append(.invalid("spec.replicas", .int(Int64(replicas)), "must be greater than or equal to 0"))
        }
        if let selector = spec["selector"] {
            if selector.object?.isEmpty ?? true {
                faults.append(.invalid("spec.selector", selector, "empty selector is invalid for deployment"))
            } else if let parsed = try? selector.decode(LabelSelector.self) {
                let labels = spec[path: "template", "metadata", "labels"]
                if !parsed.matches(labels?.stringMap ?? [:]) {
                    faults.append(
                        .invalid(
                            "spec.template.metadata.labels", labels ?? [:],
                            "`selector` does not match template `labels`"))
                }
            }
            if let before = old?[path: "spec", "selector"], before != selector {
                faults.append(.invalid("spec.selector", selector, "field is immutable"))
            }
        } else {
            faults.append(.required("spec.selector"))
        }
        guard let template = spec["template"] else { return faults + [.required("spec.template")] }
        faults += PodRules.specFaults(template["spec"] ?? [:], "spec.template.spec")
        if let policy = template[path: "spec", "restartPolicy"]?.string, policy != "Always" {
            faults.append(.unsupported("spec.template.spec.restartPolicy", policy, ["Always"]))
        }
        if let type = spec[path: "strategy", "type"]?.string, !["Recreate", "RollingUpdate"].contains(type) {
            faults.append(.unsupported("spec.strategy.type", type, ["Recreate", "RollingUpdate"]))
        }
        return faults
    }
}
