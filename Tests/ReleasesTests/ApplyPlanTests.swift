import Kube
import Testing

@testable import Releases

@Suite struct ApplyPlanTests {
    private func live(_ desired: JSON, defaults: (inout JSON) -> Void = { _ in }) -> JSON {
        var object = ApplyPlan.creation(desired)
        defaults(&object)
        return object
    }

    @Test func `What is there already needs no patch, whatever a server filled in`() {
        let desired: JSON = ["spec": ["replicas": 2, "ports": [["port": 80]], "empty": []]]
        let object = live(desired) { object in
            object["status"] = ["ready": 2]
            object[path: "spec", "ports"] = [["port": 80, "protocol": "TCP"]]
            object[path: "spec", "clusterIP"] = "10.0.0.1"
            object[path: "spec", "empty"] = nil
        }
        #expect(ApplyPlan.patch(from: object, to: desired) == nil)
    }

    @Test func `Only what differs is sent`() {
        let patch = ApplyPlan.patch(
            from: live(["spec": ["a": 1, "b": 2]]) { $0[path: "spec", "c"] = 3 }, to: ["spec": ["a": 1, "b": 5]])
        #expect(patch?["spec"] == ["b": 5])
        #expect(patch?[path: "metadata", "annotations", ApplyPlan.lastApplied] != nil)
    }

    @Test func `What a manifest dropped is taken away, what others set stays`() {
        let patch = ApplyPlan.patch(
            from: live(["metadata": ["labels": ["a": "1", "b": "2"]]]) { $0[path: "metadata", "labels", "c"] = "3" },
            to: ["metadata": ["labels": ["a": "1"]]])
        #expect(patch?[path: "metadata", "labels"] == ["b": nil])
    }

    @Test func `A list is replaced as a whole`() {
        let patch = ApplyPlan.patch(from: live(["env": [["name": "A"], ["name": "B"]]]), to: ["env": [["name": "A"]]])
        #expect(patch?["env"] == [["name": "A"]])
    }

    @Test func `An empty mapping means something`() {
        let patch = ApplyPlan.patch(
            from: live(["volumes": [["name": "a", "configMap": ["name": "b"]]]]),
            to: ["volumes": [["name": "a", "emptyDir": [:]]]])
        #expect(patch?["volumes"] == [["name": "a", "emptyDir": [:]]])
    }

    @Test func `A field that somebody else changed is set back`() {
        let desired: JSON = ["spec": ["replicas": 2]]
        let patch = ApplyPlan.patch(from: live(desired) { $0[path: "spec", "replicas"] = 9 }, to: desired)
        #expect(patch?["spec"] == ["replicas": 2])
    }
}
