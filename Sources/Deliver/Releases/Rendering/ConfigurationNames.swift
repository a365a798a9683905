import FoundationEssentials
import Kube

/// Gives ConfigMaps and Secrets names that follow from their content, so that each release refers to exactly the
/// configuration that it was made with, and going back brings it back.
struct ConfigurationNames {
    private var renamed: [ObjectKey: String] = [:]

    init(_ manifests: [Manifest]) {
        for manifest in manifests where ["ConfigMap", "Secret"].contains(manifest.key.kind) {
            var content = manifest.tree
            content["metadata"] = nil
            renamed[manifest.key] = manifest.key.name + "-" + ContentHash.suffix(content)
        }
    }

    /// The name that an object has in the cluster.
    func name(of key: ObjectKey) -> String { renamed[key] ?? key.name }

    /// The object under its new name, and with a Secret's `stringData` turned into `data` as the server would.
    func rename(_ tree: JSON) -> JSON {
        guard let name = renamed[ObjectKey(tree)] else { return tree }
        var tree = tree
        tree[path: "metadata", "name"] = .string(name)
        for (key, text) in tree.strings(at: "stringData") {
            tree[path: "data", key] = .string(Data(text.utf8).base64EncodedString())
        }
        tree["stringData"] = nil
        return tree
    }

    /// A pod's spec with its references to configuration rewritten.
    func rewrite(podSpec: JSON) -> JSON {
        var spec = podSpec
        spec.mapItems("volumes") { volume in
            replace("ConfigMap", in: &volume, "configMap", "name")
            replace("Secret", in: &volume, "secret", "secretName")
            volume.mapItems("projected", "sources") { source in
                replace("ConfigMap", in: &source, "configMap", "name")
                replace("Secret", in: &source, "secret", "name")
            }
        }
        spec.mapItems("imagePullSecrets") { replace("Secret", in: &$0, "name") }
        for list in ["containers", "initContainers"] {
            spec.mapItems(list) { container in
                container.mapItems("env") { variable in
                    replace("ConfigMap", in: &variable, "valueFrom", "configMapKeyRef", "name")
                    replace("Secret", in: &variable, "valueFrom", "secretKeyRef", "name")
                }
                container.mapItems("envFrom") { source in
                    replace("ConfigMap", in: &source, "configMapRef", "name")
                    replace("Secret", in: &source, "secretRef", "name")
                }
            }
        }
        return spec
    }

    private func replace(_ kind: String, in tree: inout JSON, _ path: String...) {
        guard let name = tree.value(at: path[...])?.string, let new = renamed[ObjectKey(kind: kind, name: name)] else {
            return
        }
        tree.set(.string(new), at: path[...])
    }
}
