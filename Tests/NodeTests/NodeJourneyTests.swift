import EstibaTesting
import FoundationEssentials
import Glibc
import Kube
import Linux
import Testing

@testable import Node

@Suite(.serialized, .enabled(if: getuid() == 0, "needs root: it runs containers"), .timeLimit(.minutes(3)))
struct NodeJourneyTests {
    @Test func `a pod runs, is seen running, and is gone after its deletion`() async throws {
        try await NodeScope.with { scope in
            try await scope.whileRunning { agent in
                try await scope.client.create(
                    NodeScope.pod(
                        "web",
                        "hostname; echo $GREETING from $FROM_IMAGE; trap 'echo bye; exit 0' TERM; while true; do sleep 1; done"
                    ) { pod in
                        pod.spec.containers[0].env = [EnvVar(name: "GREETING", value: "hello")]
                    })
                let running = try await scope.wait("web") { $0.status?.phase == "Running" && $0.isReady }
                let status = try #require(running.status?.containerStatuses?.first)
                #expect(running.status?.podIP?.hasPrefix("10.199.8.") == true)
                #expect(running.status?.qosClass == "BestEffort")
                #expect(status.state?.running != nil)
                #expect(status.started == true)
                #expect(status.imageID.hasPrefix("sha256:"))
                try await scope.waitForLog(agent, "web", "web\nhello from yes\n")
                #expect(await agent.stats().map(\.container) == ["main"])

                try await scope.client.delete(Pod.self, "web", in: "shop")
                try await scope.waitUntilGone("web")
                try await scope.waitForEvents(of: "web", ["Pulled", "Created", "Started", "Killing"])
            }
        }
    }

    @Test func `the end of a pod that runs once is told with exit code and last words`() async throws {
        try await NodeScope.with { scope in
            try await scope.whileRunning { agent in
                try await scope.client.create(
                    NodeScope.pod("job", "echo working; echo -n lost > /dev/termination-log; exit 3") {
                        $0.spec.restartPolicy = "Never"
                    })
                let over = try await scope.wait("job") { $0.status?.phase == "Failed" }
                let end = over.status?.containerStatuses?.first?.state?.terminated
                #expect(end?.exitCode == 3)
                #expect(end?.reason == "Error")
                #expect(end?.message == "lost")
                #expect(try await scope.log(agent, "job") == "working\n")
                try await scope.client.delete(Pod.self, "job", in: "shop")
                try await scope.waitUntilGone("job")
            }
        }
    }

    @Test func `containers outlive the node and are adopted, not started again`() async throws {
        try await NodeScope.with { scope in
            let (pid, brief) = try await scope.whileRunning { agent in
                try await scope.client.create(
                    NodeScope.pod("web", "echo begun; exec sleep 1000") { $0.spec.terminationGracePeriodSeconds = 0 })
                try await scope.client.create(
                    NodeScope.pod("brief", "until test -e /data/end; do sleep 0.1; done; exit 4") { pod in
                        pod.spec.restartPolicy = "Never"
                        pod.spec.containers[0].volumeMounts = NodeScope.parts(["name": "data", "mountPath": "/data"])
                        pod.spec.volumes = [Volume(name: "data", emptyDir: Volume.EmptyDir())]
                    })
                try await scope.client.create(
                    NodeScope.pod("orphan", "exec sleep 1000") { $0.spec.terminationGracePeriodSeconds = 0 })
                for name in ["web", "brief", "orphan"] { try await scope.wait(name) { $0.status?.phase == "Running" } }
                return await (scope.process(of: "web", agent), scope.process(of: "brief", agent))
            }
            #expect(pid != nil)
            // While no node runs, one pod ends by itself and another is removed from the API.
            let handle = try #require(brief.flatMap { ProcessIdentity.of($0)?.open() })
            try await scope.write("", to: "data/end", of: scope.client.get(Pod.self, "brief", in: "shop"))
            try await handle.ended()
            try await scope.client.delete(Pod.self, "orphan", in: "shop", gracePeriodSeconds: 0)
            try await scope.whileRunning { agent in
                let over = try await scope.wait("brief") { $0.status?.phase == "Failed" }
                #expect(over.status?.containerStatuses?.first?.state?.terminated?.exitCode == 4)
                let web = try await scope.client.get(Pod.self, "web", in: "shop")
                #expect(web.status?.containerStatuses?.first?.restartCount == 0)
                try await scope.waitForLog(agent, "web", "begun\n")
                #expect(await scope.process(of: "web", agent) == pid)
                for name in ["web", "brief"] {
                    try await scope.client.delete(Pod.self, name, in: "shop")
                    try await scope.waitUntilGone(name)
                }
                try await scope.waitUntilIdle(agent)
            }
        }
    }

    @Test func `probes decide about readiness and restarts`() async throws {
        try await NodeScope.with { scope in
            try await scope.whileRunning { _ in
                try await scope.client.create(NodeScope.probedPod())
                // An empty directory is answered with 404 until there is a page.
                let running = try await scope.wait("web") { $0.status?.phase == "Running" }
                let wasReady = running.isReady
                #expect(!wasReady)
                try scope.write("ok", to: "data/index.html", of: running)
                try await scope.wait("web") { $0.isReady }

                try scope.write("", to: "data/broken", of: running)
                let again = try await scope.wait("web") { $0.status?.containerStatuses?.first?.restartCount == 1 }
                try await scope.waitForEvents(of: "web", ["Unhealthy", "Killing"])
                let last = again.status?.containerStatuses?.first?.lastState?.terminated
                #expect(last?.exitCode == 137)
                try await scope.client.delete(Pod.self, "web", in: "shop")
                try await scope.waitUntilGone("web")
            }
        }
    }

    @Test func `init containers run first, volumes show their objects and follow them`() async throws {
        try await NodeScope.with { scope in
            try await scope.client.create(
                ConfigMap(metadata: ObjectMeta(name: "settings", namespace: "shop"), data: ["mode": "calm"]))
            try await scope.client.create(
                Secret(metadata: ObjectMeta(name: "key", namespace: "shop"), data: ["token": "czNjcjN0"]))
            try await scope.whileRunning { agent in
                try await scope.client.create(NodeScope.podWithVolumes())
                let running = try await scope.wait("web") { $0.status?.phase == "Running" }
                #expect(running.status?.initContainerStatuses?.first?.state?.terminated?.reason == "Completed")
                try await scope.waitForLog(agent, "web", "prepared\ncalm\ns3cr3t\n", LogOptions(container: "main"))

                let path = "\(scope.directory)/pods/\(running.metadata.uid ?? "")/volumes/settings"
                let watch = try FileWatch([path])
                try await scope.client.patch(ConfigMap.self, "settings", in: "shop", ["data": ["mode": "wild"]])
                while try FileSystem.readLine(path + "/mode") != "wild" { for try await _ in watch { break } }
                try await scope.client.delete(Pod.self, "web", in: "shop")
                try await scope.waitUntilGone("web")
            }
        }
    }

    @Test func `what is missing is named, and found when it comes`() async throws {
        try await NodeScope.with { scope in
            scope.images.set("busybox:2", isMissing: true)
            try await scope.whileRunning { agent in
                try await scope.client.create(
                    NodeScope.pod("noimage", "sleep 1") { pod in
                        pod.spec.containers[0].image = "busybox:2"
                    })
                try await scope.client.create(
                    NodeScope.pod("noconfig", "exec sleep 1000") { pod in
                        pod.spec.terminationGracePeriodSeconds = 0
                        pod.spec.containers[0].envFrom = NodeScope.parts(["configMapRef": ["name": "later"]])
                    })
                try await scope.client.create(
                    NodeScope.pod("nofile", "") { $0.spec.containers[0].command = ["/bin/nothing"] })
                func reason(_ pod: Pod) -> String? { pod.status?.containerStatuses?.first?.state?.waiting?.reason }
                try await scope.wait("noimage") { reason($0) == "ErrImagePull" }
                try await scope.wait("noconfig") { reason($0) == "CreateContainerConfigError" }
                try await scope.wait("nofile") { reason($0) == "CrashLoopBackOff" }
                for name in ["noimage", "noconfig", "nofile"] {
                    try await scope.client.delete(Pod.self, name, in: "shop")
                    try await scope.waitUntilGone(name)
                }
            }
        }
    }
}

extension NodeScope {
    /// The number of the first process of a pod's container.
    func process(of name: String, _ agent: NodeAgent) async -> Int32? {
        for worker in await agent.allWorkers where await worker.pod.name == name {
            return await worker.handles["main"]?.pid
        }
        return nil
    }

    /// Follows a log until it begins with `text`.
    func waitForLog(_ agent: NodeAgent, _ name: String, _ text: String, _ options: LogOptions = LogOptions())
        async throws
    {
        var options = options
        options.follow = true
        options.limitBytes = text.utf8.count
        #expect(try await log(agent, name, options) == text)
    }

    /// Writes a file into a pod's volume.
    func write(_ text: String, to path: String, of pod: Pod) throws {
        let volumes = "\(directory)/pods/\(pod.metadata.uid ?? "")/volumes/"
        try FileSystem.writeAtomically(Array(text.utf8), to: volumes + path)
    }

    /// Waits until the node has no pods.
    func waitUntilIdle(_ agent: NodeAgent) async throws {
        let watch = try FileWatch([configuration.directory])
        while try !FileSystem.list(configuration.directory).isEmpty { for try await _ in watch { break } }
    }
}
