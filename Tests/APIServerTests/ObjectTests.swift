import Kube
import Testing

@testable import APIServer

@Suite("Objects of the API")
struct ObjectTests {
    private let configMaps = "/api/v1/namespaces/default/configmaps"
    private let deployments = "/apis/apps/v1/namespaces/default/deployments"
    private let pods = "/api/v1/namespaces/default/pods"
    private let services = "/api/v1/namespaces/default/services"

    @Test("A new object gets what the server writes")
    func creation() async throws {
        try await APIFixture.with { server in
            let (status, object) = try await server.call("POST", deployments, Sample.deployment("web"))
            #expect(status == 201)
            let metadata = try #require(object["metadata"])
            #expect(metadata["namespace"] == "default")
            #expect(metadata["generation"] == 1)
            #expect(metadata["creationTimestamp"] == "2026-11-21T09:00:00Z")
            #expect(metadata["uid"]?.string?.count == 36)
            #expect(Int(metadata["resourceVersion"]?.string ?? "") != nil)
            #expect(object[path: "spec", "strategy", "rollingUpdate", "maxSurge"] == "25%")
            #expect(object[path: "spec", "template", "spec", "containers"]?[0]?["imagePullPolicy"] == "IfNotPresent")
            #expect(try await server.call("GET", deployments + "/web").body == object)
        }
    }

    @Test("A generated name has its prefix and five characters")
    func generateName() async throws {
        try await APIFixture.with { server in
            var object = Sample.configMap("")
            object["metadata"] = ["generateName": "cm-"]
            let (status, made) = try await server.call("POST", configMaps, object)
            #expect(status == 201)
            #expect(made[path: "metadata", "name"]?.string?.count == 8)
        }
    }

    @Test(
        "What can't be is refused in the words of Kubernetes",
        arguments: [
            (
                "POST", "/api/v1/namespaces/nowhere/configmaps", Sample.configMap("a"), 404, "NotFound",
                "namespaces \"nowhere\" not found"
            ),
            (
                "POST", "/api/v1/namespaces/default/configmaps", Sample.configMap("Bad_Name"), 422, "Invalid",
                "ConfigMap \"Bad_Name\" is invalid: metadata.name: Invalid value: \"Bad_Name\": a lowercase RFC 1123 "
                    + "subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end "
                    + "with an alphanumeric character"
            ),
            (
                "POST", "/apis/apps/v1/namespaces/default/deployments",
                [
                    "metadata": ["name": "d"],
                    "spec": ["template": ["spec": ["containers": [["name": "a", "image": "b"]]]]],
                ],
                422, "Invalid", "Deployment.apps \"d\" is invalid: spec.selector: Required value"
            ),
            (
                "GET", "/apis/apps/v1/namespaces/default/deployments/x", nil, 404, "NotFound",
                "deployments.apps \"x\" not found"
            ),
            (
                "GET", "/api/v1/namespaces/default/pods/p/exec", nil, 501, "NotImplemented",
                "pods/exec is not served by this cluster yet"
            ),
            (
                "GET", "/apis/apps/v2/deployments", nil, 404, "NotFound",
                "the server could not find the requested resource"
            ),
            (
                "POST", "/api/v1/namespaces/default/configmaps?fieldValidation=Strict",
                ["kind": "ConfigMap", "apiVersion": "v1", "metadata": ["name": "a", "foo": "b"], "datax": [:]], 400,
                "BadRequest",
                "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict decoding error: unknown field "
                    + "\"metadata.foo\", unknown field \"datax\""
            ),
            (
                "GET", "/api/v1/pods?fieldSelector=spec.colour%3Dred", nil, 400, "BadRequest",
                "field label not supported: spec.colour"
            ),
            (
                "DELETE", "/api/v1/namespaces/default", nil, 403, "Forbidden",
                "namespaces \"default\" is forbidden: this namespace may not be deleted"
            ),
        ] as [(String, String, JSON?, Int, String, String)])
    func refusals(
        _ method: String, _ path: String, _ body: JSON?, _ code: Int, _ reason: String, _ message: String
    ) async throws {
        try await APIFixture.with { server in
            let (status, answer) = try await server.call(method, path, body)
            #expect(status == code)
            #expect(answer["reason"]?.string == reason)
            #expect(answer["message"]?.string == message)
            #expect(answer["code"]?.int == code)
        }
    }

    @Test("A name can be taken once")
    func alreadyExists() async throws {
        try await APIFixture.with { server in
            try await server.call("POST", configMaps, Sample.configMap("a"))
            let (status, answer) = try await server.call("POST", configMaps, Sample.configMap("a"))
            #expect(status == 409)
            #expect(answer["reason"] == "AlreadyExists")
            #expect(answer["message"] == "configmaps \"a\" already exists")
        }
    }

    @Test("A change of an old version is a conflict; a change without effect is none at all")
    func updates() async throws {
        try await APIFixture.with { server in
            var object = try await server.call("POST", configMaps, Sample.configMap("a")).body
            let first = object
            object["data"] = ["k": "w"]
            let (status, changed) = try await server.call("PUT", configMaps + "/a", object)
            #expect(status == 200)
            #expect(changed[path: "metadata", "resourceVersion"] != first[path: "metadata", "resourceVersion"])
            #expect(try await server.call("PUT", configMaps + "/a", changed).body == changed)
            let (conflict, answer) = try await server.call("PUT", configMaps + "/a", first)
            #expect(conflict == 409)
            #expect(
                answer["message"]
                    == "Operation cannot be fulfilled on configmaps \"a\": the object has been modified; please apply your changes to the latest version and try again"
            )
        }
    }

    @Test("Generation counts changes of the specification, not of labels or status")
    func generation() async throws {
        try await APIFixture.with { server in
            try await server.call("POST", deployments, Sample.deployment("web"))
            func patch(_ path: String, _ patch: JSON) async throws -> Int? {
                try await server.call("PATCH", path, patch, type: "application/merge-patch+json")
                    .body[path: "metadata", "generation"]?.int
            }
            let path = deployments + "/web"
            #expect(try await patch(path, ["metadata": ["labels": ["a": "b"]]]) == 1)
            #expect(try await patch(path + "/status", ["status": ["replicas": 2]]) == 1)
            #expect(try await patch(path, ["spec": ["replicas": 3]]) == 2)
            #expect(try await patch(path, ["metadata": ["annotations": ["a": "b"]]]) == 3)
            let object = try await server.call("GET", path).body
            #expect(object[path: "status", "replicas"] == 2)
            #expect(
                try await server.call("PATCH", path, ["status": ["replicas": 9]], type: "application/merge-patch+json")
                    .body[path: "status", "replicas"] == 2)
        }
    }

    @Test("Scale reads and sets the number of replicas")
    func scale() async throws {
        try await APIFixture.with { server in
            try await server.call("POST", deployments, Sample.deployment("web"))
            let (_, scale) = try await server.call("GET", deployments + "/web/scale")
            #expect(scale[path: "spec", "replicas"] == 2)
            #expect(scale[path: "status", "selector"] == "app=web")
            let (status, changed) = try await server.call(
                "PATCH", deployments + "/web/scale", ["spec": ["replicas": 5]], type: "application/merge-patch+json")
            #expect(status == 200)
            #expect(changed[path: "spec", "replicas"] == 5)
            #expect(try await server.call("GET", deployments + "/web").body[path: "spec", "replicas"] == 5)
        }
    }

    @Test("A dry run changes nothing")
    func dryRun() async throws {
        try await APIFixture.with { server in
            let (status, object) = try await server.call("POST", configMaps + "?dryRun=All", Sample.configMap("a"))
            #expect(status == 201)
            #expect(object[path: "metadata", "uid"] != nil)
            #expect(object[path: "metadata", "resourceVersion"] == nil)
            #expect(try await server.call("GET", configMaps + "/a").status == 404)
        }
    }

    @Test("A Service gets an address of its own, and keeps it")
    func clusterAddress() async throws {
        try await APIFixture.with { server in
            let (_, first) = try await server.call("POST", services, Sample.service("a"))
            let (_, second) = try await server.call("POST", services, Sample.service("b"))
            let address = try #require(first[path: "spec", "clusterIP"]?.string)
            #expect(address.hasPrefix("10.96."))
            #expect(first[path: "spec", "clusterIPs"] == [.string(address)])
            #expect(second[path: "spec", "clusterIP"]?.string != address)
            #expect(first[path: "spec", "ports"]?[0]?["targetPort"] == 80)
            var changed = Sample.service("a")
            changed[path: "spec", "type"] = "NodePort"
            let (status, exposed) = try await server.call("PUT", services + "/a", changed)
            #expect(status == 200)
            #expect(exposed[path: "spec", "clusterIP"]?.string == address)
            #expect(exposed[path: "spec", "ports"]?[0]?["nodePort"]?.int.map { (30000...32767).contains($0) } == true)
            let (_, kubernetes) = try await server.call("GET", services + "/kubernetes")
            #expect(kubernetes[path: "spec", "clusterIP"] == "10.96.0.1")
        }
    }

    @Test("A pod is completed on admission")
    func podAdmission() async throws {
        try await APIFixture.with { server in
            let (status, pod) = try await server.call("POST", pods, Sample.pod("p"))
            #expect(status == 201)
            #expect(pod[path: "spec", "serviceAccountName"] == "default")
            #expect(pod[path: "spec", "tolerations"]?.array?.count == 2)
            #expect(pod[path: "status", "phase"] == "Pending")
            #expect(pod[path: "status", "qosClass"] == "BestEffort")
            #expect(pod[path: "spec", "containers"]?[0]?["imagePullPolicy"] == "Always")
            var other = Sample.pod("q")
            other[path: "spec", "serviceAccountName"] = "nobody"
            let (refused, answer) = try await server.call("POST", pods, other)
            #expect(refused == 403)
            #expect(
                answer["message"]
                    == "pods \"q\" is forbidden: error looking up service account default/nobody: serviceaccount \"nobody\" not found"
            )
        }
    }

    @Test("A pod is bound once")
    func binding() async throws {
        try await APIFixture.with { server in
            try await server.call("POST", pods, Sample.pod("p"))
            let binding: JSON = [
                "kind": "Binding", "apiVersion": "v1", "metadata": ["name": "p"], "target": ["name": "n1"],
            ]
            #expect(try await server.call("POST", pods + "/p/binding", binding).status == 201)
            let (_, pod) = try await server.call("GET", pods + "/p")
            #expect(pod[path: "spec", "nodeName"] == "n1")
            #expect(pod[path: "status", "conditions"]?[0]?["type"] == "PodScheduled")
            #expect(try await server.call("POST", pods + "/p/binding", binding).status == 409)
        }
    }

    @Test("A pod on a node goes when its node says so; another at once")
    func podDeletion() async throws {
        try await APIFixture.with { server in
            try await server.call("POST", pods, Sample.pod("free"))
            #expect(try await server.call("DELETE", pods + "/free").body["kind"] == "Pod")
            #expect(try await server.call("GET", pods + "/free").status == 404)
            try await server.call("POST", pods, Sample.pod("p", node: "n1"))
            let (status, marked) = try await server.call("DELETE", pods + "/p")
            #expect(status == 200)
            #expect(marked[path: "metadata", "deletionGracePeriodSeconds"] == 30)
            #expect(marked[path: "metadata", "deletionTimestamp"] == "2026-11-21T09:00:30Z")
            #expect(marked[path: "metadata", "generation"] == 2)
            let (_, again) = try await server.call("DELETE", pods + "/p?gracePeriodSeconds=5")
            #expect(again[path: "metadata", "deletionGracePeriodSeconds"] == 5)
            #expect(try await server.call("DELETE", pods + "/p?gracePeriodSeconds=60").body == again)
            try await server.call("DELETE", pods + "/p", ["gracePeriodSeconds": 0])
            #expect(try await server.call("GET", pods + "/p").status == 404)
        }
    }

    @Test("Finalizers hold an object until the last is gone")
    func finalizers() async throws {
        try await APIFixture.with { server in
            let (_, made) = try await server.call("POST", deployments, Sample.deployment("web"))
            let (_, marked) = try await server.call("DELETE", deployments + "/web", ["propagationPolicy": "Foreground"])
            #expect(marked[path: "metadata", "finalizers"] == ["foregroundDeletion"])
            #expect(marked[path: "metadata", "uid"] == made[path: "metadata", "uid"])
            let patch: JSON = ["metadata": ["finalizers": ["foregroundDeletion", "mine"]]]
            #expect(
                try await server.call("PATCH", deployments + "/web", patch, type: "application/merge-patch+json").status
                    == 422)
            let release: JSON = ["metadata": ["finalizers": nil]]
            let (status, _) = try await server.call(
                "PATCH", deployments + "/web", release, type: "application/merge-patch+json")
            #expect(status == 200)
            #expect(try await server.call("GET", deployments + "/web").status == 404)
            try await server.call("POST", deployments, Sample.deployment("web"))
            let (_, gone) = try await server.call("DELETE", deployments + "/web", ["propagationPolicy": "Background"])
            #expect(gone["status"] == "Success")
            #expect(gone[path: "details", "kind"] == "deployments")
            #expect(gone[path: "details", "uid"]?.string?.count == 36)
        }
    }

    @Test("A namespace begins furnished and goes with its contents")
    func namespaces() async throws {
        try await APIFixture.with { server in
            let (_, made) = try await server.call(
                "POST", "/api/v1/namespaces", ["kind": "Namespace", "apiVersion": "v1", "metadata": ["name": "team"]])
            #expect(made[path: "metadata", "labels", "kubernetes.io/metadata.name"] == "team")
            #expect(made[path: "status", "phase"] == "Active")
            #expect(try await server.call("GET", "/api/v1/namespaces/team/serviceaccounts/default").status == 200)
            try await server.call("POST", "/api/v1/namespaces/team/configmaps", Sample.configMap("a"))
            try await server.call("POST", "/api/v1/namespaces/team/pods", Sample.pod("p", node: "n1"))
            let (_, ending) = try await server.call("DELETE", "/api/v1/namespaces/team")
            #expect(ending[path: "status", "phase"] == "Terminating")
            let (refused, answer) = try await server.call(
                "POST", "/api/v1/namespaces/team/configmaps", Sample.configMap("b"))
            #expect(refused == 403)
            #expect(answer[path: "details", "causes"]?[0]?["reason"] == "NamespaceTerminating")
            try await server.api.emptyNamespaces()
            #expect(try await server.call("GET", "/api/v1/namespaces/team/configmaps/a").status == 404)
            #expect(try await server.call("GET", "/api/v1/namespaces/team").status == 200)
            try await server.call("DELETE", "/api/v1/namespaces/team/pods/p", ["gracePeriodSeconds": 0])
            try await server.api.emptyNamespaces()
            #expect(try await server.call("GET", "/api/v1/namespaces/team").status == 404)
        }
    }

    @Test("Old events go")
    func eventLifetime() async throws {
        try await APIFixture.with { server in
            let event: JSON = [
                "kind": "Event", "apiVersion": "v1", "metadata": ["name": "e"],
                "involvedObject": ["kind": "Pod", "name": "p", "namespace": "default"], "reason": "Started",
            ]
            try await server.call("POST", "/api/v1/namespaces/default/events", event)
            server.clock.advance(3500)
            try await server.api.removeOldEvents()
            #expect(try await server.call("GET", "/api/v1/namespaces/default/events/e").status == 200)
            server.clock.advance(200)
            try await server.api.removeOldEvents()
            #expect(try await server.call("GET", "/api/v1/namespaces/default/events/e").status == 404)
        }
    }

    @Test("Logs come from the node, once the container has begun")
    func logs() async throws {
        try await APIFixture.with { server in
            try await server.call("POST", pods, Sample.pod("p", node: "n1"))
            let (early, waiting) = try await server.call("GET", pods + "/p/log")
            #expect(early == 400)
            #expect(waiting["reason"] == "BadRequest")
            let status: JSON = [
                "status": ["containerStatuses": [["name": "web", "image": "web", "state": ["running": [:]]]]]
            ]
            try await server.call("PATCH", pods + "/p/status", status, type: "application/merge-patch+json")
            let (ok, text) = try await server.call("GET", pods + "/p/log?tailLines=3")
            #expect(ok == 200)
            #expect(text == "hello from p/web\ntail 3\n")
            let (unknown, answer) = try await server.call("GET", pods + "/p/log?container=other")
            #expect(unknown == 400)
            #expect(answer["message"] == "container other is not valid for pod p")
        }
    }
}
