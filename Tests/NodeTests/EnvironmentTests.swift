import Kube
import Testing

@testable import Node

struct EnvironmentTests {
    @Test(arguments: [
        ("plain", "plain"), ("$(A)", "1"), ("x$(A)y$(B)", "x1y2"), ("$(MISSING)", "$(MISSING)"), ("$$(A)", "$(A)"),
        ("$$$(A)", "$1"),
        ("$(A", "$(A"), ("$A", "$A"), ("100$", "100$"), ("é$(A)", "é1"),
    ])
    func `variables in text are replaced`(_ text: String, _ expected: String) {
        #expect(VariableExpansion.expand(text) { ["A": "1", "B": "2"][$0] } == expected)
    }

    static var pod: Pod {
        var pod = Pod(
            metadata: ObjectMeta(name: "web-1", namespace: "shop", labels: ["app": "web", "b": "\"q\""]),
            spec: PodSpec(containers: [Kube.Container(name: "main", image: "i")], nodeName: "n1"))
        pod.metadata.uid = "u-1"
        return pod
    }

    static let values = DownwardValues(
        pod: pod, podAddress: "10.244.0.5", hostAddress: "192.0.2.1", nodeMemory: 8 << 30, nodeMilliCores: 4000)

    @Test(arguments: [
        ("metadata.name", "web-1"), ("metadata.namespace", "shop"), ("metadata.uid", "u-1"),
        ("metadata.labels['app']", "web"),
        ("metadata.labels['none']", ""), ("metadata.labels", "app=\"web\"\nb=\"\\\"q\\\"\""), ("spec.nodeName", "n1"),
        ("spec.serviceAccountName", "default"), ("status.podIP", "10.244.0.5"), ("status.hostIP", "192.0.2.1"),
        ("spec.containers", nil),
    ])
    func `fields of the pod can be seen`(_ path: String, _ expected: String?) {
        #expect(Self.values.field(path) == expected)
    }

    @Test(arguments: [
        ("limits.cpu", nil, "1"), ("limits.cpu", "1m", "500"), ("limits.memory", "1Mi", "64"),
        ("requests.memory", nil, "67108864"),
        ("limits.disk", nil, nil),
    ])
    func `resources can be seen in any unit`(_ resource: String, _ divisor: String?, _ expected: String?) {
        var container = Kube.Container(name: "main", image: "i")
        container.resources = ResourceRequirements(limits: ["cpu": "500m", "memory": "64Mi"])
        let reference: [ResourceFieldReference] = NodeScope.parts(
            ["resource": .string(resource), "divisor": divisor.map { .string($0) } ?? .null])
        #expect(reference.first.flatMap { Self.values.resource($0, of: container) } == expected)
    }

    @Test func `later sources win, and values may use earlier variables`() throws {
        var container = Kube.Container(name: "main", image: "i")
        container.envFrom = NodeScope.parts(
            ["prefix": "C_", "configMapRef": ["name": "m"]], ["secretRef": ["name": "s"]])
        container.env = NodeScope.parts(
            ["name": "URL", "value": "http://$(C_host):$(port)"], ["name": "PATH", "value": "/own"],
            ["name": "NAME", "valueFrom": ["fieldRef": ["fieldPath": "metadata.name"]]],
            ["name": "ONE", "valueFrom": ["secretKeyRef": ["name": "s", "key": "port"]]],
            ["name": "NONE", "valueFrom": ["configMapKeyRef": ["name": "gone", "key": "x", "optional": true]]])
        let sources = ContainerEnvironment.Sources(
            configMaps: ["m": ConfigMap(metadata: ObjectMeta(name: "m"), data: ["host": "db"])],
            secrets: ["s": Secret(metadata: ObjectMeta(name: "s"), data: ["port": "NTQzMg=="])])
        let environment = try ContainerEnvironment.resolve(
            container, image: ["PATH=/bin", "LANG=C"], sources: sources, downward: Self.values)
        #expect(
            environment.lines == [
                "PATH=/own", "LANG=C", "C_host=db", "port=5432", "URL=http://db:5432", "NAME=web-1", "ONE=5432",
            ])
    }

    @Test(
        arguments: [
            ["configMapKeyRef": ["name": "gone", "key": "x"]], ["secretKeyRef": ["name": "gone", "key": "x"]],
            ["fieldRef": ["fieldPath": "spec.secret"]], ["resourceFieldRef": ["resource": "limits.gold"]], [:],
        ] as [JSON])
    func `what is missing or unknown is named`(_ source: JSON) {
        var container = Kube.Container(name: "main", image: "i")
        container.env = NodeScope.parts(["name": "X", "valueFrom": source])
        #expect(throws: NodeProblem.self) {
            try ContainerEnvironment.resolve(container, image: [], sources: .init(), downward: Self.values)
        }
    }
}
