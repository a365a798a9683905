import Delivery
import FoundationEssentials
import Kube
import Linux
import Problems
import Syntax

/// A directory whose manifests another program writes.
package enum ManifestRenderer: Sendable, Hashable {
    /// `kubectl kustomize`
    case kustomization
    /// `helm template`
    case chart

    private static let kustomizations: Set<String> = ["kustomization.yaml", "kustomization.yml", "Kustomization"]
    static let chartFile = "Chart.yaml"

    /// What renders a directory with these files; nil for plain manifests.
    package static func of(_ names: some Collection<String>) -> ManifestRenderer? {
        if names.contains(where: kustomizations.contains) { return .kustomization }
        return names.contains(chartFile) ? .chart : nil
    }

    private var program: String {
        switch self {
        case .kustomization: "kubectl"
        case .chart: "helm"
        }
    }

    private var noun: String {
        switch self {
        case .kustomization: "a kustomization"
        case .chart: "a Helm chart"
        }
    }

    /// How the rendered text is called where a mistake in it is shown.
    private func title(_ path: String) -> String {
        switch self {
        case .kustomization: "\(path) (kubectl kustomize)"
        case .chart: "\(path) (helm template)"
        }
    }

    /// The rendered manifests of the directory `path` in the checkout at `root`.
    ///
    /// - Throws: `ReleasesProblem.rendererMissing`, or `.rendererFailed` with the program's last words.
    func render(_ path: String, in root: String, for place: ManifestPlace) async throws -> [SourceText] {
        guard let executable = Command.locate(program) else {
            throw ReleasesProblem.rendererMissing(path: path, what: noun, program: program)
        }
        var command = Command(executable, arguments(path, in: root, place), directory: root)
        // Nothing of the server's own environment, and no configuration or plugins of a user. Both programs write caches.
        let home = try FileSystem.makeTemporaryDirectory(prefix: root + "-home-")
        defer { try? FileSystem.removeTree(home) }
        command.environment = .exactly([
            "PATH": Command.processEnvironment()["PATH"] ?? "/usr/local/bin:/usr/bin:/bin", "HOME": home,
            "KUBECONFIG": "/dev/null",
        ])
        let output = try await command.run(
            input: self == .chart ? place.valuesObject.bytes : [], outputLimit: 64 << 20, timeout: .seconds(60))
        guard output.status.isSuccess, !output.isCut else {
            throw ReleasesProblem.rendererFailed(
                path: path, program: program,
                words: output.isCut ? "it wrote more than 64 MiB" : Command.lastWords(output.error, lines: 8))
        }
        return [SourceText(name: title(path), utf8: output.output)]
    }

    private func arguments(_ path: String, in root: String, _ place: ManifestPlace) -> [String] {
        let directory = path == "." ? root : "\(root)/\(path)"
        switch self {
        case .kustomization: return ["kustomize", directory]
        case .chart:
            return [
                "template", place.app.value, directory, "--namespace", place.namespace, "--skip-tests", "--values", "-",
            ]
        }
    }
}

/// For whom manifests are read: they may differ from environment to environment.
struct ManifestPlace: Sendable {
    let app: AppName
    let namespace: String
    /// Name → JSON text.
    let values: [String: String]

    init(_ file: DeliveryFile, _ plan: EnvironmentPlan) {
        app = file.app
        namespace = Rendering.namespace(app: file.app, environment: plan.name)
        values = file.values(of: plan)
    }

    /// The values as one object, as Helm reads them.
    var valuesObject: JSON {
        .object(
            JSONObject(
                values.sorted { $0.key < $1.key }.map { name, text in (name, (try? JSON.parse(text)) ?? .string(text)) }
            ))
    }
}
