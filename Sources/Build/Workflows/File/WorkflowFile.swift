package import Problems
package import Syntax

/// A workflow file, read and checked.
/// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax
package struct WorkflowFile: Sendable {
    package let source: SourceText
    package var name: String?
    package var runName: Template?
    package var triggers: Triggers
    package var env: TemplateMap
    package var defaults: RunDefaults
    package var concurrency: Concurrency?
    package var jobs: [WorkflowJob]

    /// The name that people see: `name`, or the file's path.
    package var displayName: String { name ?? source.name }

    /// Reads a workflow file. Every mistake and everything that isn't supported yet is reported with its line.
    package static func read(_ source: SourceText) throws -> WorkflowFile {
        let root = try YAMLDocument.parse(source)
        return try WorkflowReader(source, root).file()
    }
}

/// Names with templates in the order they are written.
package struct TemplateMap: Sendable {
    package var entries: [(name: String, value: Template)]

    package init(_ entries: [(name: String, value: Template)] = []) {
        self.entries = entries
    }
}

/// `defaults.run`
package struct RunDefaults: Sendable {
    package var shell: Template?
    package var workingDirectory: Template?

    package init(shell: Template? = nil, workingDirectory: Template? = nil) {
        self.shell = shell
        self.workingDirectory = workingDirectory
    }
}

/// `concurrency`: at most one holder of a group at a time, and one that waits.
package struct Concurrency: Sendable {
    package var group: Template
    package var cancelInProgress: Template?
}

/// A job as it is written, before its matrix is expanded.
package struct WorkflowJob: Sendable {
    package var id: String
    package var location: ProblemLocation
    package var name: Template?
    package var needs: [LocatedName]
    package var condition: RunCondition
    package var runsOn: TemplateNode
    package var env: TemplateMap
    package var defaults: RunDefaults
    package var outputs: TemplateMap
    package var timeoutMinutes: Template?
    package var continueOnError: Template?
    package var concurrency: Concurrency?
    package var strategy: Strategy?
    package var steps: [WorkflowStep]
}

/// A name and where it stands.
package struct LocatedName: Sendable {
    package let name: String
    package let location: ProblemLocation

    package init(_ name: String, at location: ProblemLocation) {
        self.name = name
        self.location = location
    }
}

/// `strategy`
package struct Strategy: Sendable {
    package var matrix: TemplateNode?
    package var failFast: Template?
    package var maxParallel: Template?
}

/// A step of a job.
package struct WorkflowStep: Sendable {
    /// `run` or `uses`.
    package enum Action: Sendable {
        case run(Script)
        case uses(BuiltInAction, reference: String, inputs: TemplateMap)
    }

    /// What a `run` step hands to a shell.
    package struct Script: Sendable {
        package var text: Template
        package var shell: Template?
        package var workingDirectory: Template?
    }

    /// The `id`, or one made from what the step does (`__run_2`), unique in the job.
    package var id: String
    package var name: Template?
    package var location: ProblemLocation
    package var condition: RunCondition
    package var action: Action
    package var env: TemplateMap
    package var continueOnError: Template?
    package var timeoutMinutes: Template?

    /// What a list of steps shows where the step has no name.
    package var fallbackName: String {
        switch action {
        case .run(let script):
            let first = (script.text.literal ?? "script").split(separator: "\n").first ?? ""
            return "Run " + first
        case .uses(_, let reference, _): return "Run " + reference
        }
    }
}
