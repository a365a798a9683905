import Kube
import Testing

@testable import Controllers

@Suite struct EndpointSlicePlanTests {
    func service(_ ports: [ServicePort], change: (inout Service) -> Void = { _ in }) -> Service {
        var metadata = ObjectMeta(name: "web", namespace: "prod")
        metadata.uid = "svc"
        var object = Service(metadata: metadata, spec: ServiceSpec(selector: ["app": "web"], ports: ports))
        change(&object)
        return object
    }

    func running(_ name: String, _ address: String?, ready: Bool = true, port: Int = 8080) -> Pod {
        pod(name, ready: ready, node: "n") {
            $0.status?.podIP = address
            $0.spec.containers[0].ports = [ContainerPort(containerPort: port, name: "http")]
        }
    }

    @Test func `pods with an address become endpoints with their conditions`() throws {
        let pods = [
            running("a", "10.0.0.1"), running("b", "10.0.0.2", ready: false), running("c", nil),
            pod("d", ready: true, labels: ["app": "other"]) { $0.status?.podIP = "10.0.0.4" },
            pod("e", ready: true) {
                $0.status?.podIP = "10.0.0.5"
                $0.metadata.deletionTimestamp = noon.text
            },
            pod("f", phase: "Succeeded") { $0.status?.podIP = "10.0.0.6" },
        ]
        let plan = EndpointSlicePlan.make(
            EndpointSliceFacts(service: service([ServicePort(port: 80, targetPort: 8080)]), pods: pods, slices: []))
        let slice = try #require(plan.create.first)
        #expect(plan.create.count == 1)
        #expect(slice.metadata.generateName == "web-")
        #expect(slice.metadata.labels?[EndpointSlice.serviceLabel] == "web")
        #expect(slice.metadata.controller?.uid == "svc")
        #expect(slice.ports == [EndpointSlice.Port(name: "", port: 8080)])
        let found = (slice.endpoints ?? []).map { endpoint in
            "\(endpoint.addresses[0]) \(endpoint.conditions?.ready == true) \(endpoint.conditions?.serving == true) \(endpoint.conditions?.terminating == true)"
        }
        #expect(found == ["10.0.0.1 true true false", "10.0.0.2 false false false", "10.0.0.5 false true true"])
    }

    @Test func `a named port may differ from pod to pod`() {
        let plan = EndpointSlicePlan.make(
            EndpointSliceFacts(
                service: service([ServicePort(name: "web", port: 80, targetPort: "http")]),
                pods: [running("a", "10.0.0.1"), running("b", "10.0.0.2", port: 9090), running("c", "10.0.0.3")],
                slices: []))
        #expect(plan.create.map { $0.ports?.first?.port } == [8080, 9090])
        #expect(plan.create.map { $0.endpoints?.count } == [2, 1])
    }

    @Test func `nothing is written when nothing has changed`() {
        let facts = EndpointSliceFacts(
            service: service([ServicePort(port: 80)]), pods: [running("a", "10.0.0.1")], slices: [])
        var made = EndpointSlicePlan.make(facts).create[0]
        made.metadata.name = "web-x"
        var again = facts
        again.slices = [made]
        let plan = EndpointSlicePlan.make(again)
        #expect(plan.create.isEmpty && plan.update.isEmpty && plan.delete.isEmpty)
        again.pods = []
        #expect(EndpointSlicePlan.make(again).update.map(\.name) == ["web-x"])
        again.service.spec.selector = nil
        #expect(EndpointSlicePlan.make(again).delete.map(\.name) == ["web-x"])
    }

    @Test func `addresses that aren't ready are published on request`() {
        let facts = EndpointSliceFacts(
            service: service([ServicePort(port: 80)]) {
                $0.spec.publishNotReadyAddresses = true
                $0.spec.clusterIP = "None"
            },
            pods: [running("a", "10.0.0.1", ready: false)], slices: [])
        let slice = EndpointSlicePlan.make(facts).create[0]
        #expect(slice.endpoints?.first?.conditions?.ready == true)
        #expect(slice.metadata.labels?[EndpointSlicePlan.headlessLabel] == "")
    }
}
