package import Kube

/// The manifests of a release: those of its first environment, and those of each environment where they differ.
package struct ManifestSet: Sendable, Equatable {
    package var base: [Manifest]
    /// Environment's name → its manifests.
    package var variants: [String: [Manifest]]

    package init(base: [Manifest], variants: [String: [Manifest]] = [:]) {
        self.base = base
        self.variants = variants
    }

    /// One JSON text, for keeping with a release.
    package var archive: JSON {
        if variants.isEmpty { return base.archive }
        let members = variants.sorted { $0.key < $1.key }.map { ($0.key, $0.value.archive) }
        return ["base": base.archive, "environments": .object(JSONObject(members))]
    }

    /// Reads what `archive` made.
    package init(archive: JSON) throws(ReleasesProblem) {
        guard let base = archive["base"] else {
            self.init(base: try [Manifest](archive: archive))
            return
        }
        var variants: [String: [Manifest]] = [:]
        for (name, manifests) in archive["environments"]?.object ?? [:] {
            variants[name] = try [Manifest](archive: manifests)
        }
        self.init(base: try [Manifest](archive: base), variants: variants)
    }
}
