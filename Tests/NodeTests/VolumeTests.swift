import FoundationEssentials
import Kube
import Linux
import Testing

@testable import Node

struct VolumeTests {
    static let sources = ContainerEnvironment.Sources(
        configMaps: ["m": ConfigMap(metadata: ObjectMeta(name: "m"), data: ["a": "1", "b": "2"])],
        secrets: ["s": Secret(metadata: ObjectMeta(name: "s"), data: ["key": "c2VjcmV0"])])

    func files(_ tree: JSON, tokens: [String: String] = [:]) throws -> [String] {
        let volume = try tree.decode(Volume.self)
        let files = try VolumeContent.files(
            of: volume, sources: Self.sources, values: EnvironmentTests.values, tokens: tokens)
        return try #require(files).map {
            "\($0.path) \(String($0.mode, radix: 8)) \(String(decoding: $0.bytes, as: UTF8.self))"
        }
    }

    @Test func `volumes are made of the keys of their objects`() throws {
        #expect(try files(["name": "v", "configMap": ["name": "m"]]) == ["a 644 1", "b 644 2"])
        #expect(
            try files([
                "name": "v", "configMap": ["name": "m", "items": [["key": "b", "path": "sub/b", "mode": 256]]],
            ])
                == ["sub/b 400 2"])
        #expect(try files(["name": "v", "secret": ["secretName": "s", "defaultMode": 384]]) == ["key 600 secret"])
        #expect(try files(["name": "v", "secret": ["secretName": "gone", "optional": true]]) == [])
        #expect(
            try files([
                "name": "v", "downwardAPI": ["items": [["path": "name", "fieldRef": ["fieldPath": "metadata.name"]]]],
            ])
                == ["name 644 web-1"])
    }

    @Test func `a projected volume holds them side by side`() throws {
        let tree: JSON = [
            "name": "v",
            "projected": [
                "sources": [
                    ["configMap": ["name": "m", "items": [["key": "a", "path": "a"]]]], ["secret": ["name": "s"]],
                    ["serviceAccountToken": ["path": "token"]],
                ]
            ],
        ]
        #expect(try files(tree, tokens: ["token": "t0k"]) == ["a 644 1", "key 644 secret", "token 600 t0k"])
    }

    @Test(
        arguments: [
            ["name": "v", "configMap": ["name": "gone"]],
            ["name": "v", "configMap": ["name": "m", "items": [["key": "z", "path": "z"]]]],
            ["name": "v", "configMap": ["name": "m", "items": [["key": "a", "path": "../a"]]]],
            ["name": "v", "configMap": ["name": "m", "items": [["key": "a", "path": "/etc/a"]]]],
        ] as [JSON])
    func `a missing object, key or a path that leads out is a problem`(_ tree: JSON) {
        #expect(throws: NodeProblem.self) { try files(tree) }
    }

    @Test func `new files replace old ones in one step`() throws {
        let directory = try FileSystem.makeTemporaryDirectory(prefix: "/tmp/estiba-volume-")
        defer { try? FileSystem.removeTree(directory) }
        let writer = VolumeWriter(directory: directory)
        func file(_ path: String, _ text: String) -> VolumeFile {
            VolumeFile(path: path, bytes: Array(text.utf8), mode: 0o640)
        }
        #expect(try writer.write([file("a", "1"), file("d/b", "2")]))
        #expect(try FileSystem.readLine(directory + "/d/b") == "2")
        #expect(try !writer.write([file("a", "1"), file("d/b", "2")]))
        #expect(try writer.write([file("a", "3")]))
        #expect(try FileSystem.readLine(directory + "/a") == "3")
        #expect(try FileSystem.list(directory).filter { !$0.hasPrefix("..") } == ["a"])
        #expect(try FileSystem.list(directory).count == 3)
    }

    @Test func `the kinds of host paths are made or checked`() throws {
        let directory = try FileSystem.makeTemporaryDirectory(prefix: "/tmp/estiba-hostpath-")
        defer { try? FileSystem.removeTree(directory) }
        func prepare(_ path: String, _ type: String) throws -> String {
            let source: [Volume.HostPath] = NodeScope.parts(["path": .string(path), "type": .string(type)])
            return try HostPathVolume.prepare(try #require(source.first), volume: "v")
        }
        #expect(try prepare(directory + "/data/x", "DirectoryOrCreate") == directory + "/data/x")
        #expect(FileSystem.exists(directory + "/data/x"))
        #expect(try prepare(directory + "/file", "FileOrCreate") == directory + "/file")
        #expect(throws: NodeProblem.self) { try prepare(directory + "/none", "Directory") }
        #expect(throws: NodeProblem.self) { try prepare(directory + "/file", "Directory") }
        #expect(throws: NodeProblem.self) { try prepare(directory + "/../etc", "") }
        #expect(throws: NodeProblem.self) { try prepare("relative", "") }
    }
}
