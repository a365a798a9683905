import Kube
import Testing

@testable import Controllers

@Suite struct ReplicaSetPlanTests {
    func plan(wanted: Int, _ owned: [Pod], orphans: [Pod] = [], change: (inout ReplicaSet) -> Void = { _ in })
        -> ReplicaSetPlan
    {
        var object = replicaSet("a:2", wanted: wanted, available: 0)
        object.spec.selector = LabelSelector(matchLabels: ["app": "web"])
        object.spec.template.metadata?.labels = ["app": "web"]
        change(&object)
        return ReplicaSetPlan.make(ReplicaSetFacts(replicaSet: object, owned: owned, orphans: orphans), now: noon)
    }

    @Test func `missing pods are made, finished and leaving ones don't count`() {
        let pods = [
            pod("a", ready: true), pod("b", phase: "Failed"), pod("c") { $0.metadata.deletionTimestamp = noon.text },
        ]
        let plan = plan(wanted: 3, pods)
        #expect(plan.create == 2)
        #expect(plan.status.replicas == 1 && plan.status.readyReplicas == 1)
        #expect(self.plan(wanted: 5000, []).create == 500)
    }

    @Test func `those that serve least go first`() {
        let pods = [
            pod("ready-old", ready: true, node: "n", readySince: -500), pod("ready-young", ready: true, node: "n"),
            pod("cheap", ready: true, node: "n", readySince: -900) {
                $0.metadata.annotations = ["controller.kubernetes.io/pod-deletion-cost": "-5"]
            },
            pod("running", node: "n", phase: "Running"), pod("pending", node: "n"), pod("unassigned"),
        ]
        #expect(
            plan(wanted: 0, pods).delete.map(\.name) == [
                "unassigned", "pending", "running", "cheap", "ready-young", "ready-old",
            ])
        #expect(plan(wanted: 5, pods).delete.map(\.name) == ["unassigned"])
    }

    @Test func `a pod whose labels no longer match is let go and replaced`() {
        let plan = plan(wanted: 1, [pod("a", ready: true, labels: ["app": "debug"])])
        #expect(plan.release.map(\.name) == ["a"])
        #expect(plan.create == 1)
    }

    @Test func `a matching pod without an owner is taken in`() {
        let plan = plan(wanted: 1, [], orphans: [pod("a")])
        #expect(plan.adopt.map(\.name) == ["a"])
        #expect(plan.create == 0)
    }

    @Test func `a pod is available after it was ready for long enough`() {
        let pods = [pod("a", ready: true, readySince: -30), pod("b", ready: true, readySince: -4)]
        let plan = plan(wanted: 2, pods) { $0.spec.minReadySeconds = 10 }
        #expect(plan.status.readyReplicas == 2)
        #expect(plan.status.availableReplicas == 1)
        #expect(plan.lookAgain == .seconds(6))
    }

    @Test func `a ReplicaSet that is being deleted makes nothing`() {
        let plan = plan(wanted: 3, [], orphans: [pod("a")]) { $0.metadata.deletionTimestamp = noon.text }
        #expect(plan.create == 0 && plan.adopt.isEmpty)
    }
}
