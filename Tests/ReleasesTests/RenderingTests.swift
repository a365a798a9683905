import Delivery
import Kube
import Problems
import Testing

@testable import Releases

@Suite struct RenderingTests {
    private func object(_ set: RenderedSet, _ kind: String, _ name: String) throws -> JSON {
        try #require(set[ObjectKey(kind: kind, name: name)])
    }

    @Test func `Names of images become digests, other images stay`() throws {
        let text =
            Samples.manifests + "\n---\n"
            + ManifestTests.deployment.replacing("app: b", with: "app: a")
            .replacing("image: a", with: "image: docker.io/library/nginx:1")
        let set = try Samples.rendered(try Samples.content(1, manifests: text))
        let ships = try object(set, "Deployment", "ships")
        #expect(
            ships[path: "spec", "template", "spec", "containers"]?[0]?["image"] == "registry/harbour/ships@sha256:aa")
        let other = try object(set, "Deployment", "a")
        #expect(other[path: "spec", "template", "spec", "containers"]?[0]?["image"] == "docker.io/library/nginx:1")
    }

    @Test func `A name that is nearly that of an image is refused`() throws {
        let text = Samples.manifests.replacing("image: ships", with: "image: shps")
        let problem = #expect(throws: PlainProblem.self) {
            try Samples.rendered(try Samples.content(1, manifests: text))
        }
        #expect(problem?.remedy == "Did you mean \"ships\"?")
        #expect(problem?.summary.contains("deploy/all.yaml:6") == true)
    }

    @Test func `Objects and pods say what they are`() throws {
        let set = try Samples.rendered(try Samples.content(7))
        #expect(set.namespace == "harbour-prod")
        let ships = try object(set, "Deployment", "ships")
        let expected = [
            Labels.app: "harbour", Labels.service: "ships", Labels.env: "prod", Labels.release: "harbour-7",
            Labels.commit: "0000000", Labels.track: "stable",
        ]
        let labels = ships.strings(at: "metadata", "labels")
        let pod = ships.strings(at: "spec", "template", "metadata", "labels")
        for (key, value) in expected {
            #expect(labels[key] == value)
            #expect(pod[key] == value)
        }
        #expect(labels[Labels.managedBy] == "estiba")
        #expect(pod["app"] == "ships")
        #expect(ships.strings(at: "spec", "selector", "matchLabels") == ["app": "ships", Labels.track: "stable"])
        let environment = ships[path: "spec", "template", "spec", "containers"]?[0]?["env"]?.array ?? []
        #expect(environment.contains(["name": "RELEASE", "value": "harbour-7"]))
        #expect(environment.contains(["name": "ENVIRONMENT", "value": "prod"]))
        let service = try object(set, "Service", "ships")
        #expect(service.strings(at: "spec", "selector") == ["app": "ships", Labels.track: "stable"])
        #expect(service.strings(at: "metadata", "labels")[Labels.service] == "ships")
        #expect(service[path: "metadata", "namespace"] == "harbour-prod")
    }

    @Test func `Configuration is named by its content, and references follow`() throws {
        let before = try Samples.rendered(try Samples.content(1))
        let changed = Samples.manifests.replacing("depth: \"12\"", with: "depth: \"13\"")
        let after = try Samples.rendered(try Samples.content(2, manifests: changed), carrying: before.workloads)
        let names = [before, after].map { $0.objects(ofKind: "ConfigMap").map { ObjectKey($0).name } }
        #expect(names[0] != names[1])
        #expect(names[0][0].hasPrefix("settings-"))
        let reference = try object(after, "Deployment", "ships")[path: "spec", "template", "spec", "containers"]?[0]?[
            "envFrom"]
        #expect(reference?[0]?[path: "configMapRef", "name"]?.string == names[1][0])
        // A changed configuration is a changed workload; the other one stays.
        #expect(after.workloads["ships"]?.release.number == 2)
        #expect(after.workloads["routes"]?.release.number == 1)
    }

    @Test func `Every way to refer to configuration is followed`() throws {
        let spec: JSON = [
            "volumes": [
                ["configMap": ["name": "settings"]], ["secret": ["secretName": "key"]],
                ["projected": ["sources": [["configMap": ["name": "settings"]], ["secret": ["name": "key"]]]]],
            ],
            "imagePullSecrets": [["name": "key"]],
            "initContainers": [["env": [["valueFrom": ["configMapKeyRef": ["name": "settings"]]]]]],
            "containers": [
                [
                    "env": [
                        ["valueFrom": ["secretKeyRef": ["name": "key"]]],
                        ["valueFrom": ["secretKeyRef": ["name": "foreign"]]],
                    ],
                    "envFrom": [["secretRef": ["name": "key"]]],
                ]
            ],
        ]
        let manifests = [
            Manifest(tree: ["kind": "ConfigMap", "metadata": ["name": "settings"]], file: "", line: 1),
            Manifest(
                tree: ["kind": "Secret", "metadata": ["name": "key"], "stringData": ["a": "b"]], file: "", line: 1),
        ]
        let names = ConfigurationNames(manifests)
        let text = names.rewrite(podSpec: spec).text
        #expect(!text.contains("\"settings\"") && !text.contains("\"key\""))
        #expect(text.contains("\"foreign\""))
        let secret = names.rename(manifests[1].tree)
        #expect(secret["stringData"] == nil)
        #expect(secret[path: "data", "a"] == "Yg==")
    }

    @Test func `A workload whose template is the same keeps its release`() throws {
        let first = try Samples.rendered(try Samples.content(1))
        let second = try Samples.rendered(try Samples.content(2, ships: "cc"), carrying: first.workloads)
        #expect(try object(first, "Deployment", "routes") == object(second, "Deployment", "routes"))
        #expect(
            try object(second, "Deployment", "ships").strings(at: "metadata", "labels")[Labels.release] == "harbour-2")
        #expect(try object(second, "Service", "ships").strings(at: "metadata", "labels")[Labels.release] == "harbour-2")
        #expect(
            try object(second, "Service", "routes").strings(at: "metadata", "labels")[Labels.release] == "harbour-1")
    }

    @Test func `Only the last environment answers to the hosts of the manifests`() throws {
        let content = try Samples.content(1)
        let dev = try Samples.rendered(content, in: "dev").objects(ofKind: "HTTPRoute")[0]
        #expect(dev[path: "spec", "hostnames"] == ["dev.harbour.localhost"])
        #expect(try Samples.rendered(content).objects(ofKind: "HTTPRoute")[0][path: "spec", "hostnames"] == nil)
    }
}

@Suite struct CanaryRenderingTests {
    private func canary(_ manifests: String = Samples.manifests) throws -> (CanaryRendering, RenderedSet) {
        let stable = try Samples.rendered(try Samples.content(1))
        let candidate = try Samples.rendered(
            try Samples.content(2, ships: "cc", manifests: manifests), carrying: stable.workloads)
        return (CanaryRendering(stable: stable, candidate: candidate), stable)
    }

    @Test func `Only what changed and is reached by a route gets a canary`() throws {
        let (canary, _) = try canary()
        #expect(canary.workloads == ["ships"])
        #expect(canary.unrouted.isEmpty)
        #expect(canary.serviceLabels == ["ships"])
        #expect(canary.additions.isEmpty)
        let keys = canary.objects(share: .one).map { ObjectKey($0).description }
        #expect(keys == ["Deployment/ships-canary", "Service/ships-canary"])
    }

    @Test func `Selectors keep the tracks apart`() throws {
        let (canary, stable) = try canary()
        let objects = canary.objects(share: .one)
        let pod = objects[0].strings(at: "spec", "template", "metadata", "labels")
        let stableService = try #require(stable[ObjectKey(kind: "Service", name: "ships")])
        #expect(objects[0].strings(at: "spec", "selector", "matchLabels") == ["app": "ships", Labels.track: "canary"])
        #expect(objects[1].strings(at: "spec", "selector") == ["app": "ships", Labels.track: "canary"])
        #expect(pod[Labels.track] == "canary")
        #expect(!stableService.strings(at: "spec", "selector").allSatisfy { pod[$0.key] == $0.value })
        #expect(objects[1].strings(at: "metadata", "labels")[Labels.service] == "ships")
        #expect(objects[1].strings(at: "metadata", "labels")[Labels.release] == "harbour-2")
        let environment = objects[0][path: "spec", "template", "spec", "containers"]?[0]?["env"]?.array ?? []
        #expect(environment.contains(["name": "TRACK", "value": "canary"]))
    }

    @Test(arguments: [(0.5, 9950, 50, 1), (10, 90, 10, 1), (50, 50, 50, 2), (60, 40, 60, 3)])
    func `A share becomes weights and replicas`(share: Double, stable: Int64, canary: Int64, replicas: Int64) throws {
        let (rendering, _) = try self.canary()
        let percent = try #require(Percent(share))
        let backends = rendering.routes(share: percent)[0][path: "spec", "rules"]?.array ?? []
        #expect(
            backends[0]["backendRefs"] == [
                ["name": "ships", "port": 80, "weight": .int(stable)],
                ["name": "ships-canary", "port": 80, "weight": .int(canary)],
            ])
        #expect(backends[1]["backendRefs"] == [["name": "routes", "port": 80]])
        #expect(rendering.objects(share: .percent(percent))[0][path: "spec", "replicas"] == .int(replicas))
    }

    @Test func `What is new comes with the canary, what no route reaches waits for the promotion`() throws {
        let more =
            Samples.manifests.replacing("image: routes", with: "image: ships")
            .replacing("value: /routes } }]\n      backendRefs: [{ name: routes, port: 80 }]", with: "value: /x } }]")
            + "\n---\napiVersion: v1\nkind: Service\nmetadata: { name: cargo }\nspec: { ports: [{ port: 80 }] }\n"
        let stable = try Samples.rendered(
            try Samples.content(1, manifests: more.replacing("image: ships", with: "image: routes")))
        let candidate = try Samples.rendered(try Samples.content(2, manifests: more), carrying: stable.workloads)
        let canary = CanaryRendering(stable: stable, candidate: candidate)
        #expect(canary.workloads == ["ships"])
        let older = try Samples.rendered(try Samples.content(1))
        #expect(CanaryRendering(stable: older, candidate: candidate).additions.map { ObjectKey($0).name } == ["cargo"])
    }
}
