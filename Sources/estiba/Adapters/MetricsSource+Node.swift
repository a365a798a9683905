import Node
import Scraping

/// What the containers of this node use, under the names of cAdvisor.
struct NodeMetrics: MetricsSource {
    let node: NodeAgent

    func exposition() async -> [UInt8] {
        var text = "# TYPE container_cpu_usage_seconds_total counter\n"
        let stats = await node.stats()
        for one in stats { text += "container_cpu_usage_seconds_total{\(labels(one))} \(one.cpuSeconds)\n" }
        text += "# TYPE container_memory_working_set_bytes gauge\n"
        for one in stats { text += "container_memory_working_set_bytes{\(labels(one))} \(one.memoryWorkingSet)\n" }
        return Array(text.utf8)
    }

    private func labels(_ one: ContainerStats) -> String {
        "namespace=\"\(one.namespace)\",pod=\"\(one.pod)\",container=\"\(one.container)\""
    }
}
