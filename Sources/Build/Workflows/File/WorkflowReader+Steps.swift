import Problems
import Syntax

extension WorkflowReader {
    func steps(_ reader: YAMLReader) -> [WorkflowStep] {
        guard let value = reader.value("steps") else {
            return []
        }
        guard case .sequence(let items, _) = value else {
            root.report("yaml.type", "\"steps\" must be a list, not \(value.kind)", at: value.location)
            return []
        }
        var names = StepNames()
        for item in items {
            if let id = item["id"], case .scalar(let scalar) = id { reserve(scalar, in: &names) }
        }
        return items.map { step(reader.reader(for: $0, named: "steps"), &names) }
    }

    private func reserve(_ id: YAMLScalar, in names: inout StepNames) {
        if !Self.isIdentifier(id.text) || id.text.hasPrefix("__") {
            root.report(
                "workflows.identifier", "\"\(id.text)\" can't be the id of a step", at: id.location,
                remedy: "Use letters, digits, \"-\" and \"_\", with a letter or a single \"_\" first, fewer than 100.")
        }
        if !names.reserve(id.text) {
            root.report("workflows.identifier", "another step of this job has the id \"\(id.text)\"", at: id.location)
        }
    }

    private func step(_ reader: YAMLReader, _ names: inout StepNames) -> WorkflowStep {
        for key in ["background", "wait", "wait-all", "cancel"] where reader.has(key) {
            unsupported("a step in the background", at: reader.node.keyLocation(key) ?? reader.node.location)
        }
        let action = action(reader)
        let step = WorkflowStep(
            id: reader.string("id") ?? names.make(for: action), name: template(reader, "name", WorkflowScopes.step),
            location: reader.node.location, condition: condition(reader, WorkflowScopes.stepCondition), action: action,
            env: map(reader, "env", WorkflowScopes.step),
            continueOnError: flag(reader, "continue-on-error", WorkflowScopes.step),
            timeoutMinutes: number(reader, "timeout-minutes", WorkflowScopes.step))
        reader.checkKeys()
        return step
    }

    private func action(_ reader: YAMLReader) -> WorkflowStep.Action {
        let run = template(reader, "run", WorkflowScopes.step)
        let uses = reader.value("uses")
        let shell = template(reader, "shell", WorkflowScopes.step)
        let directory = template(reader, "working-directory", WorkflowScopes.step)
        let inputs = map(reader, "with", WorkflowScopes.step)
        if let uses {
            if run != nil {
                root.report(
                    "workflows.step", "a step has either \"run\" or \"uses\"",
                    at: reader.node.keyLocation("run") ?? uses.location)
            }
            return self.uses(uses, inputs, reader)
        }
        if let run { return .run(WorkflowStep.Script(text: run, shell: shell, workingDirectory: directory)) }
        let isOther = ["run", "background", "wait", "wait-all", "cancel"].contains {
            reader.has($0) && reader.node.keyLocation($0) != nil
        }
        if !isOther {
            root.report("workflows.step", "a step needs \"run\" or \"uses\"", at: reader.node.location)
        } else if reader.node.keyLocation("run") != nil {
            root.report(
                "workflows.step", "\"run\" has no script", at: reader.node.keyLocation("run") ?? reader.node.location)
        }
        return .run(WorkflowStep.Script(text: Template(literal: "", at: reader.node.location)))
    }

    private func uses(_ node: YAMLNode, _ inputs: TemplateMap, _ reader: YAMLReader) -> WorkflowStep.Action {
        let nothing = WorkflowStep.Action.uses(.checkout, reference: "", inputs: TemplateMap())
        guard case .scalar(let scalar) = node else {
            root.report("yaml.type", "\"uses\" must be text, not \(node.kind)", at: node.location)
            return nothing
        }
        let text = scalar.text
        if text.hasPrefix("docker://") {
            unsupported("an action in a container", at: scalar.location, remedy: "Run the container from a step.")
            return nothing
        }
        if text.hasPrefix("./") {
            unsupported(
                "an action of the repository itself", at: scalar.location, remedy: "Call its script from a step.")
            return nothing
        }
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let path = parts[0].split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[1].isEmpty, path.count >= 2,
            path.allSatisfy({ !$0.isEmpty && $0 != ".." && $0 != "." && $0 != "..." })
        else {
            root.report(
                "workflows.uses", "\"\(text)\" names no action", at: scalar.location,
                remedy: "Write owner/repository@version.")
            return nothing
        }
        guard let action = BuiltInAction(rawValue: String(parts[0])) else {
            let known = BuiltInAction.allCases.map(\.rawValue).joined(separator: ", ")
            unsupported(
                "the action \"\(parts[0])\"", at: scalar.location, remedy: "Use a \"run\" step, or one of: \(known).")
            return nothing
        }
        check(inputs, of: action, at: scalar.location)
        return .uses(action, reference: text, inputs: inputs)
    }

    private func check(_ inputs: TemplateMap, of action: BuiltInAction, at location: ProblemLocation) {
        for entry in inputs.entries
        where !action.inputs.contains(entry.name) && !action.ignoredInputs.contains(entry.name) {
            unsupported("the input \"\(entry.name)\" of \(action.rawValue)", at: entry.value.location)
        }
        for name in action.requiredInputs where !inputs.entries.contains(where: { $0.name == name }) {
            root.report("workflows.input", "\(action.rawValue) needs the input \"\(name)\"", at: location)
        }
    }
}

/// Makes ids for the steps that have none: `__run`, `__run_2`, `__actions_checkout`.
struct StepNames {
    private var taken: Set<String> = []

    mutating func reserve(_ id: String) -> Bool {
        taken.insert(id.lowercased()).inserted
    }

    mutating func make(for action: WorkflowStep.Action) -> String {
        let base: String
        switch action {
        case .run: base = "__run"
        case .uses(_, let reference, _):
            base = "__" + reference.prefix { $0 != "@" }.split(separator: "/").joined(separator: "_")
        }
        if reserve(base) { return base }
        var number = 2
        while !reserve("\(base)_\(number)") { number += 1 }
        return "\(base)_\(number)"
    }
}
