import Testing

@testable import Kube

@Suite("Selectors")
struct SelectorTests {
    @Test(
        "A label selector matches as Kubernetes matches",
        arguments: [
            ("", true), ("a=1", true), ("a==1", true), ("a=2", false), ("a!=1", false), ("a!=2", true), ("c!=x", true),
            ("a in (1,2)", true), ("a in (2, 3)", false), ("a notin (2)", true), ("c notin (1)", true), ("a", true),
            ("c", false), ("!c", true), ("!a", false), ("a=1,b=x", true), ("a=1, b in (y)", false),
            ("empty=", true), ("a=", false), ("app.kubernetes.io/name=web", true),
        ])
    func labels(_ text: String, _ expected: Bool) throws {
        let labels: JSON = ["a": "1", "b": "x", "empty": "", "app.kubernetes.io/name": "web"]
        #expect(try LabelQuery(text).matches(labels) == expected)
    }

    @Test("No labels satisfy only requirements of absence")
    func noLabels() throws {
        #expect(try LabelQuery("!a,b!=1").matches(nil))
        #expect(try !LabelQuery("a").matches(nil))
    }

    @Test("A malformed label selector is refused", arguments: ["a in 1", "a in (1", "a=1,", "=1", "a b", "a=1 b=2"])
    func malformed(_ text: String) {
        #expect(throws: SelectorProblem.self) { try LabelQuery(text) }
    }

    @Test(
        "A field selector compares texts, and absence with the empty one",
        arguments: [
            ("metadata.name=x", true), ("metadata.name==x", true), ("metadata.name!=x", false),
            ("metadata.name=y", false), ("status.phase=", true), ("status.phase!=Failed,metadata.name=x", true),
            ("weird=a\\,b\\=c", true), ("", true),
        ])
    func fields(_ text: String, _ expected: Bool) throws {
        let fields = ["metadata.name": "x", "weird": "a,b=c"]
        #expect(try FieldQuery(text).matches { fields[$0] ?? "" } == expected)
    }

    @Test("A field selector without a comparison is refused")
    func malformedField() {
        #expect(throws: SelectorProblem.self) { try FieldQuery("metadata.name") }
    }
}
