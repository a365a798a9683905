import Kube
import Testing

@testable import APIServer

@Suite("Server-side apply")
struct ApplyTests {
    private let configMap = "/api/v1/namespaces/default/configmaps/a"
    private let deployment = "/apis/apps/v1/namespaces/default/deployments/web"
    private let type = "application/apply-patch+yaml"

    private func map(_ data: [String: String]) -> JSON { Sample.configMap("a", data) }

    @Test("What a manager applied and no longer wants goes; what another set stays")
    func removal() async throws {
        try await APIFixture.with { server in
            let (created, object) = try await server.call(
                "PATCH", configMap + "?fieldManager=helm", map(["a": "1", "b": "2"]), type: type)
            #expect(created == 201)
            let entry = object[path: "metadata", "managedFields"]?[0]
            #expect(entry?["manager"] == "helm")
            #expect(entry?["operation"] == "Apply")
            #expect(entry?["fieldsV1"] == ["f:data": ["f:a": [:], "f:b": [:]]])
            try await server.call(
                "PATCH", configMap + "?fieldManager=me", ["data": ["c": "3"]], type: "application/merge-patch+json")
            let (status, changed) = try await server.call(
                "PATCH", configMap + "?fieldManager=helm", map(["a": "1"]), type: type)
            #expect(status == 200)
            #expect(changed["data"] == ["a": "1", "c": "3"])
        }
    }

    @Test("Applying the same again changes nothing")
    func idempotent() async throws {
        try await APIFixture.with { server in
            let path = deployment + "?fieldManager=helm"
            let (_, first) = try await server.call("PATCH", path, Sample.deployment("web"), type: type)
            server.clock.advance(60)
            let (status, second) = try await server.call("PATCH", path, Sample.deployment("web"), type: type)
            #expect(status == 200)
            #expect(first == second)
        }
    }

    @Test("Another's value is a conflict, until it is forced or agreed with")
    func conflicts() async throws {
        try await APIFixture.with { server in
            try await server.call("PATCH", configMap + "?fieldManager=A", map(["a": "1", "b": "1"]), type: type)
            let (status, answer) = try await server.call(
                "PATCH", configMap + "?fieldManager=B", map(["a": "2"]), type: type)
            #expect(status == 409)
            #expect(answer["message"] == "Apply failed with 1 conflict: conflict with \"A\": .data.a")
            #expect(answer[path: "details", "causes"]?[0]?["field"] == ".data.a")
            #expect(
                try await server.call("PATCH", configMap + "?fieldManager=B", map(["a": "1"]), type: type).status == 200
            )
            let (forced, object) = try await server.call(
                "PATCH", configMap + "?fieldManager=B&force=true", map(["a": "2"]), type: type)
            #expect(forced == 200)
            #expect(object["data"] == ["a": "2", "b": "1"])
            // A has lost the field, and so does not remove it by leaving it out.
            let (_, last) = try await server.call("PATCH", configMap + "?fieldManager=A", map(["b": "1"]), type: type)
            #expect(last["data"] == ["a": "2", "b": "1"])
        }
    }

    @Test("Items of lists belong to those who applied them")
    func items() async throws {
        try await APIFixture.with { server in
            var wanted = Sample.deployment("web")
            wanted[path: "spec", "template", "spec", "containers"] = [
                ["name": "web", "image": "web:1", "env": [["name": "A", "value": "1"]]],
                ["name": "side", "image": "side:1"],
            ]
            try await server.call("PATCH", deployment + "?fieldManager=helm", wanted, type: type)
            let (_, scaled) = try await server.call(
                "PATCH", deployment + "?fieldManager=kubectl", ["spec": ["replicas": 7]],
                type: "application/merge-patch+json")
            #expect(scaled[path: "spec", "replicas"] == 7)
            let less = Sample.deployment("web")
            let (status, answer) = try await server.call("PATCH", deployment + "?fieldManager=helm", less, type: type)
            #expect(status == 409)
            #expect(
                answer["message"]
                    == "Apply failed with 1 conflict: conflict with \"kubectl\" using apps/v1: .spec.replicas")
            var agreed = less
            agreed[path: "spec", "replicas"] = nil
            let (ok, object) = try await server.call("PATCH", deployment + "?fieldManager=helm", agreed, type: type)
            #expect(ok == 200)
            #expect(object[path: "spec", "replicas"] == 7)
            let containers = object[path: "spec", "template", "spec", "containers"]?.array ?? []
            #expect(containers.map { $0["name"] } == ["web"])
            #expect(containers.first?["env"] == nil)
        }
    }

    @Test("An object that was made otherwise belongs to its past")
    func adoption() async throws {
        try await APIFixture.with { server in
            try await server.call("POST", "/api/v1/namespaces/default/configmaps", map(["a": "1"]))
            let (status, answer) = try await server.call(
                "PATCH", configMap + "?fieldManager=helm", map(["a": "2"]), type: type)
            #expect(status == 409)
            #expect(
                answer["message"]
                    == "Apply failed with 1 conflict: conflict with \"before-first-apply\" using v1: .data.a")
            #expect(
                try await server.call("PATCH", configMap + "?fieldManager=helm", map(["a": "1"]), type: type).status
                    == 200)
        }
    }

    @Test("An apply without a manager, or of an unknown field, is refused")
    func refusals() async throws {
        try await APIFixture.with { server in
            let first = try await server.call("PATCH", configMap, map([:]), type: type)
            #expect(first.status == 422)
            var odd = map(["a": "1"])
            odd["zzz"] = 1
            let second = try await server.call("PATCH", configMap + "?fieldManager=x", odd, type: type)
            #expect(second.status == 400)
            #expect(second.body["message"]?.string?.hasSuffix(".zzz: field not declared in schema") == true)
        }
    }
}
