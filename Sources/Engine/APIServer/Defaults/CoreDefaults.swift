import FoundationEssentials
import Kube

/// The values that a Namespace leaves out.
enum NamespaceDefaults {
    static func apply(_ namespace: inout JSON) {
        if let name = namespace[path: "metadata", "name"] {
            namespace.update("metadata") { metadata in
                var labels = metadata["labels"] ?? .emptyObject
                labels["kubernetes.io/metadata.name"] = name
                metadata["labels"] = labels
            }
        }
        namespace.fill("spec", [:])
        namespace.update("spec") { $0.fill("finalizers", ["kubernetes"]) }
        namespace.fill("status", [:])
        namespace.update("status") { $0.fill("phase", "Active") }
    }
}

/// The values that a Secret leaves out; `stringData` becomes `data`.
enum SecretDefaults {
    static func apply(_ secret: inout JSON) {
        if let plain = secret["stringData"]?.object {
            var data = secret["data"] ?? .emptyObject
            for (key, value) in plain {
                if let text = value.string { data[key] = .string(Data(text.utf8).base64EncodedString()) }
            }
            secret["data"] = data
            secret["stringData"] = nil
        }
        secret.fill("type", "Opaque")
    }
}

/// The values that a Service leaves out; addresses and node ports are given out when it is written.
enum ServiceDefaults {
    static func apply(_ service: inout JSON) {
        service.fill("status", ["loadBalancer": [:]])
        service.update("spec") { spec in
            spec.fill("type", "ClusterIP")
            spec.fill("sessionAffinity", "None")
            if spec["sessionAffinity"] == "ClientIP" {
                spec.fill("sessionAffinityConfig", ["clientIP": ["timeoutSeconds": 10800]])
            }
            spec.updateEach("ports") { port in
                port.fill("protocol", "TCP")
                if let number = port["port"] { port.fill("targetPort", number) }
            }
            guard spec["type"] != "ExternalName" else { return }
            spec.fill("internalTrafficPolicy", "Cluster")
            spec.fill("ipFamilies", ["IPv4"])
            spec.fill("ipFamilyPolicy", "SingleStack")
            let type = spec["type"]
            if type == "NodePort" || type == "LoadBalancer" {
                spec.fill("externalTrafficPolicy", "Cluster")
            } else {
                spec["externalTrafficPolicy"] = nil
                spec.updateEach("ports") { $0["nodePort"] = nil }
            }
            if type == "LoadBalancer" { spec.fill("allocateLoadBalancerNodePorts", true) }
        }
    }
}

/// The values that an EndpointSlice leaves out.
enum EndpointSliceDefaults {
    static func apply(_ slice: inout JSON) {
        slice.updateEach("ports") { port in
            port.fill("name", "")
            port.fill("protocol", "TCP")
        }
        slice.updateEach("endpoints") { $0.fill("conditions", [:]) }
    }
}
