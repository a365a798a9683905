import Kube
import Testing

@testable import Controllers

@Suite struct DeploymentPlanTests {
    struct Step: Sendable, CustomTestStringConvertible {
        let replicas: Int
        var surge: IntOrString = "25%"
        var unavailable: IntOrString = "25%"
        /// Wanted and available pods of the old and the new ReplicaSet; nil where there is none.
        let old: (Int, Int)?
        let new: (Int, Int)?
        let does: [String]
        var testDescription: String { "\(replicas): old \(String(describing: old)) new \(String(describing: new))" }
    }

    static let rolling: [Step] = [
        Step(replicas: 4, old: nil, new: nil, does: ["create 4"]),
        Step(replicas: 4, old: (4, 4), new: nil, does: ["create 1"]),
        Step(replicas: 4, old: (4, 4), new: (1, 0), does: ["scale a:1 4→3"]),
        Step(replicas: 4, old: (3, 3), new: (1, 0), does: ["scale a:2 1→2"]),
        Step(replicas: 4, old: (3, 3), new: (2, 0), does: []),
        Step(replicas: 4, old: (3, 3), new: (2, 1), does: ["scale a:1 3→2"]),
        Step(replicas: 4, old: (2, 2), new: (2, 1), does: ["scale a:2 2→3"]),
        Step(replicas: 4, old: (1, 1), new: (4, 4), does: ["scale a:1 1→0"]),
        Step(replicas: 4, old: (0, 0), new: (4, 4), does: []),
        Step(replicas: 1, old: (1, 1), new: nil, does: ["create 1"]),
        Step(replicas: 1, old: (1, 1), new: (1, 0), does: []),
        Step(replicas: 1, old: (1, 1), new: (1, 1), does: ["scale a:1 1→0"]),
        Step(replicas: 1, surge: 0, unavailable: 0, old: (1, 1), new: nil, does: ["create 0"]),
        Step(replicas: 1, surge: 0, unavailable: 0, old: (1, 1), new: (0, 0), does: ["scale a:1 1→0"]),
        Step(replicas: 10, surge: 3, unavailable: 2, old: (10, 10), new: nil, does: ["create 3"]),
        Step(replicas: 10, surge: 3, unavailable: 2, old: (10, 10), new: (3, 0), does: ["scale a:1 10→8"]),
        // Old pods that never became available go without waiting.
        Step(replicas: 4, old: (4, 0), new: (1, 0), does: ["scale a:1 4→3"]),
        Step(replicas: 3, surge: 1, unavailable: 1, old: (3, 1), new: (1, 1), does: ["scale a:1 3→1"]),
    ]

    @Test("A rolling update never leaves its bounds", arguments: rolling)
    func step(_ step: Step) {
        let strategy = DeploymentStrategy(
            type: "RollingUpdate",
            rollingUpdate: DeploymentStrategy.RollingUpdate(maxUnavailable: step.unavailable, maxSurge: step.surge))
        var owned: [ReplicaSet] = []
        if let (wanted, available) = step.old { owned.append(replicaSet("a:1", wanted: wanted, available: available)) }
        if let (wanted, available) = step.new {
            owned.append(replicaSet("a:2", wanted: wanted, available: available, revision: 2, created: 9))
        }
        let facts = DeploymentFacts(deployment: deployment(step.replicas, strategy: strategy), owned: owned)
        #expect(words(DeploymentPlan.make(facts, now: noon)).filter { !$0.hasPrefix("revision") } == step.does)
    }

    @Test func `recreate waits until the old pods are gone`() {
        let recreate = DeploymentStrategy(type: "Recreate")
        var facts = DeploymentFacts(
            deployment: deployment(strategy: recreate), owned: [replicaSet("a:1", wanted: 4, available: 4)],
            hasOldPods: true)
        #expect(words(DeploymentPlan.make(facts, now: noon)) == ["scale a:1 4→0"])
        facts.owned = [replicaSet("a:1", wanted: 0, available: 0)]
        #expect(words(DeploymentPlan.make(facts, now: noon)) == [])
        facts.hasOldPods = false
        #expect(words(DeploymentPlan.make(facts, now: noon)) == ["create 4", "revision 2"])
    }

    @Test func `a paused Deployment is scaled but not rolled`() {
        let sizes = [Revisions.desired: "4", Revisions.maximum: "5"]
        let paused = deployment(4) { $0.spec.paused = true }
        let owned = [replicaSet("a:1", wanted: 4, available: 4, annotations: sizes)]
        let plan = DeploymentPlan.make(DeploymentFacts(deployment: paused, owned: owned), now: noon)
        #expect(words(plan) == [])
        #expect(plan.status.conditions?.first { $0.type == "Progressing" }?.reason == "DeploymentPaused")
        let larger = deployment(6) { $0.spec.paused = true }
        #expect(
            words(DeploymentPlan.make(DeploymentFacts(deployment: larger, owned: owned), now: noon)) == [
                "scale a:1 4→6"
            ])
    }

    @Test func `scaling in the middle of a rollout keeps the shares`() {
        let sizes = [Revisions.desired: "10", Revisions.maximum: "13"]
        let owned = [
            replicaSet("a:1", wanted: 8, available: 8, annotations: sizes),
            replicaSet("a:2", wanted: 5, available: 0, revision: 2, created: 9, annotations: sizes),
        ]
        let plan = DeploymentPlan.make(DeploymentFacts(deployment: deployment(20), owned: owned), now: noon)
        #expect(words(plan).filter { $0.hasPrefix("scale") }.sorted() == ["scale a:1 8→15", "scale a:2 5→10"])
    }

    @Test func `a template seen before gets its ReplicaSet and the next revision`() throws {
        let owned = [
            replicaSet("a:2", wanted: 0, available: 0, revision: 1),
            replicaSet("a:3", wanted: 4, available: 4, revision: 2, created: 9),
        ]
        let plan = DeploymentPlan.make(DeploymentFacts(deployment: deployment(), owned: owned), now: noon)
        #expect(words(plan) == ["scale a:2 0→1", "revision 3"])
        let noted = plan.actions.compactMap { if case .annotate(_, let annotations) = $0 { annotations } else { nil } }
        #expect(noted == [[Revisions.revision: "3", Revisions.history: "1"]])
    }

    @Test func `the history keeps as many empty ReplicaSets as asked for`() {
        let owned =
            (1...4).map { replicaSet("old:\($0)", wanted: 0, available: 0, revision: $0, created: $0) }
            + [replicaSet("a:2", wanted: 4, available: 4, revision: 5, created: 9)]
        let limited = deployment { $0.spec.revisionHistoryLimit = 2 }
        let plan = DeploymentPlan.make(DeploymentFacts(deployment: limited, owned: owned), now: noon)
        #expect(words(plan).filter { $0.hasPrefix("delete") } == ["delete 1", "delete 2"])
    }

    @Test func `the hash doesn't depend on the order of keys`() {
        let left = PodTemplate(metadata: nil, spec: ["a": 1, "b": ["c": 2, "d": 3]])
        let right = PodTemplate(metadata: nil, spec: ["b": ["d": 3, "c": 2], "a": 1])
        #expect(Revisions.hash(left, collisions: 0) == Revisions.hash(right, collisions: 0))
        #expect(Revisions.hash(left, collisions: 0) != Revisions.hash(left, collisions: 1))
        #expect(
            Revisions.hash(left, collisions: 0)
                != Revisions.hash(PodTemplate(metadata: nil, spec: ["a": 1]), collisions: 0))
    }
}
