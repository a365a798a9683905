import Delivery
import Kube

/// Decides what of a pod is scraped, from its annotations.
enum PodTargets {
    private static let scrape = "prometheus.io/scrape"
    private static let port = "prometheus.io/port"
    private static let path = "prometheus.io/path"
    private static let scheme = "prometheus.io/scheme"
    private static let honorLabels = "prometheus.io/honor-labels"

    /// The pod's target; nil where it does not ask to be scraped, does not run, or has neither annotation nor port.
    static func target(_ pod: Pod) -> ScrapeTarget? {
        let annotations = pod.metadata.annotations ?? [:]
        guard annotations[scrape] == "true", pod.status?.phase == "Running", !pod.isTerminating,
            let address = pod.status?.podIP, !address.isEmpty
        else { return nil }
        let declared = pod.spec.containers.flatMap { $0.ports ?? [] }.first.map { String($0.containerPort) }
        guard let port = annotations[port] ?? declared else { return nil }
        let scheme = annotations[scheme] ?? "http"
        let path = annotations[path] ?? "/metrics"
        let host = address.contains(":") ? "[\(address)]" : address
        var labels = Labels.telemetry(from: pod.metadata.labels ?? [:])
        labels["namespace"] = pod.metadata.namespace ?? "default"
        labels["pod"] = pod.name
        labels["job"] = labels["service"] ?? pod.metadata.labels?["app"] ?? pod.name
        labels["instance"] = "\(host):\(port)"
        return ScrapeTarget(
            address: "\(scheme)://\(host):\(port)\(path.hasPrefix("/") ? "" : "/")\(path)", pool: "pods",
            labels: labels,
            honorsLabels: annotations[honorLabels] == "true")
    }

    /// Identifies a pod among all.
    static func key(_ pod: Pod) -> String { "\(pod.metadata.namespace ?? "default")/\(pod.name)" }
}
