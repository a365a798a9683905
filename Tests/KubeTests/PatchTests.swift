import Testing

@testable import Kube

@Suite("Patches")
struct PatchTests {
    @Test(
        "A merge patch follows RFC 7396, appendix A",
        arguments: [
            (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{"a":"c"}"#), (#"{"a":"b"}"#, #"{"b":"c"}"#, #"{"a":"b","b":"c"}"#),
            (#"{"a":"b"}"#, #"{"a":null}"#, "{}"), (#"{"a":"b","b":"c"}"#, #"{"a":null}"#, #"{"b":"c"}"#),
            (#"{"a":["b"]}"#, #"{"a":"c"}"#, #"{"a":"c"}"#), (#"{"a":"c"}"#, #"{"a":["b"]}"#, #"{"a":["b"]}"#),
            (#"{"a":{"b":"c"}}"#, #"{"a":{"b":"d","c":null}}"#, #"{"a":{"b":"d"}}"#),
            (#"{"a":[{"b":"c"}]}"#, #"{"a":[1]}"#, #"{"a":[1]}"#), (#"["a","b"]"#, #"["c","d"]"#, #"["c","d"]"#),
            (#"{"a":"b"}"#, #"["c"]"#, #"["c"]"#), (#"{"a":"foo"}"#, "null", "null"),
            (#"{"e":null}"#, #"{"a":1}"#, #"{"e":null,"a":1}"#), (#"[1,2]"#, #"{"a":"b","c":null}"#, #"{"a":"b"}"#),
            ("{}", #"{"a":{"bb":{"ccc":null}}}"#, #"{"a":{"bb":{}}}"#),
        ])
    func mergePatch(_ target: String, _ patch: String, _ expected: String) throws {
        #expect(MergePatch.apply(try JSON.parse(patch), to: try JSON.parse(target)) == (try JSON.parse(expected)))
    }

    @Test(
        "The difference of two objects turns one into the other",
        arguments: [
            (#"{"a":1,"b":{"c":2,"d":3}}"#, #"{"a":1,"b":{"c":4}}"#, #"{"b":{"c":4,"d":null}}"#), ("{}", "{}", "{}"),
            (#"{"a":[1]}"#, #"{"a":[1,2]}"#, #"{"a":[1,2]}"#),
        ])
    func difference(_ old: String, _ new: String, _ expected: String) throws {
        let (old, new) = (try JSON.parse(old), try JSON.parse(new))
        let patch = MergePatch.difference(from: old, to: new)
        #expect(patch == (try JSON.parse(expected)))
        #expect(MergePatch.apply(patch, to: old) == new)
    }

    @Test(
        "A JSON patch applies its operations in order",
        arguments: [
            (#"{"a":1}"#, #"[{"op":"add","path":"/b","value":2}]"#, #"{"a":1,"b":2}"#),
            (#"{"a":[1,3]}"#, #"[{"op":"add","path":"/a/1","value":2}]"#, #"{"a":[1,2,3]}"#),
            (#"{"a":[1]}"#, #"[{"op":"add","path":"/a/-","value":2}]"#, #"{"a":[1,2]}"#),
            (#"{"a":[1,2]}"#, #"[{"op":"remove","path":"/a/0"}]"#, #"{"a":[2]}"#),
            (#"{"a":{"b/c":1}}"#, #"[{"op":"replace","path":"/a/b~1c","value":2}]"#, #"{"a":{"b/c":2}}"#),
            (#"{"a":1}"#, #"[{"op":"move","from":"/a","path":"/b"}]"#, #"{"b":1}"#),
            (#"{"a":{"x":1}}"#, #"[{"op":"copy","from":"/a","path":"/b"}]"#, #"{"a":{"x":1},"b":{"x":1}}"#),
            (#"{"a":1}"#, #"[{"op":"test","path":"/a","value":1},{"op":"remove","path":"/a"}]"#, "{}"),
            (#"{"a":1}"#, #"[{"op":"replace","path":"","value":[]}]"#, "[]"),
        ])
    func jsonPatch(_ target: String, _ patch: String, _ expected: String) throws {
        #expect(try JSONPatch.apply(try JSON.parse(patch), to: try JSON.parse(target)) == (try JSON.parse(expected)))
    }

    @Test(
        "A JSON patch that doesn't fit changes nothing and says where",
        arguments: [
            (#"[{"op":"test","path":"/a","value":2}]"#, PatchProblem.testFailed(path: "/a")),
            (#"[{"op":"replace","path":"/x","value":2}]"#, .missing(path: "/x")),
            (#"[{"op":"remove","path":"/l/7"}]"#, .missing(path: "/l/7")),
            (#"[{"op":"add","path":"/l/01","value":0}]"#, .missing(path: "/l/01")),
            (#"[{"op":"fly","path":"/a"}]"#, .malformed("unknown operation \"fly\"")),
            (#"{"op":"add"}"#, .malformed("a JSON patch is an array of operations")),
        ])
    func failingJSONPatch(_ patch: String, _ expected: PatchProblem) throws {
        let target = try JSON.parse(#"{"a":1,"l":[]}"#)
        let operations = try JSON.parse(patch)
        #expect(throws: expected) { try JSONPatch.apply(operations, to: target) }
    }

    @Test(
        "A strategic merge patch merges lists by their keys",
        arguments: [
            // Containers merge by name; a new one stands before those left alone.
            (
                #"{"spec":{"containers":[{"name":"a","image":"1"}]}}"#,
                #"{"spec":{"containers":[{"name":"b","image":"2"}]}}"#,
                #"{"spec":{"containers":[{"name":"b","image":"2"},{"name":"a","image":"1"}]}}"#
            ),
            (
                #"{"spec":{"containers":[{"name":"a","image":"1","env":[{"name":"X","value":"1"}]}]}}"#,
                #"{"spec":{"containers":[{"name":"a","env":[{"name":"X","value":"2"},{"name":"Y","value":"3"}]}]}}"#,
                #"{"spec":{"containers":[{"name":"a","image":"1","env":[{"name":"Y","value":"3"},{"name":"X","value":"2"}]}]}}"#
            ),
            (
                #"{"spec":{"containers":[{"name":"a"},{"name":"b"}]}}"#,
                #"{"spec":{"containers":[{"$patch":"delete","name":"a"}]}}"#, #"{"spec":{"containers":[{"name":"b"}]}}"#
            ),
            (
                #"{"spec":{"containers":[{"name":"a"},{"name":"b"}]}}"#,
                #"{"spec":{"$setElementOrder/containers":[{"name":"b"},{"name":"a"}]}}"#,
                #"{"spec":{"containers":[{"name":"b"},{"name":"a"}]}}"#
            ),
            (
                #"{"spec":{"containers":[{"name":"a"},{"name":"b"}]}}"#,
                #"{"spec":{"containers":[{"$patch":"replace"},{"name":"c"}]}}"#,
                #"{"spec":{"containers":[{"name":"c"}]}}"#
            ),
            // Tolerations are atomic, finalizers a merged list of strings.
            (
                #"{"spec":{"tolerations":[{"key":"a"}]}}"#, #"{"spec":{"tolerations":[{"key":"b"}]}}"#,
                #"{"spec":{"tolerations":[{"key":"b"}]}}"#
            ),
            (
                #"{"metadata":{"finalizers":["a","b"]}}"#,
                #"{"metadata":{"$deleteFromPrimitiveList/finalizers":["a"],"finalizers":["c"]}}"#,
                #"{"metadata":{"finalizers":["b","c"]}}"#
            ),
            // A volume keeps only the source that the patch retains.
            (
                #"{"spec":{"volumes":[{"name":"v","emptyDir":{}}]}}"#,
                #"{"spec":{"volumes":[{"$retainKeys":["name","hostPath"],"name":"v","hostPath":{"path":"/x"}}]}}"#,
                #"{"spec":{"volumes":[{"name":"v","hostPath":{"path":"/x"}}]}}"#
            ),
            (
                #"{"spec":{"nodeSelector":{"a":"1","b":"2"}}}"#, #"{"spec":{"nodeSelector":{"a":null}}}"#,
                #"{"spec":{"nodeSelector":{"b":"2"}}}"#
            ),
            (
                #"{"spec":{"nodeSelector":{"a":"1"}}}"#, #"{"spec":{"nodeSelector":{"$patch":"replace","c":"3"}}}"#,
                #"{"spec":{"nodeSelector":{"c":"3"}}}"#
            ),
        ])
    func strategicMerge(_ target: String, _ patch: String, _ expected: String) throws {
        let result = try StrategicMergePatch.apply(
            try JSON.parse(patch), to: try JSON.parse(target), schema: .kubernetes, type: "core.Pod")
        #expect(result == (try JSON.parse(expected)), "\(result.text)")
    }

    @Test("An item without its merge key is refused")
    func itemWithoutKey() throws {
        let patch = try JSON.parse(#"{"spec":{"containers":[{"image":"x"}]}}"#)
        #expect(throws: PatchProblem.malformed("an item of a list merged by name has no name")) {
            try StrategicMergePatch.apply(patch, to: [:], schema: .kubernetes, type: "core.Pod")
        }
    }
}
