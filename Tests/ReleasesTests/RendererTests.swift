import Delivery
import EstibaTesting
import Foundation
import Kube
import Problems
import Syntax
import Testing

@testable import Releases

@Suite struct RendererTests {
    private let file = """
        app: harbour
        values: { size: 2, level: info, greeting: hello }
        environments:
          dev: { values: { size: 1 } }
          prod: { overlay: deploy/prod, values: { level: warn } }
        """

    private func load(_ file: String, _ files: [String: String]) async throws -> (DeliveryFile, ManifestSet) {
        let root = TemporaryDirectory.make()
        defer { try? FileManager.default.removeItem(atPath: root) }
        for (name, text) in files {
            let place = URL(filePath: "\(root)/\(name)")
            try FileManager.default.createDirectory(
                at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: place)
        }
        let read = try Samples.read(file)
        return (read, try await ManifestFiles.loadAll(read, in: root))
    }

    private func deployment(replicas: String = "1", image: String = "web") -> String {
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: web }
        spec:
          replicas: \(replicas)
          selector: { matchLabels: { app: web } }
          template:
            metadata: { labels: { app: web } }
            spec:
              containers:
                - name: web
                  image: \(image)
                  env:
                    - { name: LEVEL, value: "${{ values.level }}" }
                    - { name: SIZE, value: "${{ values.size }} of ${{ values.greeting }}, ${{ github.sha }}" }

        """
    }

    @Test func `Values stand in for expressions, with their types, and differ from environment to environment`()
        async throws
    {
        let (_, set) = try await load(
            file,
            [
                "deploy/app.yaml": deployment(replicas: "${{ values.size }}"),
                "deploy/prod/app.yaml": deployment(replicas: "${{values.size}}"),
            ])
        #expect(set.base.count == 1)
        #expect(set.base[0].tree[path: "spec", "replicas"] == .int(1))
        let prod = try #require(set.variants["prod"]?.first)
        #expect(prod.file == "deploy/prod/app.yaml")
        #expect(prod.tree[path: "spec", "replicas"] == .int(2))
        let container = prod.tree[path: "spec", "template", "spec", "containers"]?[0]
        #expect(container?["env"]?[0]?["value"] == "warn")
        #expect(container?["env"]?[1]?["value"] == "2 of hello, ${{ github.sha }}")
        #expect(try ManifestSet(archive: JSON.parse(set.archive.text)) == set)
        #expect(try ManifestSet(archive: set.base.archive) == ManifestSet(base: set.base))
    }

    @Test func `A value that is not there is shown at its place`() async throws {
        await #expect {
            try await load(
                "app: harbour\nvalues: { levl: x, size: 1, greeting: [] }", ["deploy/app.yaml": deployment()])
        } throws: { error in
            let all = (error as? Diagnostics)?.all ?? []
            return all.map(\.code) == ["releases.values.unknown", "releases.values.kind"]
                && all[0].remedy == "Did you mean \"levl\"?" && all[0].location?.line == 14
        }
    }

    @Test func `A kustomization that nothing names is refused`() async throws {
        await #expect {
            try await load(
                "app: harbour", ["deploy/app.yaml": "", "deploy/test/kustomization.yaml": "resources: [../app.yaml]"])
        } throws: { error in
            (error as? any Problem)?.code == "releases.manifests.nested"
                && (error as? any Problem)?.remedy?.contains("deploy/test") == true
        }
    }

    @Suite(.enabled(if: Requirement.programs("kubectl"), "needs kubectl"))
    struct Kustomizations {
        private let files = [
            "deploy/kustomization.yaml":
                "resources: [app.yaml]\nconfigMapGenerator: [{ name: settings, literals: [depth=12] }]\n",
            "deploy/app.yaml": RendererTests().deployment(replicas: "3"),
            "deploy/prod/kustomization.yaml": """
            resources: [../]
            namespace: harbour-prod
            replicas: [{ name: web, count: 7 }]

            """,
        ]

        @Test func `A kustomization is rendered, and each environment has its overlay`() async throws {
            // An overlay below its base would be a circle, so the base moves.
            let files = [
                "deploy/base/kustomization.yaml": files["deploy/kustomization.yaml"] ?? "",
                "deploy/base/app.yaml": files["deploy/app.yaml"] ?? "",
                "deploy/prod/kustomization.yaml": (files["deploy/prod/kustomization.yaml"] ?? "")
                    .replacing("../", with: "../base"),
            ]
            let (file, set) = try await RendererTests().load(
                RendererTests().file.replacing("environments:", with: "deploy: deploy/base\nenvironments:"), files)
            #expect(set.base.map(\.key.kind).sorted() == ["ConfigMap", "Deployment"])
            let content = ReleaseContent(
                release: try Samples.content(1).release, file: file, manifests: set.base, variants: set.variants)
            var release = content
            release.release.images = ["web": "registry/web@sha256:cc"]
            for (name, replicas) in [("dev", 3), ("prod", 7)] {
                let rendered = try Samples.rendered(release, in: name)
                let web = try #require(rendered[ObjectKey(kind: "Deployment", name: "web")])
                #expect(web[path: "spec", "replicas"]?.int == replicas)
                #expect(web.text.contains("registry/web@sha256:cc"))
                #expect(web[path: "metadata", "namespace"] == .string("harbour-\(name)"))
            }
        }

        @Test func `A mistake is shown in the rendered text, and a failure with the program's words`() async throws {
            await #expect {
                try await RendererTests().load(
                    "app: harbour",
                    [
                        "deploy/kustomization.yaml": "resources: [app.yaml]\n",
                        "deploy/app.yaml": "apiVersion: batch/v1\nkind: CronJob\nmetadata: { name: tidy }\n",
                    ])
            } throws: { error in
                let first = (error as? Diagnostics)?.all.first
                return first?.location?.file == "deploy (kubectl kustomize)"
                    && first?.code == "releases.manifest.unsupported"
            }
            await #expect {
                try await RendererTests().load(
                    "app: harbour", ["deploy/kustomization.yaml": "resources: [gone.yaml]\n"])
            } throws: { error in
                "\(error)".contains("gone.yaml") && (error as? any Problem)?.code == "releases.manifests.render"
            }
        }
    }

    @Suite(.enabled(if: Requirement.programs("helm"), "needs helm"))
    struct Charts {
        @Test func `A chart is rendered with the values of each environment`() async throws {
            let template = RendererTests().deployment(
                replicas: "{{ .Values.size }}", image: "\"{{ .Values.image }}:1.0\""
            )
            .replacing("name: web }", with: "name: web, namespace: {{ .Release.Namespace }} }")
            .replacing("${{ values.level }}", with: "{{ .Values.level }}")
            .replacing(
                "${{ values.size }} of ${{ values.greeting }}, ${{ github.sha }}", with: "{{ .Values.greeting }}")
            let (file, set) = try await RendererTests().load(
                RendererTests().file.replacing("overlay: deploy/prod, ", with: ""),
                [
                    "deploy/Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.1.0\n",
                    "deploy/values.yaml": "image: web\nsize: 9\n", "deploy/templates/web.yaml": template,
                ])
            var content = ReleaseContent(
                release: try Samples.content(1).release, file: file, manifests: set.base, variants: set.variants)
            content.release.images = ["web": "registry/web@sha256:cc"]
            for (name, replicas, level) in [("dev", 1, "info"), ("prod", 2, "warn")] {
                let web = try #require(
                    try Samples.rendered(content, in: name)[ObjectKey(kind: "Deployment", name: "web")])
                #expect(web[path: "spec", "replicas"]?.int == replicas)
                #expect(web.text.contains("registry/web@sha256:cc"))
                #expect(web.text.contains("\"value\":\"\(level)\""))
            }
        }

        @Test func `A chart that can't be rendered says why`() async throws {
            await #expect {
                try await RendererTests().load(
                    "app: harbour",
                    [
                        "deploy/Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.1.0\n",
                        "deploy/templates/web.yaml": "{{ required \"say a size\" .Values.size }}",
                    ])
            } throws: { "\($0)".contains("say a size") }
        }
    }
}
