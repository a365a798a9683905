import Delivery
import FoundationEssentials
import Problems
package import Syntax

/// Finds the manifests of a checkout.
package enum ManifestFiles {
    private static let endings = [".yaml", ".yml", ".json"]

    /// The manifests of every environment of a delivery file in the checkout at `root`.
    package static func loadAll(_ file: DeliveryFile, in root: String) async throws -> ManifestSet {
        var set: ManifestSet?
        for plan in file.allEnvironments {
            let manifests = try await load(file, plan, in: root)
            if let base = set?.base {
                if manifests != base { set?.variants[plan.name.value] = manifests }
            } else {
                set = ManifestSet(base: manifests)
            }
        }
        return set ?? ManifestSet(base: [])
    }

    /// Reads the manifests of one environment: a file, a directory with its subdirectories, a kustomization, or a Helm
    /// chart. Rule files for alerts that lie among plain manifests are left out, and so are overlays.
    package static func load(_ file: DeliveryFile, _ plan: EnvironmentPlan, in root: String) async throws -> [Manifest]
    {
        let path = plan.overlay ?? file.deploy
        let place = ManifestPlace(file, plan)
        let full = root + "/" + path
        var isDirectory = false
        guard FileManager.default.fileExists(atPath: full, isDirectory: &isDirectory) else {
            throw ReleasesProblem.noManifests(path: path)
        }
        guard isDirectory else {
            return try ManifestReading.read([try source(path, in: root)], app: file.app, values: place.values)
        }
        try refuseLink(path, in: root)
        if let renderer = ManifestRenderer.of(try FileManager.default.contentsOfDirectory(atPath: full)) {
            let manifests = try ManifestReading.read(
                try await renderer.render(path, in: root, for: place), app: file.app,
                values: renderer == .chart ? nil : place.values, rendered: place.namespace)
            guard !manifests.isEmpty else { throw ReleasesProblem.noManifests(path: path) }
            return manifests
        }
        return try plain(file, path, place, in: root)
    }

    private static func plain(_ file: DeliveryFile, _ path: String, _ place: ManifestPlace, in root: String) throws
        -> [Manifest]
    {
        let overlays = Set(file.allEnvironments.compactMap(\.overlay) + (file.previews?.overlay.map { [$0] } ?? []))
        let names = try FileManager.default.subpathsOfDirectory(atPath: root + "/" + path).sorted().filter { name in
            let full = RepositoryPath.join(path, name)
            return !overlays.contains { $0 != path && (full == $0 || full.hasPrefix($0 + "/")) }
        }
        try refuse(names, path)
        let manifests = names.filter { name in
            endings.contains { name.hasSuffix($0) } && !file.alerts.contains(RepositoryPath.join(path, name))
        }
        guard !manifests.isEmpty else { throw ReleasesProblem.noManifests(path: path) }
        return try ManifestReading.read(
            try manifests.map { try source(RepositoryPath.join(path, $0), in: root) }, app: file.app,
            values: place.values)
    }

    /// A kustomization or chart below plain manifests is most likely meant to be rendered.
    private static func refuse(_ names: [String], _ path: String) throws {
        for name in names {
            let parts = name.split(separator: "/").map(String.init)
            guard let last = parts.last, ManifestRenderer.of([last]) != nil else { continue }
            let place = RepositoryPath.join(path, parts.dropLast().joined(separator: "/"))
            throw PlainProblem(
                "releases.manifests.nested",
                "\(RepositoryPath.join(path, name)) stands among plain manifests, and it isn't said what it is for",
                remedy: "Name \(place) as \"deploy\", or as the \"overlay\" of an environment.", category: .invalid)
        }
    }

    private static func refuseLink(_ path: String, in root: String) throws {
        let inside = URL(filePath: root).resolvingSymlinksInPath().path
        let place = URL(filePath: path == "." ? root : root + "/" + path).resolvingSymlinksInPath().path
        guard place == inside || place.hasPrefix(inside + "/") else { throw outside(path) }
    }

    /// The text of a file of the checkout. A symbolic link that leads out of the checkout is refused.
    package static func source(_ path: String, in root: String) throws -> SourceText {
        let inside = URL(filePath: root).resolvingSymlinksInPath().path
        guard URL(filePath: root + "/" + path).resolvingSymlinksInPath().path.hasPrefix(inside + "/") else {
            throw outside(path)
        }
        return SourceText(name: path, utf8: Array(try Data(contentsOf: URL(filePath: root + "/" + path))))
    }

    private static func outside(_ path: String) -> PlainProblem {
        PlainProblem(
            "releases.manifests.link", "\(path) is a link that leads out of the repository",
            remedy: "Commit the file itself.", category: .invalid)
    }
}
