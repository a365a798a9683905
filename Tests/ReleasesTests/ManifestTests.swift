import Kube
import Problems
import Syntax
import Testing

@testable import Releases

@Suite struct ManifestTests {
    @Test func `Every document becomes an object with its place`() throws {
        let manifests = try Samples.objects()
        #expect(
            manifests.map(\.key.description) == [
                "ConfigMap/settings", "Deployment/ships", "Service/ships", "Deployment/routes", "Service/routes",
                "HTTPRoute/harbour",
            ])
        #expect(manifests[1].line == 6)
        #expect(try [Manifest](archive: JSON.parse(manifests.archive.text)) == manifests)
    }

    @Test func `A List is its items`() throws {
        let manifests = try Samples.objects(
            "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n- {apiVersion: v1, kind: Secret, metadata: {name: b}}\n"
        )
        #expect(manifests.map(\.key.name) == ["a", "b"])
    }

    static let deployment = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: a }
        spec:
          selector: { matchLabels: { app: a } }
          template: { metadata: { labels: { app: b } }, spec: { containers: [{ name: a, image: a }] } }
        """

    @Test(arguments: [
        ("kind: Deployment\n", 1, "Add both"),
        ("apiVersion: v1\nkind: Namespace\nmetadata: { name: x }\n", 2, "one namespace for each environment"),
        ("apiVersion: apps/v1beta1\nkind: Deployment\nmetadata: { name: x }\n", 1, "apps/v1"),
        ("apiVersion: v1\nkind: ConfigMapp\nmetadata: { name: x }\n", 2, "\"ConfigMap\""),
        ("apiVersion: apps/v1\nkind: ReplicaSet\nmetadata: { name: x }\n", 2, "Use a Deployment"),
        ("apiVersion: v1\nkind: ConfigMap\nmetadata: {}\n", 3, "Add one"),
        ("apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x, namespace: prod }\n", 3, "environment decides"),
        (
            "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x, labels: { estiba.dev/track: stable } }\n", 3,
            "Remove it"
        ),
        (deployment, 5, "both the same"),
        ("apiVersion: kustomize.config.k8s.io/v1\nkind: Kustomization\n", 2, "kustomization.yaml"),
    ])
    func `A mistake is shown at its place with what to do`(text: String, line: Int, remedy: String) throws {
        let problem = #expect(throws: Diagnostics.self) { try Samples.objects(text) }
        let first = try #require(problem?.all.first)
        #expect(first.location?.line == line, "\(first)")
        #expect(first.remedy?.contains(remedy) == true, "\(first)")
    }

    @Test func `An object that is defined twice is refused, and both places are named`() throws {
        let one = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }\n"
        let problem = #expect(throws: Diagnostics.self) { try Samples.objects(one + "---\n" + one) }
        #expect(problem?.summary.contains("deploy/all.yaml:1") == true)
    }
}
