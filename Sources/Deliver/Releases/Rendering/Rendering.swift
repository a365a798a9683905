package import Delivery
import Kube
import Problems

/// A release with everything that is needed to deploy it again at any time.
package struct ReleaseContent: Sendable, Equatable {
    package var release: Release
    package var file: DeliveryFile
    /// Those of the first environment.
    package var manifests: [Manifest]
    /// Environment's name → its manifests, where they differ.
    package var variants: [String: [Manifest]]

    package init(
        release: Release, file: DeliveryFile, manifests: [Manifest], variants: [String: [Manifest]] = [:]
    ) {
        self.variants = variants
        self.release = release
        self.file = file
        self.manifests = manifests
    }
}

/// Manifests and a release → the objects of one environment. Pure: the same input gives the same objects.
package struct Rendering: Sendable {
    private let content: ReleaseContent
    private let environment: EnvironmentName
    private let carried: [String: Provenance]
    private let sealed: [SealedConfiguration]

    /// `carried`: what runs there now. A workload whose template is the same keeps its release, so that its pods stay.
    package init(
        _ content: ReleaseContent, in environment: EnvironmentName, carrying carried: [String: Provenance] = [:],
        sealed: [SealedConfiguration] = []
    ) {
        self.sealed = sealed
        self.content = content
        self.environment = environment
        self.carried = carried
    }

    /// The namespace of an app in an environment.
    package static func namespace(app: AppName, environment: EnvironmentName) -> String { "\(app)-\(environment)" }

    /// - Throws: `PlainProblem` where an image is named that is not built but nearly so.
    package func render() throws -> RenderedSet {
        let manifests = try self.manifests()
        let names = ConfigurationNames(manifests)
        let namespace = Self.namespace(app: content.release.id.app, environment: environment)
        var workloads: [String: Provenance] = [:]
        var deployments: [ObjectKey: JSON] = [:]
        for manifest in manifests where KnownKinds.entry(kind: manifest.key.kind)?.stage == .workload {
            if workloads[manifest.key.name] != nil {
                throw PlainProblem(
                    "releases.manifest.workload",
                    "\(manifest.file):\(manifest.line): there are two workloads called \"\(manifest.key.name)\"",
                    remedy: "Give one of them another name.", category: .invalid)
            }
            let (tree, provenance) = try workload(manifest, names)
            deployments[manifest.key] = tree
            workloads[manifest.key.name] = provenance
        }
        let objects = manifests.map { manifest in
            var tree = deployments[manifest.key] ?? names.rename(manifest.tree)
            var provenance = deployments[manifest.key].flatMap { _ in workloads[manifest.key.name] }
            switch manifest.key.kind {
            case "Service":
                if let owner = select(&tree, among: deployments) { provenance = workloads[owner] }
            case "HTTPRoute": route(&tree)
            default: break
            }
            label(&tree, named: manifest.key.name, provenance, namespace)
            return tree
        }
        _ = try WorkloadOrder.waves(objects)
        return RenderedSet(namespace: namespace, objects: objects, workloads: workloads)
    }

    /// Those of the release, and the Secrets of the sealed store.
    private func manifests() throws -> [Manifest] {
        let written = content.variants[environment.value] ?? content.manifests
        for secret in sealed {
            guard let other = written.first(where: { $0.key == secret.manifest.key }) else { continue }
            throw PlainProblem(
                "releases.secrets.twice",
                "\(other.file):\(other.line): \(other.key) also comes from \"secrets\" of \(DeliveryFile.name)",
                remedy: "Keep one of them.", category: .invalid)
        }
        return sealed.map(\.manifest) + written
    }

    private func workload(_ manifest: Manifest, _ names: ConfigurationNames) throws -> (JSON, Provenance) {
        var tree = manifest.tree
        var template = tree[path: "spec", "template"] ?? .emptyObject
        var spec = names.rewrite(podSpec: template["spec"] ?? .emptyObject)
        for list in ["containers", "initContainers"] {
            var containers = spec[list]?.array ?? []
            for index in containers.indices { try pin(&containers[index], manifest) }
            if !containers.isEmpty { spec[list] = .array(containers) }
        }
        template["spec"] = spec
        let fingerprint = ContentHash.digest(template)
        let provenance: Provenance
        if let earlier = carried[manifest.key.name], earlier.fingerprint == fingerprint {
            provenance = earlier
        } else {
            provenance = Provenance(
                fingerprint: fingerprint, release: content.release.id, commit: content.release.revision.shortCommit)
        }
        let service = template[path: "metadata", "labels", Labels.service]?.string ?? manifest.key.name
        template.merge(labels(provenance, service: service), at: "metadata", "labels")
        template["spec"] = identify(spec, provenance, service: service)
        tree[path: "spec", "template"] = template
        tree.merge([Labels.track: Track.stable.rawValue], at: "spec", "selector", "matchLabels")
        if manifest.key.kind == "Deployment", content.file.environment(environment)?.strategy == .recreate {
            tree[path: "spec", "strategy"] = ["type": "Recreate"]
        }
        return (tree, provenance)
    }

    /// Replaces the name of a built image by its digest.
    private func pin(_ container: inout JSON, _ manifest: Manifest) throws {
        guard let image = container["image"]?.string else { return }
        // With a tag too, as charts write it.
        let name = String(image.split(separator: ":", maxSplits: 1).first ?? "")
        if let built = content.release.images[image] ?? content.release.images[name] {
            container["image"] = .string(built)
            return
        }
        guard !image.contains("/"), !image.contains(":"),
            let near = Suggestion.nearest(to: image, in: content.release.images.keys.sorted())
        else { return }
        throw PlainProblem(
            "releases.manifest.image",
            "\(manifest.file):\(manifest.line): \(manifest.key) wants the image \"\(image)\", which is not among the images of \(DeliveryFile.name)",
            remedy: "Did you mean \"\(near)\"?", category: .invalid)
    }

    /// Tells each container what it is, unless the manifest sets a variable of that name.
    private func identify(_ podSpec: JSON, _ provenance: Provenance, service: String) -> JSON {
        var spec = podSpec
        let variables: [(String, String)] = [
            ("APP", content.release.id.app.value), ("SERVICE", service), ("ENVIRONMENT", environment.value),
            ("RELEASE", provenance.release.description), ("COMMIT", provenance.commit),
            ("TRACK", Track.stable.rawValue),
        ]
        for list in ["containers", "initContainers"] {
            spec.mapItems(list) { container in
                var present = container["env"]?.array ?? []
                let names = Set(present.compactMap { $0["name"]?.string })
                for (name, value) in variables where !names.contains(name) {
                    present.append(["name": .string(name), "value": .string(value)])
                }
                container["env"] = .array(present)
            }
        }
        return spec
    }

    /// Narrows a Service to the stable track, and says whose pods it finds.
    private func select(_ service: inout JSON, among deployments: [ObjectKey: JSON]) -> String? {
        let selector = service.strings(at: "spec", "selector")
        guard !selector.isEmpty else { return nil }
        let owner = deployments.sorted { $0.key < $1.key }.first { _, tree in
            let labels = tree.strings(at: "spec", "template", "metadata", "labels")
            return selector.allSatisfy { labels[$0.key] == $0.value }
        }
        guard let owner else { return nil }
        service.merge([Labels.track: Track.stable.rawValue], at: "spec", "selector")
        let name = owner.value.strings(at: "spec", "template", "metadata", "labels")[Labels.service] ?? owner.key.name
        service.merge([Labels.service: name], at: "metadata", "labels")
        return owner.key.name
    }

    /// The last environment answers to the manifests' own hosts, each other one to a host of its own.
    private func route(_ tree: inout JSON) {
        let plan = content.file.environment(environment)
        if let host = plan?.host {
            tree[path: "spec", "hostnames"] = [.string(host)]
        } else if content.file.environments.last?.name != environment {
            tree[path: "spec", "hostnames"] = [
                .string(Self.defaultHost(app: content.release.id.app, environment: environment))
            ]
        }
    }

    /// The host name of an environment that is not the last and has none of its own: `dev.porttrack.localhost`.
    package static func defaultHost(app: AppName, environment: EnvironmentName) -> String {
        "\(environment).\(app).localhost"
    }

    private func label(_ tree: inout JSON, named name: String, _ provenance: Provenance?, _ namespace: String) {
        let provenance =
            provenance
            ?? Provenance(fingerprint: "", release: content.release.id, commit: content.release.revision.shortCommit)
        let kind = tree["kind"]?.string
        let service =
            tree[path: "metadata", "labels", Labels.service]?.string
            ?? tree[path: "spec", "template", "metadata", "labels", Labels.service]?.string
            ?? (kind == "Service" ? name : nil)
        tree[path: "metadata", "namespace"] = .string(namespace)
        var all = labels(provenance, service: service)
        all[Labels.managedBy] = "estiba"
        tree.merge(all, at: "metadata", "labels")
    }

    private func labels(_ provenance: Provenance, service: String?) -> [String: String] {
        var all = [
            Labels.app: content.release.id.app.value, Labels.env: environment.value,
            Labels.release: provenance.release.description, Labels.commit: provenance.commit,
            Labels.track: Track.stable.rawValue,
        ]
        if let service { all[Labels.service] = service }
        return all
    }
}
