import Delivery
import Kube
import Problems
package import Syntax

extension DeliveryFile {
    /// The workflow that is used where the file names none and this one is there.
    package static let defaultWorkflow = ".github/workflows/ci.yml"

    /// Reads `estiba.yml`. `exists` says whether a path is there in the same commit.
    ///
    /// - Throws: `Diagnostics` with every mistake at its place.
    package static func read(_ source: SourceText, exists: @escaping (String) -> Bool) throws -> DeliveryFile {
        let root = YAMLReader(try YAMLDocument.parse(source))
        let reading = DeliveryFileReading(exists: exists)
        let app = reading.name(root, "app")
        let workflow = reading.path(root, "ci") ?? (exists(defaultWorkflow) ? defaultWorkflow : nil)
        let images = reading.images(root)
        let deploy = reading.path(root, "deploy") ?? "deploy"
        if root.value("deploy") == nil, !exists(deploy) {
            root.report(
                "releases.file.no-manifests", "there is no directory \"deploy\" and no key \"deploy\"",
                at: root.node.location, remedy: "Add \"deploy: PATH\" with the directory of the Kubernetes manifests.")
        }
        let environments = reading.environments(root) ?? reading.defaultEnvironments()
        let alerts = (root.strings("alerts") ?? []).map { RepositoryPath.clean($0) ?? $0 }
        for path in alerts where !exists(path) { reading.absent(root, "alerts", path) }
        let slack = reading.slack(root)
        let secrets = reading.secrets(root)
        let values = reading.values(root)
        let previews = reading.previews(root)
        reading.refuse(root, ["infrastructure"])
        try root.finish()
        guard let app else { throw ReleasesProblem.unnamedApp(file: source.name) }
        var file = DeliveryFile(
            app: app, workflow: workflow, images: images, deploy: deploy, environments: environments, alerts: alerts,
            slack: slack)
        file.secrets = secrets
        file.values = values
        file.previews = previews
        return file
    }
}

/// The parts of `estiba.yml`, read one by one; mistakes go to the reader.
struct DeliveryFileReading {
    let exists: (String) -> Bool

    func name(_ reader: YAMLReader, _ key: String) -> AppName? {
        let text = reader.requiredString(key)
        guard let node = reader.value(key) else { return nil }
        return name(text, at: node.location, reader)
    }

    func name(_ text: String, at location: ProblemLocation, _ reader: YAMLReader) -> ResourceName? {
        do { return try ResourceName(text) } catch {
            reader.report(error.code, error.summary, at: location, remedy: error.remedy)
            return nil
        }
    }

    /// A path inside the repository, without a slash at its end.
    func path(_ reader: YAMLReader, _ key: String, under directory: String = "") -> String? {
        guard let text = reader.string(key), let node = reader.value(key) else { return nil }
        guard let clean = RepositoryPath.clean(text) else {
            reader.report(
                "releases.file.path", "\"\(text)\" leaves the repository", at: node.location,
                remedy: "Write a path relative to the root of the repository, without \"..\".")
            return nil
        }
        let full = RepositoryPath.join(directory, clean)
        if !exists(full) { absent(reader, key, full) }
        return full
    }

    func absent(_ reader: YAMLReader, _ key: String, _ path: String) {
        reader.report(
            "releases.file.absent", "\"\(path)\" is not in this commit",
            at: (reader.value(key) ?? reader.node).location,
            remedy: "Correct the path, or add the file to the commit.")
    }

    func refuse(_ reader: YAMLReader, _ keys: [String]) {
        for key in keys {
            if let node = reader.value(key) { unsupported(reader, "\"\(key)\"", at: node.location) }
        }
    }

    func unsupported(_ reader: YAMLReader, _ what: String, at location: ProblemLocation) {
        reader.report(
            "releases.file.unsupported", "\(what) is not supported yet", at: location,
            remedy: "Remove it until this version of Estiba has learnt it.")
    }

    func images(_ root: YAMLReader) -> [ImageRecipe] {
        (root.entries("images") ?? []).compactMap { entry in
            let reader = root.reader(for: entry.value, named: "images.\(entry.key.text)")
            _ = name(entry.key.text, at: entry.key.location, root)
            let context = path(reader, "context") ?? "."
            let dockerfile = reader.string("dockerfile") ?? "Dockerfile"
            let target = reader.string("target")
            let arguments = reader.stringMap("args") ?? [:]
            let artifacts = reader.strings("artifacts") ?? []
            reader.checkKeys()
            let place = RepositoryPath.clean(dockerfile).map { RepositoryPath.join(context, $0) }
            if place == nil || !exists(place ?? "") {
                let node = reader.value("dockerfile") ?? reader.value("context") ?? entry.value
                root.report(
                    "releases.file.absent", "\"\(place ?? dockerfile)\" is not in this commit", at: node.location,
                    remedy: "\"dockerfile\" is relative to \"context\"; correct one of them or add the file.")
            }
            return ImageRecipe(
                name: entry.key.text, context: context, dockerfile: place ?? dockerfile, target: target,
                arguments: arguments, artifacts: artifacts)
        }
    }

    func defaultEnvironments() -> [EnvironmentPlan] {
        ["dev", "prod"].compactMap { try? EnvironmentName($0) }.map { EnvironmentPlan(name: $0) }
    }

    func environments(_ root: YAMLReader) -> [EnvironmentPlan]? {
        guard let entries = root.entries("environments") else { return nil }
        if entries.isEmpty {
            root.report(
                "releases.file.no-environments", "\"environments\" names none", at: root.node.location,
                remedy: "Name at least one, such as \"prod: {}\", or leave the key out for dev and prod.")
        }
        return entries.compactMap { environment($0, root) }
    }

    private func environment(_ entry: YAMLEntry, _ root: YAMLReader) -> EnvironmentPlan? {
        let reader = root.reader(for: entry.value, named: "environments.\(entry.key.text)")
        let approval = GateReading().approval(reader)
        let windows = GateReading().windows(reader)
        let verify = path(reader, "verify")
        let secrets = self.secrets(reader)
        let values = self.values(reader)
        let overlay = path(reader, "overlay")
        let host = reader.string("host")
        let kubeconfig = reader.reader("cluster").flatMap { kubeconfigPath($0) }
        let canary = reader.reader("canary").map { CanaryReading(file: self).plan($0) }
        let strategy = self.strategy(reader, hasCanary: canary != nil)
        for key in ["provision"] {
            if let node = reader.value(key) { unsupported(reader, "\"\(key)\" of an environment", at: node.location) }
        }
        reader.checkKeys()
        guard let name = name(entry.key.text, at: entry.key.location, root) else { return nil }
        var plan = EnvironmentPlan(
            name: name, approvers: approval.by, kubeconfig: kubeconfig, host: host, canary: canary)
        plan.approvalLasts = approval.lasts
        plan.windows = windows
        plan.verify = verify
        plan.secrets = secrets
        plan.strategy = strategy
        plan.values = values
        plan.overlay = overlay
        return plan
    }

    private func strategy(_ reader: YAMLReader, hasCanary: Bool) -> RolloutStrategy? {
        guard let text = reader.string("strategy"), let node = reader.value("strategy") else { return nil }
        guard let strategy = RolloutStrategy(rawValue: text) else {
            reader.report(
                "releases.file.strategy", "\"\(text)\" is not a way to change pods", at: node.location,
                remedy: Suggestion.remedy(for: text, in: RolloutStrategy.allCases.map(\.rawValue)))
            return nil
        }
        if strategy == .recreate, hasCanary {
            reader.report(
                "releases.file.strategy", "a canary stands beside the old release, which \"recreate\" rules out",
                at: node.location, remedy: "Remove \"canary\" or \"strategy\".")
        }
        return strategy
    }

    /// Secret → key → name in the sealed store.
    func secrets(_ reader: YAMLReader) -> [String: [String: String]]? {
        guard let entries = reader.entries("secrets") else { return nil }
        let keys = reader.reader("secrets")
        return entries.reduce(into: [:]) { all, entry in
            guard name(entry.key.text, at: entry.key.location, reader) != nil else { return }
            all[entry.key.text] = keys?.stringMap(entry.key.text) ?? [:]
        }
    }

    /// `previews: {}` is enough.
    func previews(_ root: YAMLReader) -> PreviewPlan? {
        guard root.has("previews") else { return nil }
        var plan = PreviewPlan()
        guard let reader = root.reader("previews") else { return plan }
        if let branches = reader.strings("branches") { plan.branches = branches }
        plan.overlay = path(reader, "overlay")
        plan.verify = path(reader, "verify")
        plan.values = values(reader)
        plan.secrets = secrets(reader)
        reader.checkKeys()
        return plan
    }

    /// Name → JSON text.
    func values(_ reader: YAMLReader) -> [String: String]? {
        reader.entries("values")?.reduce(into: [:]) { $0[$1.key.text] = JSON(yaml: $1.value).text }
    }

    private func kubeconfigPath(_ reader: YAMLReader) -> String? {
        let text = reader.requiredString("kubeconfig")
        reader.checkKeys()
        guard let node = reader.value("kubeconfig") else { return nil }
        guard text.hasPrefix("$file:/") else {
            reader.report(
                "releases.file.kubeconfig", "\"kubeconfig\" must be a file of the server", at: node.location,
                remedy: "Write \"$file:/etc/estiba/prod.kubeconfig\", with the absolute path on the server.")
            return nil
        }
        return String(text.dropFirst("$file:".count))
    }

    func slack(_ root: YAMLReader) -> SlackTarget? {
        guard let notify = root.reader("notify") else { return nil }
        let target = notify.reader("slack").map { slack in
            let target = SlackTarget(webhook: slack.requiredString("webhook"), channel: slack.string("channel"))
            slack.checkKeys()
            let forms = ["$secret:", "$file:/", "https://", "http://"]
            if let node = slack.value("webhook"), !forms.contains(where: { target.webhook.hasPrefix($0) }) {
                slack.report(
                    "releases.file.webhook", "\"webhook\" must be an address or say where it is kept",
                    at: node.location,
                    remedy: "Write \"$secret:slack-webhook\", \"$file:/etc/estiba/slack\", or the URL that Slack shows."
                )
            }
            return target
        }
        notify.checkKeys()
        return target
    }
}

/// Paths as they stand in a repository: with `/`, relative to its root.
package enum RepositoryPath {
    /// Without `.` and slashes at the ends; nil where it is absolute or leaves the repository.
    package static func clean(_ path: String) -> String? {
        if path.hasPrefix("/") || path.contains("\0") { return nil }
        let parts = path.split(separator: "/").filter { $0 != "." }
        if parts.contains("..") { return nil }
        return parts.isEmpty ? "." : parts.joined(separator: "/")
    }

    /// Both must be clean.
    package static func join(_ directory: String, _ path: String) -> String {
        if directory.isEmpty || directory == "." { return path }
        return path == "." ? directory : directory + "/" + path
    }
}
