import Testing

@testable import Kube

@Suite("Protobuf bodies")
struct ProtobufTests {
    /// A field with a length.
    private func field(_ number: Int, _ content: [UInt8]) -> [UInt8] {
        [UInt8(number << 3 | 2), UInt8(content.count)] + content
    }

    private func field(_ number: Int, _ text: String) -> [UInt8] { field(number, Array(text.utf8)) }
    private func field(_ number: Int, varint value: UInt8) -> [UInt8] { [UInt8(number << 3), value] }

    private func envelope(_ apiVersion: String, _ kind: String, _ raw: [UInt8]) -> [UInt8] {
        [0x6B, 0x38, 0x73, 0] + field(1, field(1, apiVersion) + field(2, kind)) + field(2, raw)
    }

    private func decode(_ bytes: [UInt8]) throws -> JSON {
        try ProtobufDecoding().object(bytes) { _, kind in
            kind == "Deployment" ? "apps.Deployment" : kind == "DeleteOptions" ? "meta.DeleteOptions" : "core.\(kind)"
        }
    }

    @Test("A ConfigMap keeps its data and drops what is empty")
    func configMap() throws {
        let metadata = field(1, "cm") + field(3, "") + field(8, [])
        let bytes = envelope("v1", "ConfigMap", field(1, metadata) + field(2, field(1, "k") + field(2, "v")))
        #expect(
            try decode(bytes)
                == ["kind": "ConfigMap", "apiVersion": "v1", "metadata": ["name": "cm"], "data": ["k": "v"]])
    }

    @Test("A zero counts where the field is a pointer, and not where it is held by value")
    func zeros() throws {
        let spec = field(1, varint: 0) + field(5, varint: 0) + field(3, field(2, field(2, field(1, "c"))))
        let tree = try decode(envelope("apps/v1", "Deployment", field(2, spec)))
        #expect(tree[path: "spec", "replicas"] == 0)
        #expect(tree[path: "spec", "minReadySeconds"] == nil)
        #expect(tree[path: "spec", "template", "spec", "containers"]?[0]?["name"] == "c")
    }

    @Test("Inlined messages, numbers or strings, bytes and quantities become what they are in JSON")
    func scalars() throws {
        let volume = field(1, "v") + field(2, field(2, []))
        let pod = try decode(envelope("v1", "Pod", field(2, field(1, volume))))
        #expect(pod[path: "spec", "volumes"] == [["name": "v", "emptyDir": [:]]])
        let port = field(3, varint: 80).dropFirst(0) + field(4, field(1, varint: 1) + field(3, "http"))
        let service = try decode(envelope("v1", "Service", field(2, field(1, Array(port)))))
        #expect(service[path: "spec", "ports"]?[0]?["targetPort"] == "http")
        let secret = try decode(envelope("v1", "Secret", field(2, field(1, "k") + field(2, "hi"))))
        #expect(secret["data"] == ["k": "aGk="])
    }

    @Test("DeleteOptions with a grace period of zero say so")
    func deleteOptions() throws {
        let tree = try decode(envelope("v1", "DeleteOptions", field(1, varint: 0) + field(4, "Background")))
        #expect(tree["gracePeriodSeconds"] == 0)
        #expect(tree["propagationPolicy"] == "Background")
    }

    @Test(
        "What is no such body is refused",
        arguments: [[], [1, 2, 3], [0x6B, 0x38, 0x73, 0, 0x0A, 0x09, 1]] as [[UInt8]])
    func refused(_ bytes: [UInt8]) {
        #expect(throws: ProtobufProblem.self) { try decode(bytes) }
    }
}
