import FoundationEssentials
import Testing

@testable import Kube

@Suite("The table of fields")
struct SchemaTests {
    private let schema = SchemaTable.kubernetes

    @Test("Every message that a field names is in the table")
    func closed() {
        func missing(_ type: SchemaType) -> String? {
            switch type {
            case .message(let name): schema.message(name) == nil ? name : nil
            case .list(let item), .map(let item): missing(item)
            default: nil
            }
        }
        for message in schema.messages.values {
            #expect(!message.fields.isEmpty, "\(message.name)")
            for field in message.fields { #expect(missing(field.type) == nil, "\(message.name).\(field.name)") }
        }
        #expect(schema.messages.count > 250)
    }

    @Test("Fields of inlined messages are the parent's own")
    func inlined() {
        #expect(schema.message("core.Volume")?.field("emptyDir") != nil)
        #expect(schema.message("core.Probe")?.field("httpGet") != nil)
        #expect(schema.message("core.Volume")?.field("VolumeSource") == nil)
    }

    @Test(
        "Unknown fields are found with their paths",
        arguments: [
            (
                #"{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"x","foo":1},"datax":{}}"#, "core.ConfigMap",
                ["metadata.foo", "datax"]
            ),
            (
                #"{"spec":{"containers":[{"name":"a","imge":"x"}],"volumes":[{"name":"v","emptyDir":{}}]}}"#,
                "core.Pod", ["spec.containers[0].imge"]
            ),
            (#"{"data":{"any":"thing"}}"#, "core.ConfigMap", []),
            (
                #"{"spec":{"rules":[{"backendRefs":[{"name":"a","wait":1}]}]}}"#, "gateway.HTTPRoute",
                ["spec.rules[0].backendRefs[0].wait"]
            ),
        ])
    func unknown(_ text: String, _ message: String, _ expected: [String]) throws {
        #expect(schema.check(try JSON.parse(text), as: message).unknown == expected)
    }

    @Test(
        "Values of the wrong type are found",
        arguments: [
            (#"{"spec":{"replicas":"3"}}"#, "json: cannot unmarshal string into field spec.replicas of type integer"),
            (
                #"{"metadata":{"labels":{"a":1}}}"#,
                "json: cannot unmarshal number into field metadata.labels.a of type string"
            ),
            (#"{"spec":[]}"#, "json: cannot unmarshal array into field spec of type object"),
        ])
    func wrongType(_ text: String, _ expected: String) throws {
        #expect(schema.check(try JSON.parse(text), as: "apps.Deployment").wrongType == expected)
    }
}

@Suite("Timestamps")
struct TimestampTests {
    @Test(
        "Times are written and read in RFC 3339",
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (951_782_400, "2000-02-29T00:00:00Z"), (1_795_251_600, "2026-11-21T09:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"), (4_102_444_799, "2099-12-31T23:59:59Z"),
        ])
    func seconds(_ seconds: Int, _ text: String) {
        #expect(Timestamp.text(seconds: Int64(seconds)) == text)
        #expect(Timestamp.date(text)?.timeIntervalSince1970 == Double(seconds))
    }

    @Test("Fractions and offsets are understood, other texts are not")
    func others() {
        #expect(Timestamp.date("2026-11-21T11:00:00.5+02:00")?.timeIntervalSince1970 == 1_795_251_600.5)
        #expect(Timestamp.text(seconds: 0, microseconds: 1500) == "1970-01-01T00:00:00.001500Z")
        for text in ["", "yesterday", "2026-13-01T00:00:00Z", "2026-11-21", "2026-11-21T09:00:00"] {
            #expect(Timestamp.date(text) == nil)
        }
    }
}
