import Kube
import Problems
import Testing

@testable import Releases

@Suite struct WorkloadOrderTests {
    private func workload(_ name: String, after: String? = nil, kind: String = "Deployment") -> JSON {
        var object: JSON = ["kind": .string(kind), "metadata": ["name": .string(name)]]
        if let after { object[path: "metadata", "annotations", WorkloadOrder.after] = .string(after) }
        return object
    }

    @Test func `Workloads change in waves, those that others wait for first`() throws {
        let waves = try WorkloadOrder.waves([
            workload("web", after: "api, queue"), workload("api", after: "db"), workload("queue"),
            workload("db", kind: "StatefulSet"), ["kind": "Service", "metadata": ["name": "web"]],
        ])
        #expect(
            waves.map { $0.map(\.description) } == [
                ["Deployment/queue", "StatefulSet/db"], ["Deployment/api"], ["Deployment/web"],
            ])
        #expect(try WorkloadOrder.waves([]).isEmpty)
    }

    @Test func `A name that is no workload and a circle are errors`() {
        #expect { try WorkloadOrder.waves([workload("web", after: "apj"), workload("api")]) } throws: {
            ($0 as? PlainProblem)?.remedy == "Did you mean \"api\"?"
        }
        #expect { try WorkloadOrder.waves([workload("a", after: "b"), workload("b", after: "a")]) } throws: {
            ($0 as? PlainProblem)?.code == "releases.order.circle"
        }
    }

    @Test func `A workload changes once those that it names serve their new pods`() async throws {
        let stage = try Stage(
            Stage.Script(
                manifests: Samples.manifests.replacing(
                    "metadata: { name: ships }\nspec:\n  replicas",
                    with: "metadata: { name: ships, annotations: { estiba.dev/after: routes } }\nspec:\n  replicas")))
        defer { stage.remove() }
        _ = try await stage.deliver("0", to: "dev")
        let writes = stage.cluster.writes.filter { $0.hasPrefix("POST Deployment") }
        #expect(writes == ["POST Deployment/routes", "POST Deployment/ships"])
    }

    @Test func `Recreate takes away what a server has filled in for rolling`() throws {
        let file = Samples.file.replacing("dev: {}", with: "dev: { strategy: recreate }")
        let set = try Samples.rendered(try Samples.content(1, file: file), in: "dev")
        let desired = try #require(set[ObjectKey(kind: "Deployment", name: "ships")])
        #expect(desired[path: "spec", "strategy"] == ["type": "Recreate"])
        var live = desired
        live[path: "spec", "strategy"] = ["type": "RollingUpdate", "rollingUpdate": ["maxSurge": 1]]
        let patch = ApplyPlan.patch(from: live, to: desired)
        #expect(patch?[path: "spec", "strategy"] == ["type": "Recreate", "rollingUpdate": .null])
        #expect(throws: (any Error).self) {
            try Samples.read(Samples.file.replacing("canary:", with: "strategy: recreate\n    canary:"))
        }
    }

    @Test(arguments: [
        (3, 3, 3, "b", Readiness.ready(pods: 3)), (3, 1, 3, "b", Readiness.waiting("1 of 3 pods are new")),
        (3, 3, 2, "b", Readiness.waiting("2 of 3 pods are ready")), (3, 0, 3, "a", Readiness.ready(pods: 3)),
    ])
    func `A StatefulSet is ready when all pods are of its newest revision`(
        _ wanted: Int, _ updated: Int, _ ready: Int, _ revision: String, _ expected: Readiness
    ) {
        let set: JSON = [
            "metadata": ["generation": 2], "spec": ["replicas": .int(Int64(wanted))],
            "status": [
                "observedGeneration": 2, "updatedReplicas": .int(Int64(updated)), "readyReplicas": .int(Int64(ready)),
                "currentRevision": "a", "updateRevision": .string(revision),
            ],
        ]
        #expect(Readiness.of(statefulSet: set) == expected)
    }
}
