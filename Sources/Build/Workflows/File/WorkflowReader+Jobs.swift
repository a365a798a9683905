import Problems
import Syntax

extension WorkflowReader {
    func jobs() -> [WorkflowJob] {
        guard let entries = root.entries("jobs") else {
            if root.value("jobs") == nil { root.missing("jobs") }
            return []
        }
        if entries.isEmpty {
            root.report(
                "workflows.no-jobs", "the workflow has no jobs", at: root.node["jobs"]?.location ?? root.node.location)
        }
        var seen: Set<String> = []
        return entries.map { entry in
            if !Self.isIdentifier(entry.key.text) {
                root.report(
                    "workflows.identifier", "\"\(entry.key.text)\" can't be the id of a job", at: entry.key.location,
                    remedy: "Use letters, digits, \"-\" and \"_\", with a letter or \"_\" first, fewer than 100.")
            }
            if !seen.insert(entry.key.text.lowercased()).inserted {
                root.report(
                    "workflows.identifier",
                    "another job has the id \"\(entry.key.text)\"; upper and lower case don't tell jobs apart",
                    at: entry.key.location)
            }
            return job(entry.key, root.reader(for: entry.value, named: "jobs.\(entry.key.text)"))
        }
    }

    private func job(_ id: YAMLScalar, _ reader: YAMLReader) -> WorkflowJob {
        rejectUnsupported(reader)
        let job = WorkflowJob(
            id: id.text, location: id.location, name: template(reader, "name", WorkflowScopes.job),
            needs: needs(reader), condition: condition(reader, WorkflowScopes.jobCondition), runsOn: runsOn(reader),
            env: map(reader, "env", WorkflowScopes.jobEnv), defaults: defaults(reader, WorkflowScopes.jobDefaults),
            outputs: map(reader, "outputs", WorkflowScopes.outputs),
            timeoutMinutes: number(reader, "timeout-minutes", WorkflowScopes.job),
            continueOnError: flag(reader, "continue-on-error", WorkflowScopes.job),
            concurrency: concurrency(reader, WorkflowScopes.job),
            strategy: strategy(reader), steps: steps(reader))
        _ = number(reader, "cancel-timeout-minutes", WorkflowScopes.job)
        permissions(reader)
        reader.checkKeys()
        return job
    }

    private func rejectUnsupported(_ reader: YAMLReader) {
        let keys = [
            ("uses", "a reusable workflow", "Copy its jobs into this file."),
            ("with", "\"with\" on a job", nil), ("secrets", "\"secrets\" on a job", nil),
            ("container", "a job in a container", "Run the container from a step."),
            ("services", "\"services\"", "Start what the job needs in a step."),
            (
                "environment", "a job's \"environment\"",
                "Name environments in estiba.yml; a workflow runs before any of them."
            ),
            ("snapshot", "\"snapshot\"", nil),
        ]
        for (key, what, remedy) in keys where reader.has(key) {
            unsupported(what, at: reader.node.keyLocation(key) ?? reader.node.location, remedy: remedy)
        }
    }

    private func needs(_ reader: YAMLReader) -> [LocatedName] {
        switch reader.value("needs") {
        case .scalar(let scalar): [LocatedName(scalar.text, at: scalar.location)]
        case .sequence(let items, _):
            items.compactMap { item in
                if case .scalar(let scalar) = item { return LocatedName(scalar.text, at: scalar.location) }
                root.report("yaml.type", "\"needs\" holds names of jobs, not \(item.kind)", at: item.location)
                return nil
            }
        case .none, .null: []
        case .some(let value):
            {
                root.report("yaml.type", "\"needs\" is a job's name or a list of them", at: value.location)
                return []
            }()
        }
    }

    func condition(_ reader: YAMLReader, _ scope: ExpressionScope) -> RunCondition {
        switch reader.value("if") {
        case .scalar(let scalar): return templates.condition(scalar, scope)
        case .none, .null: return .onSuccess
        case .some(let value):
            root.report("yaml.type", "\"if\" must be an expression, not \(value.kind)", at: value.location)
            return .onSuccess
        }
    }

    /// Every label runs here; a group without labels does too.
    private func runsOn(_ reader: YAMLReader) -> TemplateNode {
        guard let value = reader.value("runs-on") else {
            if !reader.has("uses") { reader.missing("runs-on") }
            return .scalar(Template([.literal(.null)], at: reader.node.location))
        }
        if case .mapping = value {
            let runner = reader.reader(for: value, named: "runs-on")
            _ = runner.string("group")
            _ = runner.value("labels")
            runner.checkKeys()
        }
        return templates.tree(value, WorkflowScopes.job)
    }

    private func strategy(_ reader: YAMLReader) -> Strategy? {
        guard let settings = reader.reader("strategy") else { return nil }
        let strategy = Strategy(
            matrix: settings.value("matrix").map { matrix($0) },
            failFast: flag(settings, "fail-fast", WorkflowScopes.strategy),
            maxParallel: number(settings, "max-parallel", WorkflowScopes.strategy))
        settings.checkKeys()
        return strategy
    }

    private func matrix(_ node: YAMLNode) -> TemplateNode {
        switch node {
        case .mapping(let entries, _):
            for entry in entries {
                switch entry.value {
                case .sequence(let items, let location) where items.isEmpty:
                    root.report(
                        "workflows.matrix", "the list \"\(entry.key.text)\" of the matrix is empty", at: location)
                case .sequence: break
                case .scalar(let scalar) where scalar.text.contains("${{"): break
                default:
                    root.report(
                        "workflows.matrix", "\"\(entry.key.text)\" of the matrix must be a list",
                        at: entry.value.location)
                }
            }
        case .scalar(let scalar) where scalar.text.contains("${{"): break
        default: root.report("yaml.type", "a matrix is a mapping of lists, not \(node.kind)", at: node.location)
        }
        return templates.tree(node, WorkflowScopes.strategy)
    }

    /// `[A-Za-z_][A-Za-z0-9_-]{0,98}`
    static func isIdentifier(_ text: String) -> Bool {
        guard let first = text.utf8.first, first.isASCIILetter || first == UInt8(ascii: "_"), text.utf8.count < 100
        else {
            return false
        }
        return text.utf8.allSatisfy { $0.isASCIIWord || $0 == UInt8(ascii: "-") }
    }
}

extension YAMLNode {
    /// Where the key itself stands in a mapping.
    func keyLocation(_ key: String) -> ProblemLocation? {
        guard case .mapping(let entries, _) = self else { return nil }
        return entries.last { $0.key.text == key }?.key.location
    }
}
