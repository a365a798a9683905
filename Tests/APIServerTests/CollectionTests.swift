import Kube
import Store
import Testing

@testable import APIServer

@Suite("Lists and watches")
struct CollectionTests {
    private let configMaps = "/api/v1/namespaces/default/configmaps"
    private let table = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"

    private func labelled(_ name: String, _ value: String) -> JSON {
        var object = Sample.configMap(name)
        object[path: "metadata", "labels"] = ["tier": .string(value)]
        return object
    }

    @Test("A list is selected by labels and fields")
    func selectors() async throws {
        try await APIFixture.with { server in
            for (name, tier) in [("a", "x"), ("b", "y"), ("c", "x")] {
                try await server.call("POST", configMaps, labelled(name, tier))
            }
            func names(_ query: String) async throws -> [String] {
                let (_, list) = try await server.call("GET", configMaps + "?" + query)
                return (list["items"]?.array ?? []).compactMap { $0[path: "metadata", "name"]?.string }
            }
            #expect(try await names("") == ["a", "b", "c"])
            #expect(try await names("labelSelector=tier%3Dx") == ["a", "c"])
            #expect(try await names("labelSelector=tier+notin+(x)") == ["b"])
            #expect(try await names("fieldSelector=metadata.name%3Db") == ["b"])
            let (_, all) = try await server.call("GET", "/api/v1/configmaps")
            #expect(all["kind"] == "ConfigMapList")
            #expect(all["items"]?.array?.count == 3)
        }
    }

    @Test("Pages of a list are of one revision")
    func pages() async throws {
        try await APIFixture.with { server in
            for name in ["a", "b", "c"] { try await server.call("POST", configMaps, Sample.configMap(name)) }
            let (_, first) = try await server.call("GET", configMaps + "?limit=2")
            #expect(first["items"]?.array?.count == 2)
            #expect(first[path: "metadata", "remainingItemCount"] == 1)
            try await server.call("DELETE", configMaps + "/c")
            let token = try #require(first[path: "metadata", "continue"]?.string).replacing("=", with: "%3D").replacing(
                "+", with: "%2B")
            let (_, second) = try await server.call("GET", configMaps + "?limit=2&continue=\(token)")
            #expect(second["items"]?[0]?[path: "metadata", "name"] == "c")
            #expect(second[path: "metadata", "continue"] == nil)
            #expect(second[path: "metadata", "resourceVersion"] == first[path: "metadata", "resourceVersion"])
        }
    }

    @Test("A watch from a list's version sees what came after it")
    func watching() async throws {
        try await APIFixture.with { server in
            try await server.call("POST", configMaps, labelled("a", "x"))
            let (_, list) = try await server.call("GET", configMaps)
            let version = try #require(list[path: "metadata", "resourceVersion"]?.string)
            let reader = try await server.watch(
                configMaps + "?watch=1&labelSelector=tier%3Dx&resourceVersion=\(version)")
            try await server.call("POST", configMaps, labelled("b", "x"))
            try await server.call(
                "PATCH", configMaps + "/a", ["data": ["n": "1"]], type: "application/merge-patch+json")
            try await server.call(
                "PATCH", configMaps + "/a", ["metadata": ["labels": ["tier": "y"]]],
                type: "application/merge-patch+json")
            try await server.call(
                "PATCH", configMaps + "/a", ["metadata": ["labels": ["tier": "x"]]],
                type: "application/merge-patch+json")
            try await server.call("DELETE", configMaps + "/b")
            var seen: [String] = []
            for _ in 0..<5 {
                let event = try #require(try await reader.next())
                seen.append("\(event["type"]?.string ?? "") \(event[path: "object", "metadata", "name"]?.string ?? "")")
            }
            #expect(seen == ["ADDED b", "MODIFIED a", "DELETED a", "ADDED a", "DELETED b"])
        }
    }

    @Test("A streamed list ends with its bookmark")
    func watchList() async throws {
        try await APIFixture.with { server in
            try await server.call("POST", configMaps, Sample.configMap("a"))
            let reader = try await server.watch(
                configMaps
                    + "?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true")
            let added = try #require(try await reader.next())
            #expect(added["type"] == "ADDED")
            let bookmark = try #require(try await reader.next())
            #expect(bookmark["type"] == "BOOKMARK")
            #expect(bookmark[path: "object", "metadata", "annotations", "k8s.io/initial-events-end"] == "true")
            try await server.call("DELETE", configMaps + "/a")
            #expect(try await reader.next()?["type"] == "DELETED")
        }
    }

    @Test("A watch ends at its time, and has bookmarks before")
    func timeout() async throws {
        try await APIFixture.with { server in
            let reader = try await server.watch(
                configMaps
                    + "?watch=1&timeoutSeconds=90&allowWatchBookmarks=true&resourceVersion=\(server.log.revision)")
            server.clock.advance(61)
            try await server.call("POST", configMaps, Sample.configMap("a"))
            #expect(try await reader.next()?["type"] == "ADDED")
            #expect(try await reader.next()?["type"] == "BOOKMARK")
            server.clock.advance(30)
            #expect(try await reader.next() == nil)
        }
    }

    @Test("A watch from forgotten history is told that it is too late")
    func expired() async throws {
        try await APIFixture.with { server in
            try await server.call("POST", configMaps, Sample.configMap("a"))
            server.clock.advance(1000)
            try await server.log.compact(before: server.clock.now)
            let reader = try await server.watch(configMaps + "?watch=1&resourceVersion=1")
            let event = try #require(try await reader.next())
            #expect(event["type"] == "ERROR")
            #expect(event[path: "object", "code"] == 410)
            #expect(event[path: "object", "reason"] == "Expired")
            #expect(try await reader.next() == nil)
        }
    }

    @Test("A table has the columns of its kind")
    func tables() async throws {
        try await APIFixture.with { server in
            try await server.call("POST", "/apis/apps/v1/namespaces/default/deployments", Sample.deployment("web"))
            server.clock.advance(150)
            let (_, answer) = try await server.call(
                "GET", "/apis/apps/v1/namespaces/default/deployments", accept: table)
            #expect(answer["kind"] == "Table")
            let names = (answer["columnDefinitions"]?.array ?? []).compactMap { $0["name"]?.string }
            #expect(names == ["Name", "Ready", "Up-to-date", "Available", "Age", "Containers", "Images", "Selector"])
            #expect(answer["rows"]?[0]?["cells"] == ["web", "0/2", 0, 0, "2m30s", "web", "web:1", "app=web"])
            #expect(answer["rows"]?[0]?[path: "object", "kind"] == "PartialObjectMetadata")
        }
    }

    @Test("A watch of tables names its columns once")
    func tableWatch() async throws {
        try await APIFixture.with { server in
            let reader = try await server.watch(
                configMaps + "?watch=1&resourceVersion=\(server.log.revision)", accept: table)
            try await server.call("POST", configMaps, Sample.configMap("a"))
            try await server.call("POST", configMaps, Sample.configMap("b"))
            #expect(try await reader.next()?[path: "object", "columnDefinitions"]?.array?.count == 3)
            #expect(try await reader.next()?[path: "object", "columnDefinitions"]?.array?.count == 0)
        }
    }

    @Test("A collection can be deleted by selector")
    func deleteCollection() async throws {
        try await APIFixture.with { server in
            for (name, tier) in [("a", "x"), ("b", "y")] {
                try await server.call("POST", configMaps, labelled(name, tier))
            }
            let (status, list) = try await server.call("DELETE", configMaps + "?labelSelector=tier%3Dx")
            #expect(status == 200)
            #expect(list["items"]?.array?.count == 1)
            #expect(try await server.call("GET", configMaps).body["items"]?.array?.count == 1)
        }
    }

    @Test("The typed client and the reflector's list work in process")
    func client() async throws {
        try await APIFixture.with { server in
            let client = ClusterClient(InProcessTransport(server.api))
            var map = try await client.create(
                ConfigMap(metadata: ObjectMeta(name: "a", namespace: "default"), data: ["k": "v"]))
            map.data = ["k": "w"]
            try await client.replace(map)
            #expect(try await client.list(ConfigMap.self, in: "default").items.map(\.data) == [["k": "w"]])
            let events = try await client.watch(
                ConfigMap.self, from: try await client.list(ConfigMap.self).resourceVersion)
            try await client.delete(ConfigMap.self, "a", in: "default")
            for try await event in events {
                if case .deleted(let object) = event {
                    #expect(object.name == "a")
                } else {
                    Issue.record("not a deletion")
                }
                break
            }
            #expect(try await client.find(ConfigMap.self, "a", in: "default") == nil)
        }
    }
}
