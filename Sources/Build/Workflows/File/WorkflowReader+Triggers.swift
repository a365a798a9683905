import Problems
import Syntax

extension WorkflowReader {
    func triggers() -> Triggers {
        var triggers = Triggers()
        guard let value = root.value("on") else {
            if root.has("on") {
                root.report(
                    "workflows.on", "\"on\" names no event", at: root.node["on"]?.location ?? root.node.location)
            } else {
                root.missing("on")
            }
            return triggers
        }
        switch value {
        case .null: break
        case .scalar(let scalar): add(scalar, .null(scalar.location), to: &triggers)
        case .sequence(let items, _):
            for item in items {
                if case .scalar(let scalar) = item {
                    add(scalar, .null(scalar.location), to: &triggers)
                } else {
                    root.report("yaml.type", "an event is a name, not \(item.kind)", at: item.location)
                }
            }
        case .mapping(let entries, _):
            for entry in entries { add(entry.key, entry.value, to: &triggers) }
        }
        return triggers
    }

    private func add(_ event: YAMLScalar, _ settings: YAMLNode, to triggers: inout Triggers) {
        switch event.text {
        case "push": triggers.push = pushFilter(root.reader(for: settings, named: "on.push"))
        case "workflow_dispatch": triggers.dispatch = inputs(root.reader(for: settings, named: "on.workflow_dispatch"))
        case "workflow_call":
            triggers.others.append(event.text)
        case let name where Self.otherEvents.contains(name): triggers.others.append(name)
        default:
            root.report(
                "workflows.unknown-event", "unknown event \"\(event.text)\"", at: event.location,
                remedy: Suggestion.nearest(to: event.text, in: Self.otherEvents + ["push", "workflow_dispatch"])
                    .map { "Did you mean \"\($0)\"?" } ?? "Use push or workflow_dispatch.")
        }
    }

    private func pushFilter(_ reader: YAMLReader) -> PushFilter {
        var filter = PushFilter()
        filter.branches = patterns(reader, "branches")
        filter.branchesIgnore = patterns(reader, "branches-ignore", excluding: "branches")
        filter.tags = patterns(reader, "tags")
        filter.tagsIgnore = patterns(reader, "tags-ignore", excluding: "tags")
        filter.paths = patterns(reader, "paths")
        filter.pathsIgnore = patterns(reader, "paths-ignore", excluding: "paths")
        reader.checkKeys()
        return filter
    }

    private func patterns(_ reader: YAMLReader, _ key: String, excluding other: String? = nil) -> [String]? {
        guard let patterns = reader.strings(key) else { return nil }
        if let other, reader.value(other) != nil {
            root.report(
                "workflows.filters", "\"\(other)\" and \"\(key)\" exclude each other",
                at: reader.value(key)?.location ?? reader.node.location,
                remedy: "Use \"\(other)\" with patterns that start with \"!\".")
        }
        if other == nil, !patterns.isEmpty, patterns.allSatisfy({ $0.hasPrefix("!") }) {
            root.report(
                "workflows.filters", "every pattern in \"\(key)\" takes away, so none is left",
                at: reader.value(key)?.location ?? reader.node.location, remedy: "Use \"\(key)-ignore\".")
        }
        return patterns
    }

    private func inputs(_ reader: YAMLReader) -> [DispatchInput] {
        defer { reader.checkKeys() }
        return (reader.entries("inputs") ?? []).map { entry in
            let input = reader.reader(for: entry.value, named: "inputs.\(entry.key.text)")
            defer { input.checkKeys() }
            _ = input.string("description")
            _ = input.string("deprecationMessage")
            let type = input.string("type") ?? "string"
            if !["string", "boolean", "number", "choice", "environment"].contains(type) {
                root.report(
                    "workflows.input-type", "\"\(type)\" is not a type of input", at: entry.value.location,
                    remedy: "Use string, boolean, number, choice or environment.")
            }
            return DispatchInput(
                name: entry.key.text, type: type, defaultValue: input.string("default"),
                isRequired: input.bool("required") ?? false, options: input.strings("options") ?? [])
        }
    }

    /// Events that GitHub knows and that never happen here.
    private static let otherEvents = [
        "branch_protection_rule", "check_run", "check_suite", "create", "delete", "deployment", "deployment_status",
        "discussion", "discussion_comment", "fork", "gollum", "image_version", "issue_comment", "issues", "label",
        "merge_group", "milestone", "page_build", "project", "project_card", "project_column", "public", "pull_request",
        "pull_request_comment", "pull_request_review", "pull_request_review_comment", "pull_request_target",
        "registry_package", "release", "repository_dispatch", "schedule", "status", "watch", "workflow_run",
    ]
}
