import Delivery
import Foundation
import Kube
import Store
import Testing

@testable import Releases

@Suite struct DriftTests {
    private let desired: JSON = [
        "kind": "Deployment", "metadata": ["name": "ships", "labels": ["app": "ships"]],
        "spec": ["replicas": 4, "paused": false],
    ]

    private func live(_ change: (inout JSON) -> Void) -> [ObjectKey: JSON] {
        var object = ApplyPlan.creation(desired)
        object[path: "status"] = ["replicas": 4]
        change(&object)
        return [ObjectKey(desired): object]
    }

    @Test func `What others have added is no drift`() {
        #expect(
            Drift.between([desired], live { $0[path: "spec", "progressDeadlineSeconds"] = 600 }, own: "estiba").isEmpty)
    }

    @Test func `A changed field is named with both values and with who wrote last`() {
        let found = Drift.between(
            [desired],
            live { object in
                object[path: "spec", "replicas"] = 1
                object[path: "metadata", "labels", "app"] = nil
                object[path: "metadata", "managedFields"] = [
                    ["manager": "kubectl-scale", "time": "2026-12-02T12:00:00Z", "subresource": "scale"],
                    ["manager": "kubectl-edit", "time": "2026-12-02T11:00:00Z"],
                    ["manager": "estiba", "time": "2026-12-02T13:00:00Z"],
                    ["manager": "kubelet", "time": "2026-12-02T14:00:00Z", "subresource": "status"],
                ]
            }, own: "estiba")
        #expect(
            found.first?.changes.sorted() == [
                "metadata.labels.app nothing instead of ships", "spec.replicas 1 instead of 4",
            ])
        #expect(
            found.first?.summary.hasPrefix("Deployment/ships was changed by kubectl-scale at 2026-12-02T12:00:00Z: ")
                == true)
    }

    @Test func `An object that is gone is drift`() {
        #expect(Drift.between([desired], [:], own: "estiba").map(\.summary) == ["Deployment/ships was deleted"])
    }

    @Test func `A change by hand is said once, also over a restart, and taken back when it is undone`() async throws {
        let stage = try Stage()
        defer { stage.remove() }
        _ = try await stage.deliver()
        let path = Deployment.resource.path(namespace: "harbour-prod", name: "ships")
        let scale: JSON = ["spec": ["replicas": 1]]
        try await stage.play { pipeline in
            await pipeline.lookForDrift()
            #expect(try await pipeline.status().allSatisfy { $0.drift == nil })
            try await stage.cluster.client.json(
                "PATCH", path, contentType: "application/merge-patch+json", body: scale)
            await pipeline.lookForDrift()
            await pipeline.lookForDrift()
            #expect(try await pipeline.status().last?.drift?.first?.changes == ["spec.replicas 1 instead of 4"])
        }
        let later = try Stage(after: stage)
        try await later.play { pipeline in
            await pipeline.lookForDrift()
            try await later.cluster.client.json(
                "PATCH", path, contentType: "application/merge-patch+json", body: ["spec": ["replicas": 4]])
            await pipeline.lookForDrift()
        }
        let events = try await later.journal.events(Journal.Filter(kinds: [.driftFound, .driftGone]))
        #expect(events.map(\.kind) == [.driftFound, .driftGone])
        #expect(events.first?.message.hasSuffix("spec.replicas 1 instead of 4") == true)
        #expect(events.first?.release?.number == 1)
    }
}
