import Kube
import Testing

@testable import Controllers

@Suite struct SchedulingPlanTests {
    func node(
        _ name: String, cpu: Quantity = "2", pods: Quantity = "10", ready: Bool = true, labels: [String: String] = [:],
        cordoned: Bool = false
    ) -> KubeNode {
        var object = KubeNode(metadata: ObjectMeta(name: name, labels: labels))
        var status = KubeNode.Status()
        status.allocatable = ["cpu": cpu, "memory": "4Gi", "pods": pods]
        status.conditions = [Condition(type: "Ready", status: ready ? "True" : "False")]
        object.status = status
        object.spec = KubeNode.Spec()
        object.spec?.unschedulable = cordoned
        return object
    }

    func plan(_ pod: Pod, _ nodes: [KubeNode], _ assigned: [Pod] = []) -> SchedulingPlan {
        SchedulingPlan.make(SchedulingFacts(pod: pod, nodes: nodes, assigned: assigned))
    }

    func reason(_ plan: SchedulingPlan) -> String? {
        guard case .unschedulable(let message) = plan else { return nil }
        return message.split(separator: ". preemption").first.map(String.init)
    }

    @Test func `a pod goes where most stays free`() {
        let nodes = [node("a"), node("b"), node("c", cpu: "1")]
        #expect(plan(pod("p", cpu: "500m"), nodes) == .bind(node: "a"))
        #expect(plan(pod("p", cpu: "500m"), nodes, [pod("q", node: "a", cpu: "1")]) == .bind(node: "b"))
    }

    @Test func `obstacles are named in the words that people search for`() {
        let busy = [pod("q", node: "a", cpu: "1800m")]
        #expect(reason(plan(pod("p", cpu: "500m"), [node("a")], busy)) == "0/1 nodes are available: 1 Insufficient cpu")
        #expect(reason(plan(pod("p"), [node("a", pods: "1")], busy)) == "0/1 nodes are available: 1 Too many pods")
        #expect(
            reason(plan(pod("p"), [node("a", cordoned: true), node("b", ready: false)]))
                == "0/2 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/not-ready: }, 1 node(s) were unschedulable"
        )
        let picky = pod("p") { $0.spec.nodeSelector = ["disk": "ssd"] }
        #expect(
            reason(plan(picky, [node("a")]))
                == "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector")
        #expect(plan(picky, [node("a"), node("b", labels: ["disk": "ssd"])]) == .bind(node: "b"))
        #expect(reason(plan(pod("p"), [])) == "no nodes available to schedule pods")
    }

    @Test func `limits stand in for requests, and init containers count where they need more`() {
        let object = pod("p", cpu: "100m") {
            $0.spec.containers[0].resources?.limits = ["memory": "1Gi", "cpu": "2"]
            var setup = Container(name: "init", image: nil)
            setup.resources = ResourceRequirements(requests: ["cpu": "700m", "memory": "1Mi"])
            $0.spec.initContainers = [setup]
        }
        let requests = PodRequests(object)
        #expect(requests.milli["cpu"] == 700)
        #expect(requests.milli["memory"] == 1_073_741_824_000)
    }
}
