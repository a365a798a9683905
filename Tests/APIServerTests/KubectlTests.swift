import Foundation
import Kube
import Testing

@testable import APIServer

@Suite("kubectl over TLS", .enabled(if: TLSFixture.isKubectlHere, "kubectl is not on the PATH"))
struct KubectlTests {
    private static let manifest = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, labels: {app: web}}
        spec:
          replicas: 2
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
              - {name: web, image: "registry.example/web:1", ports: [{containerPort: 8080}]}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: web}
        spec:
          parentRefs: [{name: edge}]
          rules: [{backendRefs: [{name: web, port: 80}]}]
        """

    @Test("Applying, reading, changing and deleting objects as users do", .timeLimit(.minutes(5)))
    func lifecycle() async throws {
        try await TLSFixture.with { cluster in
            func expect(_ arguments: [String], _ expected: String..., input: String? = nil, fails: Bool = false)
                async throws
            {
                let run = try await cluster.kubectl(arguments, input: input)
                #expect((run.status != 0) == fails, "kubectl \(arguments): \(run.errors)\(run.output)")
                for text in expected {
                    #expect(
                        (run.output + run.errors).contains(text), "kubectl \(arguments): \(run.output)\(run.errors)")
                }
            }
            try await expect(["version"], "Server Version: v1.37.0")
            try await expect(
                ["apply", "-f", "-"], "deployment.apps/web created", "service/web created",
                "httproute.gateway.networking.k8s.io/web created", input: Self.manifest)
            try await expect(
                ["apply", "-f", "-"], "deployment.apps/web unchanged", "service/web unchanged", input: Self.manifest)
            try await expect(
                ["apply", "-f", "-"], "deployment.apps/web configured",
                input: Self.manifest.replacingOccurrences(of: "web:1", with: "web:2"))
            try await expect(["get", "all"], "deployment.apps/web", "0/2", "service/web", "80/TCP")
            try await expect(
                ["get", "deploy", "web", "-o", "jsonpath={.spec.template.spec.containers[0].image}"],
                "registry.example/web:2")
            try await expect(["get", "deploy", "-o", "wide"], "CONTAINERS", "registry.example/web:2", "app=web")
            try await expect(["describe", "deploy", "web"], "Name:                   web", "25% max unavailable")
            try await expect(["describe", "service", "web"], "ClusterIP")
            try await expect(["scale", "deploy", "web", "--replicas=4"], "deployment.apps/web scaled")
            try await expect(
                ["scale", "deploy", "web", "--replicas=3", "--current-replicas=4"], "deployment.apps/web scaled")
            try await expect(["label", "deploy", "web", "tier=front"], "deployment.apps/web labeled")
            try await expect(["annotate", "deploy", "web", "note=x"], "deployment.apps/web annotated")
            try await expect(["get", "deploy", "-l", "tier=front,app in (web)", "-o", "name"], "deployment.apps/web")
            try await expect(
                [
                    "patch", "deploy", "web", "--type=json", "-p",
                    #"[{"op":"replace","path":"/spec/replicas","value":1}]"#,
                ],
                "deployment.apps/web patched")
            try await expect(["set", "image", "deploy/web", "web=registry.example/web:3"], "image updated")
            try await expect(["rollout", "restart", "deploy/web"], "restarted")
            try await expect(["explain", "deployment.spec.replicas"], "replicas <integer>")
            try await expect(["auth", "can-i", "create", "pods"], "yes")
            try await expect(["auth", "whoami"], "admin", "system:masters")
            try await expect(["diff", "-f", "-"], "registry.example/web:1", input: Self.manifest, fails: true)
            try await expect(["delete", "deploy/web", "service/web", "httproute/web"], "\"web\" deleted")
            try await expect(
                ["apply", "--server-side", "-f", "-"], "deployment.apps/web serverside-applied", input: Self.manifest)
            try await expect(["delete", "deploy", "web"], "\"web\" deleted")
            try await expect(["get", "deploy", "web"], "(NotFound)", fails: true)
        }
    }

    @Test("The commands that send protobuf", .timeLimit(.minutes(5)))
    func protobuf() async throws {
        try await TLSFixture.with { cluster in
            func expect(_ arguments: String..., output: String) async throws {
                let run = try await cluster.kubectl(arguments)
                #expect(run.status == 0, "kubectl \(arguments): \(run.errors)")
                #expect(run.output.contains(output), "kubectl \(arguments): \(run.output)\(run.errors)")
            }
            try await expect("create", "namespace", "team", output: "namespace/team created")
            try await expect("create", "configmap", "cm", "--from-literal=k=v", output: "configmap/cm created")
            try await expect("get", "cm", "cm", "-o", "jsonpath={.data.k}", output: "v")
            try await expect("create", "secret", "generic", "s", "--from-literal=k=v", output: "secret/s created")
            try await expect("get", "secret", "s", "-o", "jsonpath={.data.k} {.type}", output: "dg== Opaque")
            try await expect(
                "create", "deployment", "zero", "--image=web:1", "--replicas=0", output: "deployment.apps/zero created")
            try await expect("get", "deploy", "zero", "-o", "jsonpath={.spec.replicas}", output: "0")
            try await expect("create", "service", "clusterip", "svc", "--tcp=80:8080", output: "service/svc created")
            try await expect("get", "svc", "svc", "-o", "jsonpath={.spec.ports[0].targetPort}", output: "8080")
            try await expect("create", "serviceaccount", "robot", output: "serviceaccount/robot created")
            try await expect("run", "p", "--image=web:1", output: "pod/p created")
            try await expect("get", "pods", output: "Pending")
            try await expect("delete", "pod", "p", output: "pod \"p\" deleted")
        }
    }

    @Test("Watching: get -w, rollout status and wait follow what happens", .timeLimit(.minutes(5)))
    func watching() async throws {
        try await TLSFixture.with { cluster in
            let path = "/apis/apps/v1/namespaces/default/deployments"
            let made = try await cluster.kubectl("apply", "-f", "-", input: Self.manifest)
            #expect(made.status == 0, "\(made.errors)")
            async let rollout = cluster.kubectl("rollout", "status", "deploy/web", "--timeout=60s")
            async let waiting = cluster.kubectl("wait", "deploy/web", "--for=condition=Available", "--timeout=60s")
            let status: JSON = [
                "status": [
                    "observedGeneration": 1, "replicas": 2, "updatedReplicas": 2, "readyReplicas": 2,
                    "availableReplicas": 2,
                    "conditions": [["type": "Available", "status": "True", "reason": "MinimumReplicasAvailable"]],
                ]
            ]
            try await cluster.server.call("PATCH", path + "/web/status", status, type: "application/merge-patch+json")
            let (done, waited) = try await (rollout, waiting)
            #expect(done.output.contains("successfully rolled out"), "\(done.output)\(done.errors)")
            #expect(waited.output.contains("condition met"), "\(waited.output)\(waited.errors)")
        }
    }

    @Test("A wrong token and a strict mistake are refused in clear words", .timeLimit(.minutes(5)))
    func refusals() async throws {
        try await TLSFixture.with { cluster in
            let stranger = try await cluster.kubectl("--token=wrong", "get", "pods")
            #expect(stranger.errors.contains("You must be logged in to the server"), "\(stranger.errors)")
            let typo = try await cluster.kubectl(
                "create", "-f", "-",
                input: #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"datax":{}}"#)
            #expect(typo.errors.contains("strict decoding error: unknown field \"datax\""), "\(typo.errors)")
        }
    }

    @Test("The client for other clusters speaks to this one", .timeLimit(.minutes(5)))
    func httpsTransport() async throws {
        try await TLSFixture.with { cluster in
            try await cluster.withRemoteClient { client in
                try await client.create(
                    ConfigMap(metadata: ObjectMeta(name: "a", namespace: "default"), data: ["k": "v"]))
                let listing = try await client.list(ConfigMap.self, in: "default", labels: "!nothing")
                #expect(listing.items.map(\.name) == ["a"])
                let events = try await client.watch(ConfigMap.self, in: "default", from: listing.resourceVersion)
                try await client.delete(ConfigMap.self, "a", in: "default")
                for try await event in events {
                    #expect(event.object?.name == "a")
                    break
                }
                await #expect(throws: ClusterProblem.self) { try await client.get(ConfigMap.self, "a", in: "default") }
            }
        }
    }
}
