import Kube

/// The values of fields that a pod, or the template of one, leaves out.
enum PodDefaults {
    static func applyToPod(_ pod: inout JSON) {
        pod.update("spec") { spec in
            applyToSpec(&spec)
            spec.fill("enableServiceLinks", true)
            for list in ["containers", "initContainers"] {
                spec.updateEach(list) { container in
                    container.update("resources") { resources in requestsFromLimits(&resources) }
                }
            }
        }
        pod.fill("status", [:])
        let qos = qosClass(pod["spec"] ?? [:])
        pod.update("status") { status in
            status.fill("phase", "Pending")
            status.fill("qosClass", .string(qos))
        }
    }

    static func applyToSpec(_ spec: inout JSON) {
        spec.fill("restartPolicy", "Always")
        spec.fill("terminationGracePeriodSeconds", 30)
        spec.fill("dnsPolicy", "ClusterFirst")
        spec.fill("securityContext", [:])
        spec.fill("schedulerName", "default-scheduler")
        if let account = spec["serviceAccountName"] ?? spec["serviceAccount"] {
            spec["serviceAccountName"] = account
            spec["serviceAccount"] = account
        }
        let isHostNetwork = spec["hostNetwork"]?.bool == true
        for list in ["initContainers", "containers"] {
            spec.updateEach(list) { container in apply(toContainer: &container, isHostNetwork: isHostNetwork) }
        }
        spec.updateEach("volumes", volume)
    }

    private static func apply(toContainer container: inout JSON, isHostNetwork: Bool) {
        container.fill("imagePullPolicy", .string(pullPolicy(container["image"]?.string ?? "")))
        container.fill("resources", [:])
        container.fill("terminationMessagePath", "/dev/termination-log")
        container.fill("terminationMessagePolicy", "File")
        container.updateEach("ports") { port in
            port.fill("protocol", "TCP")
            if isHostNetwork, let number = port["containerPort"] { port.fill("hostPort", number) }
        }
        for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
            container.update(probe) { probe in
                probe.fill("timeoutSeconds", 1)
                probe.fill("periodSeconds", 10)
                probe.fill("successThreshold", 1)
                probe.fill("failureThreshold", 3)
                action(&probe)
            }
        }
        container.update("lifecycle") { lifecycle in
            lifecycle.update("postStart", action)
            lifecycle.update("preStop", action)
        }
        container.updateEach("env") { variable in
            variable.update("valueFrom") { source in
                source.update("fieldRef") { $0.fill("apiVersion", "v1") }
                source.update("resourceFieldRef") { $0.fill("divisor", "0") }
            }
        }
    }

    private static func action(_ handler: inout JSON) {
        handler.update("httpGet") { get in
            get.fill("path", "/")
            get.fill("scheme", "HTTP")
        }
        handler.update("grpc") { $0.fill("service", "") }
    }

    /// Images without a tag, or with `latest`, may change under their name.
    static func pullPolicy(_ image: String) -> String {
        if image.contains("@") { return "IfNotPresent" }
        let last = image.split(separator: "/").last ?? ""
        guard let colon = last.lastIndex(of: ":") else { return "Always" }
        return last[last.index(after: colon)...] == "latest" ? "Always" : "IfNotPresent"
    }

    private static let volumeSources = [
        "hostPath", "emptyDir", "secret", "configMap", "downwardAPI", "projected", "persistentVolumeClaim", "nfs",
        "csi",
        "ephemeral", "image", "gcePersistentDisk", "awsElasticBlockStore", "gitRepo", "iscsi", "glusterfs", "rbd",
        "flexVolume", "cinder", "cephfs", "flocker", "fc", "azureFile", "azureDisk", "vsphereVolume", "quobyte",
        "photonPersistentDisk", "portworxVolume", "scaleIO", "storageos",
    ]

    private static func volume(_ volume: inout JSON) {
        if !volumeSources.contains(where: { volume[$0] != nil }) { volume["emptyDir"] = [:] }
        for source in ["secret", "configMap", "downwardAPI", "projected"] {
            volume.update(source) { $0.fill("defaultMode", 420) }
        }
        volume.update("hostPath") { $0.fill("type", "") }
        volume.update("downwardAPI") { downward in downwardItems(&downward) }
        volume.update("projected") { projected in
            projected.updateEach("sources") { source in
                source.update("serviceAccountToken") { $0.fill("expirationSeconds", 3600) }
                source.update("downwardAPI") { downward in downwardItems(&downward) }
            }
        }
    }

    private static func downwardItems(_ downward: inout JSON) {
        downward.updateEach("items") { item in item.update("fieldRef") { $0.fill("apiVersion", "v1") } }
    }

    private static func requestsFromLimits(_ resources: inout JSON) {
        guard let limits = resources["limits"]?.object else { return }
        var requests = resources["requests"] ?? .emptyObject
        for (name, quantity) in limits { requests.fill(name, quantity) }
        resources["requests"] = requests
    }

    /// Guaranteed where every container's limits equal its requests for both processor and memory; BestEffort where
    /// nothing is asked for; else Burstable.
    static func qosClass(_ spec: JSON) -> String {
        let containers = (spec["containers"]?.array ?? []) + (spec["initContainers"]?.array ?? [])
        var isGuaranteed = true
        var isBestEffort = true
        for container in containers {
            for resource in ["cpu", "memory"] {
                let request = quantity(container, "requests", resource)
                let limit = quantity(container, "limits", resource)
                if request != nil || limit != nil { isBestEffort = false }
                if limit == nil || (request ?? limit) != limit { isGuaranteed = false }
            }
        }
        return isBestEffort ? "BestEffort" : isGuaranteed ? "Guaranteed" : "Burstable"
    }

    private static func quantity(_ container: JSON, _ kind: String, _ resource: String) -> Quantity? {
        guard let value = container[path: "resources", kind, resource] else { return nil }
        let quantity = Quantity(value.string ?? value.text)
        return quantity?.milli == 0 ? nil : quantity
    }
}
