package import Delivery
import Kube
import Problems
package import Syntax

/// Reads plain manifests and checks what would only fail in the cluster otherwise.
package struct ManifestReading {
    private let app: AppName
    /// The namespace that what a program has rendered may name; nil for what people wrote.
    private let rendered: String?
    private var substitution: ValueSubstitution?
    private var mistakes: [Diagnostic] = []
    private var manifests: [Manifest] = []
    private var seen: [ObjectKey: String] = [:]

    private init(app: AppName, values: [String: String]?, rendered: String?) {
        self.app = app
        self.rendered = rendered
        substitution = values.map { ValueSubstitution($0, keepsTypes: rendered == nil) }
    }

    /// The objects of some files, in the order of the files.
    ///
    /// - Parameters:
    ///   - values: What stands in for `${{ values.NAME }}`, as JSON texts; nil where such expressions are left alone.
    ///   - rendered: The namespace for which another program has rendered the sources.
    /// - Throws: `Diagnostics` with every mistake at its place.
    package static func read(
        _ sources: [SourceText], app: AppName, values: [String: String]? = [:], rendered: String? = nil
    ) throws -> [Manifest] {
        var reading = ManifestReading(app: app, values: values, rendered: rendered)
        for source in sources {
            do {
                for document in try YAMLDocument.parseAll(source) {
                    let replaced = reading.substitution?.apply(to: document)
                    reading.add(replaced ?? document, in: source)
                }
            } catch { reading.mistakes.append(error) }
        }
        if let diagnostics = Diagnostics((reading.substitution?.mistakes ?? []) + reading.mistakes) {
            throw diagnostics
        }
        return reading.manifests
    }

    private mutating func add(_ node: YAMLNode, in source: SourceText) {
        guard case .mapping = node else {
            report("object", "a manifest is a mapping, not \(node.kind)", node, "Start it with apiVersion and kind.")
            return
        }
        if text(node["kind"]) == "List", case .sequence(let items, _)? = node["items"] {
            for item in items { add(item, in: source) }
            return
        }
        guard let kind = text(node["kind"]), let apiVersion = text(node["apiVersion"]) else {
            report(
                "object", "this object has no apiVersion or no kind", node,
                "Add both, such as apiVersion: apps/v1, kind: Deployment.")
            return
        }
        guard check(kind: kind, apiVersion: apiVersion, node), let name = checkMetadata(node, kind: kind) else {
            return
        }
        let key = ObjectKey(kind: kind, name: name)
        let place = "\(source.name):\(node.location.line)"
        if let other = seen.updateValue(place, forKey: key) {
            report(
                "twice", "\(key) is defined twice, also at \(other)", node["metadata"]?["name"] ?? node,
                "Keep one of them.")
            return
        }
        if KnownKinds.entry(kind: kind)?.stage == .workload { checkWorkload(node, kind) }
        manifests.append(Manifest(tree: JSON(yaml: node), file: source.name, line: node.location.line))
    }

    private mutating func check(kind: String, apiVersion: String, _ node: YAMLNode) -> Bool {
        if KnownKinds.entry(apiVersion: apiVersion, kind: kind) != nil { return true }
        let place = node["kind"] ?? node
        if let known = KnownKinds.entry(kind: kind) {
            report(
                "version", "\(kind) of \(apiVersion) is not supported", node["apiVersion"] ?? node,
                "Write apiVersion: \(known.resource.apiVersion).")
        } else if apiVersion.hasPrefix("kustomize.config.k8s.io") {
            report(
                "unsupported", "a kustomization is a file of its own", place,
                "Call it kustomization.yaml, and name its directory as \"deploy\" or as an \"overlay\".")
        } else if let instead = KnownKinds.unsupported[kind] {
            report("unsupported", "\(kind) is not supported in a release yet", place, instead)
        } else {
            report(
                "kind", "\(kind) is not a kind that a release may hold", place,
                Suggestion.remedy(for: kind, in: KnownKinds.all.map(\.resource.kind)))
        }
        return false
    }

    private mutating func checkMetadata(_ node: YAMLNode, kind: String) -> String? {
        guard let name = text(node["metadata"]?["name"]), !name.isEmpty else {
            report(
                "name", "this \(kind) has no metadata.name", node["metadata"] ?? node,
                "Add one; names are kept over releases.")
            return nil
        }
        if let namespace = node["metadata"]?["namespace"], rendered == nil || text(namespace) != rendered {
            report(
                "namespace", "a manifest may not name a namespace", namespace,
                "Remove it: the environment decides (\(app)-dev, \(app)-prod).")
        }
        checkLabels(node["metadata"]?["labels"])
        return name
    }

    private mutating func checkLabels(_ labels: YAMLNode?) {
        guard case .mapping(let entries, _)? = labels else { return }
        for entry in entries {
            let isOtherApp = entry.key.text == Labels.app && text(entry.value) != app.value
            if entry.key.text.hasPrefix("estiba.dev/") || isOtherApp && rendered == nil {
                mistakes.append(
                    Diagnostic(
                        "releases.manifest.label", "the label \"\(entry.key.text)\" is set by Estiba",
                        at: entry.key.location,
                        remedy: "Remove it here."))
            }
        }
    }

    private mutating func checkWorkload(_ node: YAMLNode, _ kind: String) {
        let template = node["spec"]?["template"]
        let labels = template?["metadata"]?["labels"]
        checkLabels(labels)
        guard case .sequence(let containers, _)? = template?["spec"]?["containers"], !containers.isEmpty else {
            report(
                "containers", "this \(kind) has no containers", template ?? node,
                "Add spec.template.spec.containers.")
            return
        }
        for container in containers where text(container["image"]) == nil || text(container["name"]) == nil {
            report("containers", "a container needs a name and an image", container, "Add both.")
        }
        guard case .mapping(let wanted, _)? = node["spec"]?["selector"]?["matchLabels"], !wanted.isEmpty else {
            report(
                "selector", "this \(kind) has no spec.selector.matchLabels", node["spec"] ?? node,
                "Repeat a label of its template there.")
            return
        }
        for entry in wanted where text(labels?[entry.key.text]) != text(entry.value) {
            mistakes.append(
                Diagnostic(
                    "releases.manifest.selector",
                    "the selector wants \(entry.key.text)=\(text(entry.value) ?? ""), but the template's labels don't have it",
                    at: entry.key.location, remedy: "Make both the same."))
        }
    }

    private mutating func report(_ code: String, _ summary: String, _ node: YAMLNode, _ remedy: String) {
        mistakes.append(Diagnostic("releases.manifest." + code, summary, at: node.location, remedy: remedy))
    }

    private func text(_ node: YAMLNode?) -> String? {
        if case .scalar(let scalar)? = node { scalar.text } else { nil }
    }
}
