package import Kube

/// Fields of a pod that its containers may see.
///
/// https://kubernetes.io/docs/concepts/workloads/pods/downward-api/
package struct DownwardValues: Sendable {
    package var pod: Pod
    package var podAddress: String?
    package var hostAddress: String
    /// Bytes of memory and thousandths of cores, for containers without limits.
    package var nodeMemory: Int
    package var nodeMilliCores: Int

    package init(pod: Pod, podAddress: String?, hostAddress: String, nodeMemory: Int, nodeMilliCores: Int) {
        self.pod = pod
        self.podAddress = podAddress
        self.hostAddress = hostAddress
        self.nodeMemory = nodeMemory
        self.nodeMilliCores = nodeMilliCores
    }

    /// The text of a field such as `metadata.labels['app']`; nil where the path isn't one that may be seen.
    package func field(_ path: String) -> String? {
        switch path {
        case "metadata.name": pod.name
        case "metadata.namespace": pod.namespace
        case "metadata.uid": pod.metadata.uid ?? ""
        case "metadata.labels": Self.lines(pod.metadata.labels ?? [:])
        case "metadata.annotations": Self.lines(pod.metadata.annotations ?? [:])
        case "spec.nodeName": pod.spec.nodeName ?? ""
        case "spec.serviceAccountName": pod.spec.serviceAccountName ?? "default"
        case "status.podIP", "status.podIPs": podAddress ?? ""
        case "status.hostIP", "status.hostIPs": hostAddress
        default:
            keyed(path, "metadata.labels", pod.metadata.labels)
                ?? keyed(path, "metadata.annotations", pod.metadata.annotations)
        }
    }

    /// The number of a resource such as `limits.memory`, divided and rounded up; nil for what isn't supported.
    package func resource(_ reference: ResourceFieldReference, of container: Container) -> String? {
        let named = reference.containerName.flatMap { name in
            (pod.spec.containers + (pod.spec.initContainers ?? [])).first { $0.name == name }
        }
        let resources = (named ?? container).resources
        let milli: Int
        switch reference.resource {
        case "limits.cpu": milli = resources?.limits?["cpu"]?.milli ?? nodeMilliCores
        case "limits.memory": milli = resources?.limits?["memory"]?.milli ?? nodeMemory * 1000
        case "requests.cpu": milli = (resources?.requests?["cpu"] ?? resources?.limits?["cpu"])?.milli ?? 0
        case "requests.memory": milli = (resources?.requests?["memory"] ?? resources?.limits?["memory"])?.milli ?? 0
        default: return nil
        }
        let divisor = reference.divisor.flatMap { Quantity($0)?.milli } ?? 0
        let unit = divisor > 0 ? divisor : 1000
        return String((milli + unit - 1) / unit)
    }

    private func keyed(_ path: String, _ prefix: String, _ map: [String: String]?) -> String? {
        guard path.hasPrefix(prefix + "['"), path.hasSuffix("']") else { return nil }
        return map?[String(path.dropFirst(prefix.count + 2).dropLast(2))] ?? ""
    }

    private static func lines(_ map: [String: String]) -> String {
        map.sorted { $0.key < $1.key }.map { "\($0.key)=\"\(escape($0.value))\"" }.joined(separator: "\n")
    }

    private static func escape(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
