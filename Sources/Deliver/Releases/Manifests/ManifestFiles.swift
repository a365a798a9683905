import Delivery
import FoundationEssentials
import Problems
package import Syntax

/// Finds the manifests of a checkout.
package enum ManifestFiles {
    private static let endings = [".yaml", ".yml", ".json"]

    /// Reads the manifests of a delivery file (a file or a directory, with its subdirectories) in the checkout at
    /// `root`. Rule files for alerts that lie among them are left out.
    package static func load(_ file: DeliveryFile, in root: String) throws -> [Manifest] {
        let path = file.deploy
        let app = file.app
        let files = FileManager.default
        let full = root + "/" + path
        var isDirectory = false
        guard files.fileExists(atPath: full, isDirectory: &isDirectory) else {
            throw ReleasesProblem.noManifests(path: path)
        }
        guard isDirectory else { return try ManifestReading.read([try source(path, in: root)], app: app) }
        let names = try files.subpathsOfDirectory(atPath: full).sorted()
        try refuse(names, path)
        let manifests = names.filter { name in
            endings.contains { name.hasSuffix($0) } && !file.alerts.contains(RepositoryPath.join(path, name))
        }
        guard !manifests.isEmpty else { throw ReleasesProblem.noManifests(path: path) }
        return try ManifestReading.read(
            try manifests.map { try source(RepositoryPath.join(path, $0), in: root) }, app: app)
    }

    private static func refuse(_ names: [String], _ path: String) throws {
        for name in names {
            let (what, instead): (String, String)
            switch name.split(separator: "/").last ?? "" {
            case "kustomization.yaml", "kustomization.yml", "Kustomization":
                (what, instead) = ("a kustomization", "Write out the objects with kubectl kustomize.")
            case "Chart.yaml": (what, instead) = ("a Helm chart", "Write out the objects with helm template.")
            default: continue
            }
            throw PlainProblem(
                "releases.manifests.unsupported", "\(RepositoryPath.join(path, name)): \(what) is not supported yet",
                remedy: instead, category: .unsupported)
        }
    }

    /// The text of a file of the checkout. A symbolic link that leads out of the checkout is refused.
    package static func source(_ path: String, in root: String) throws -> SourceText {
        let inside = URL(filePath: root).resolvingSymlinksInPath().path
        guard URL(filePath: root + "/" + path).resolvingSymlinksInPath().path.hasPrefix(inside + "/") else {
            throw PlainProblem(
                "releases.manifests.link", "\(path) is a link that leads out of the repository",
                remedy: "Commit the file itself.", category: .invalid)
        }
        return SourceText(name: path, utf8: Array(try Data(contentsOf: URL(filePath: root + "/" + path))))
    }
}
