import Problems
import Syntax

/// Reads a workflow file from its YAML tree. Collects every mistake before it throws.
final class WorkflowReader {
    let source: SourceText
    let root: YAMLReader
    let templates: TemplateReader

    init(_ source: SourceText, _ node: YAMLNode) {
        self.source = source
        let root = YAMLReader(node)
        self.root = root
        templates = TemplateReader(source: source) { root.report($0) }
    }

    func file() throws -> WorkflowFile {
        let file = WorkflowFile(
            source: source, name: root.string("name"),
            runName: template(root, "run-name", WorkflowScopes.run),
            triggers: triggers(),
            env: map(root, "env", WorkflowScopes.workflowEnv),
            defaults: defaults(root, WorkflowScopes.run),
            concurrency: concurrency(root, WorkflowScopes.run),
            jobs: jobs())
        if let name = root.value("name"), case .scalar(let scalar) = name, scalar.text.contains("${{") {
            root.report(
                "workflows.expression.not-allowed", "an expression can't be part of the workflow's name",
                at: scalar.location,
                remedy: "Use \"run-name\".")
        }
        _ = root.string("description")
        permissions(root)
        try root.finish()
        return file
    }

    /// The template behind a key.
    func template(_ reader: YAMLReader, _ key: String, _ scope: ExpressionScope) -> Template? {
        guard let value = reader.value(key) else { return nil }
        guard case .scalar(let scalar) = value else {
            root.report("yaml.type", "\"\(key)\" must be text, not \(value.kind)", at: value.location)
            return nil
        }
        return templates.template(scalar, scope)
    }

    /// A template that must give true or false, or be an expression.
    func flag(_ reader: YAMLReader, _ key: String, _ scope: ExpressionScope) -> Template? {
        typed(reader, key, scope, "true or false") { if case .bool = $0 { true } else { false } }
    }

    /// A template that must give a number, or be an expression.
    func number(_ reader: YAMLReader, _ key: String, _ scope: ExpressionScope) -> Template? {
        typed(reader, key, scope, "a number") { if case .number = $0 { true } else { false } }
    }

    private func typed(
        _ reader: YAMLReader, _ key: String, _ scope: ExpressionScope, _ wanted: String,
        _ fits: (ExpressionValue) -> Bool
    ) -> Template? {
        guard let template = template(reader, key, scope) else { return nil }
        if template.segments.count == 1, case .literal(let value) = template.segments[0], !fits(value) {
            root.report("yaml.type", "\"\(key)\" must be \(wanted), or an expression", at: template.location)
        }
        return template
    }

    /// A mapping of names to templates.
    func map(_ reader: YAMLReader, _ key: String, _ scope: ExpressionScope) -> TemplateMap {
        guard let value = reader.value(key) else { return TemplateMap() }
        if case .scalar(let scalar) = value, scalar.text.contains("${{") {
            unsupported(
                "an expression in place of the mapping \"\(key)\"", at: value.location,
                remedy: "Write the entries one by one.")
            return TemplateMap()
        }
        let entries = reader.entries(key) ?? []
        return TemplateMap(
            entries.compactMap { entry in
                if entry.key.text.contains("${{") {
                    unsupported(
                        "an expression as a key", at: entry.key.location, remedy: "Write the entries one by one.")
                    return nil
                }
                switch entry.value {
                case .scalar(let scalar): return (name: entry.key.text, value: templates.template(scalar, scope))
                case .null(let location):
                    return (name: entry.key.text, value: Template(literal: "", at: location))
                default:
                    root.report(
                        "yaml.type", "\"\(entry.key.text)\" must be text, not \(entry.value.kind)",
                        at: entry.value.location)
                    return nil
                }
            })
    }

    func defaults(_ reader: YAMLReader, _ scope: ExpressionScope) -> RunDefaults {
        guard let defaults = reader.reader("defaults") else { return RunDefaults() }
        defer { defaults.checkKeys() }
        guard let run = defaults.reader("run") else { return RunDefaults() }
        defer { run.checkKeys() }
        return RunDefaults(
            shell: template(run, "shell", scope), workingDirectory: template(run, "working-directory", scope))
    }

    func concurrency(_ reader: YAMLReader, _ scope: ExpressionScope) -> Concurrency? {
        guard let value = reader.value("concurrency") else { return nil }
        if case .scalar(let scalar) = value { return Concurrency(group: templates.template(scalar, scope)) }
        guard let settings = reader.reader("concurrency") else { return nil }
        defer { settings.checkKeys() }
        if settings.has("queue"), settings.string("queue") != "single" {
            unsupported(
                "a queue of several in a concurrency group", at: settings.value("queue")?.location ?? value.location)
        }
        guard let group = template(settings, "group", scope) else {
            settings.missing("group")
            return nil
        }
        return Concurrency(group: group, cancelInProgress: flag(settings, "cancel-in-progress", scope))
    }

    /// Jobs hold no token for anything, so permissions are checked for mistakes only.
    func permissions(_ reader: YAMLReader) {
        guard let value = reader.value("permissions") else { return }
        if case .scalar(let scalar) = value {
            if !["read-all", "write-all"].contains(scalar.text) {
                root.report(
                    "workflows.permissions", "\"\(scalar.text)\" is not a set of permissions", at: scalar.location,
                    remedy: "Use read-all, write-all or a mapping.")
            }
            return
        }
        for entry in reader.entries("permissions") ?? [] {
            if !Self.permissionNames.contains(entry.key.text) {
                root.report(
                    "yaml.unknown-key", "unknown permission \"\(entry.key.text)\"", at: entry.key.location,
                    remedy: Suggestion.remedy(for: entry.key.text, in: Self.permissionNames))
            }
            if case .scalar(let scalar) = entry.value, ["read", "write", "none"].contains(scalar.text) { continue }
            root.report(
                "workflows.permissions", "a permission is read, write or none", at: entry.value.location)
        }
    }

    func unsupported(_ what: String, at location: ProblemLocation, remedy: String? = nil) {
        root.report(
            Diagnostic(
                "workflows.unsupported", "\(what) isn't supported yet", at: location, remedy: remedy,
                category: .unsupported))
    }

    private static let permissionNames = [
        "actions", "artifact-metadata", "attestations", "checks", "contents", "deployments", "discussions", "id-token",
        "issues", "models", "packages", "pages", "pull-requests", "repository-projects", "security-events", "statuses",
    ]
}
