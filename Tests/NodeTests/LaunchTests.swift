import Containers
import Kube
import OCI
import Testing

@testable import Node

struct LaunchTests {
    func plan(
        _ container: JSON = [:], pod change: JSON = [:], image: (inout ImageConfiguration.Execution) -> Void = { _ in }
    ) throws
        -> ContainerPlan
    {
        var tree = try JSON(encoding: EnvironmentTests.pod)
        tree = MergePatch.apply(["spec": change], to: tree)
        let own = MergePatch.apply(container, to: ["name": "main", "image": "i"])
        tree.set([own], at: ["spec", "containers"])
        let pod = try tree.decode(Pod.self)
        var configuration = ImageConfiguration.Execution()
        configuration.entrypoint = ["/entry"]
        configuration.cmd = ["one", "two"]
        image(&configuration)
        var environment = ContainerEnvironment()
        environment["GREETING"] = "hi"
        return try ContainerLaunch(
            pod: pod, container: pod.spec.containers[0], attempt: 0, image: configuration, environment: environment,
            namespaces: nil,
            directory: PodDirectory(root: "/pods", uid: "u"), volumes: ["data": "/host/data"], cgroup: "/estiba/c",
            memoryCapacity: 4 << 30, leastOutOfMemoryScore: -1000
        ).plan(root: "/root")
    }

    @Test(
        arguments: [
            ([:], ["/entry", "one", "two"]), (["args": ["x"]], ["/entry", "x"]), (["command": ["/c"]], ["/c"]),
            (["command": ["/c"], "args": ["$(GREETING)", "$(NO)"]], ["/c", "hi", "$(NO)"]),
        ] as [(JSON, [String])])
    func `command and arguments replace the image's`(_ container: JSON, _ expected: [String]) throws {
        #expect(try plan(container).arguments == expected)
    }

    @Test func `without anything to run there is a problem`() {
        #expect(throws: NodeProblem.self) {
            try plan(image: {
                $0.entrypoint = nil
                $0.cmd = nil
            })
        }
    }

    @Test func `the container's security context goes before the pod's and the image's`() throws {
        let shared: JSON = ["securityContext": ["runAsUser": 1000, "runAsGroup": 2000, "fsGroup": 3000]]
        #expect(try plan(pod: shared).user == "1000:2000")
        #expect(try plan(pod: shared).additionalGroups == [3000])
        #expect(try plan(["securityContext": ["runAsUser": 5]], pod: shared).user == "5:2000")
        #expect(try plan(image: { $0.user = "app:app" }).user == "app:app")
        let own = try plan([
            "securityContext": [
                "readOnlyRootFilesystem": true, "allowPrivilegeEscalation": false,
                "capabilities": ["add": ["NET_ADMIN"], "drop": ["ALL"]],
            ]
        ])
        #expect(own.isRootReadOnly)
        #expect(!own.mayGainPrivileges)
        #expect(own.addedCapabilities == ["NET_ADMIN"])
        #expect(own.droppedCapabilities == ["ALL"])
    }

    @Test(arguments: [("", false), ("0", false), ("app", false), ("1000", true), ("1000:0", true)])
    func `who must not be root isn't`(_ user: String, _ isAllowed: Bool) {
        let plan = try? plan(["securityContext": ["runAsNonRoot": true]], image: { $0.user = user })
        #expect((plan != nil) == isAllowed)
    }

    @Test func `volumes are mounted where the container wants them`() throws {
        let mounts = try plan([
            "volumeMounts": [
                ["name": "data", "mountPath": "/d", "readOnly": true],
                ["name": "data", "mountPath": "/etc/hosts", "subPath": "sub/h"],
            ]
        ]).mounts
        #expect(mounts.contains(.bind("/host/data", to: "/d", readOnly: true)))
        #expect(mounts.contains(.bind("/host/data/sub/h", to: "/etc/hosts")))
        #expect(mounts.filter { $0.destination == "/etc/hosts" }.count == 1)
        #expect(throws: NodeProblem.self) { try plan(["volumeMounts": [["name": "other", "mountPath": "/d"]]]) }
        #expect(throws: NodeProblem.self) {
            try plan(["volumeMounts": [["name": "data", "mountPath": "/d", "subPath": "../x"]]])
        }
    }
}
