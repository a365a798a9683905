import Kube
import Testing

@testable import Controllers

@Suite struct GarbagePlanTests {
    func object(
        _ uid: String, owners: [(uid: String, blocks: Bool)] = [], finalizers: [String] = [], deleting: Bool = false
    ) -> OwnedObject {
        var metadata = ObjectMeta(name: uid, namespace: "prod")
        metadata.uid = uid
        metadata.finalizers = finalizers
        metadata.deletionTimestamp = deleting ? noon.text : nil
        metadata.ownerReferences = owners.map {
            OwnerReference(apiVersion: "v1", kind: "Pod", name: $0.uid, uid: $0.uid, blockOwnerDeletion: $0.blocks)
        }
        return OwnedObject(resource: Pod.resource, metadata: metadata)
    }

    @Test func `an object goes with the last of its owners`() {
        let one = object("x", owners: [("a", true)])
        #expect(GarbagePlan.make(GarbageFacts(object: one, owners: ["a": .present])) == [])
        #expect(GarbagePlan.make(GarbageFacts(object: one, owners: ["a": .unknown])) == [])
        #expect(
            GarbagePlan.make(GarbageFacts(object: one, owners: ["a": .absent])) == [
                .delete(one, propagation: "Background")
            ])
        let two = object("y", owners: [("a", true), ("b", true)])
        #expect(
            GarbagePlan.make(GarbageFacts(object: two, owners: ["a": .absent, "b": .present])) == [
                .disown(two, owners: ["a"])
            ])
        #expect(
            GarbagePlan.make(GarbageFacts(object: two, owners: ["a": .absent, "b": .waiting]))
                == [.delete(two, propagation: "Foreground")])
        #expect(GarbagePlan.make(GarbageFacts(object: object("z"))) == [])
    }

    @Test func `an owner waits for the dependents that block it`() {
        let owner = object("o", finalizers: ["foregroundDeletion"], deleting: true)
        let blocking = object("a", owners: [("o", true)])
        let leaving = object("b", owners: [("o", true)], deleting: true)
        let free = object("c", owners: [("o", false)])
        #expect(
            GarbagePlan.make(GarbageFacts(object: owner, dependents: [blocking, leaving, free]))
                == [.delete(blocking, propagation: "Foreground"), .delete(free, propagation: "Foreground")])
        #expect(GarbagePlan.make(GarbageFacts(object: owner, dependents: [leaving])) == [])
        #expect(
            GarbagePlan.make(GarbageFacts(object: owner, dependents: [free]))
                == [.removeFinalizer(owner, "foregroundDeletion")])
    }

    @Test func `orphans lose the reference and stay`() {
        let owner = object("o", finalizers: ["orphan"], deleting: true)
        let dependent = object("a", owners: [("o", true)])
        #expect(
            GarbagePlan.make(GarbageFacts(object: owner, dependents: [dependent]))
                == [.disown(dependent, owners: ["o"]), .removeFinalizer(owner, "orphan")])
    }
}
