import Kube

/// The values of fields that Deployments and ReplicaSets leave out.
enum WorkloadDefaults {
    static func deployment(_ object: inout JSON) {
        object.update("spec") { spec in
            spec.fill("replicas", 1)
            spec.fill("revisionHistoryLimit", 10)
            spec.fill("progressDeadlineSeconds", 600)
            spec.fill("strategy", [:])
            spec.update("strategy") { strategy in
                strategy.fill("type", "RollingUpdate")
                guard strategy["type"] == "RollingUpdate" else { return }
                strategy.fill("rollingUpdate", [:])
                strategy.update("rollingUpdate") { rolling in
                    rolling.fill("maxUnavailable", "25%")
                    rolling.fill("maxSurge", "25%")
                }
            }
            spec.update("template", template)
        }
        object.fill("status", [:])
    }

    static func replicaSet(_ object: inout JSON) {
        object.update("spec") { spec in
            spec.fill("replicas", 1)
            spec.update("template", template)
        }
        object.fill("status", ["replicas": 0])
    }

    private static func template(_ template: inout JSON) {
        template.fill("metadata", [:])
        template.update("spec", PodDefaults.applyToSpec)
    }
}
