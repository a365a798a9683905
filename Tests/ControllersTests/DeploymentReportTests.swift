import Kube
import Testing

@testable import Controllers

@Suite struct DeploymentReportTests {
    func condition(_ type: String, _ plan: DeploymentPlan) -> Condition? {
        plan.status.conditions?.first { $0.type == type }
    }

    @Test func `a finished rollout says so in the words that clients wait for`() {
        let facts = DeploymentFacts(
            deployment: deployment(), owned: [replicaSet("a:2", wanted: 4, available: 4)])
        let plan = DeploymentPlan.make(facts, now: noon)
        #expect(plan.status.observedGeneration == 7)
        #expect(plan.status.replicas == 4 && plan.status.updatedReplicas == 4 && plan.status.availableReplicas == 4)
        #expect(plan.status.unavailableReplicas == 0)
        #expect(condition("Available", plan)?.reason == "MinimumReplicasAvailable")
        #expect(condition("Progressing", plan)?.reason == "NewReplicaSetAvailable")
        #expect(condition("Progressing", plan)?.status == "True")
        #expect(plan.lookAgain == nil)
    }

    @Test func `too few pods are not available`() {
        let plan = DeploymentPlan.make(
            DeploymentFacts(deployment: deployment(), owned: [replicaSet("a:2", wanted: 4, available: 2)]), now: noon)
        #expect(condition("Available", plan)?.status == "False")
        #expect(condition("Progressing", plan)?.reason == "ReplicaSetUpdated")
        #expect(plan.status.unavailableReplicas == 2)
    }

    @Test func `a rollout without progress ends at its deadline`() {
        func stuck(since seconds: Double) -> DeploymentPlan {
            var object = deployment()
            var status = DeploymentStatus()
            status.replicas = 4
            status.updatedReplicas = 4
            status.readyReplicas = 1
            status.availableReplicas = 1
            let time = Moment(seconds: noon.seconds - seconds).text
            status.conditions = [
                Condition(
                    type: "Progressing", status: "True", reason: "ReplicaSetUpdated", lastTransitionTime: time,
                    lastUpdateTime: time)
            ]
            object.status = status
            return DeploymentPlan.make(
                DeploymentFacts(deployment: object, owned: [replicaSet("a:2", wanted: 4, available: 1)]), now: noon)
        }
        #expect(condition("Progressing", stuck(since: 500))?.reason == "ReplicaSetUpdated")
        #expect(stuck(since: 500).lookAgain == .seconds(101))
        #expect(condition("Progressing", stuck(since: 601))?.reason == "ProgressDeadlineExceeded")
        #expect(condition("Progressing", stuck(since: 601))?.status == "False")
    }

    @Test func `times of a condition change only with it`() {
        var conditions = Conditions([], now: noon)
        conditions.set("Available", "True", "A", "one")
        var later = Conditions(conditions.list, now: Moment(seconds: noon.seconds + 9))
        later.set("Available", "True", "A", "two")
        #expect(later["Available"]?.lastUpdateTime == noon.text)
        #expect(later["Available"]?.message == "two")
        later.set("Available", "True", "B", "three")
        #expect(later["Available"]?.lastTransitionTime == noon.text)
        #expect(later["Available"]?.lastUpdateTime != noon.text)
        later.set("Available", "False", "C", "four")
        #expect(later["Available"]?.lastTransitionTime != noon.text)
    }
}
