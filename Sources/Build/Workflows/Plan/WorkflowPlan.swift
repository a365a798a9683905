import Problems
package import Syntax

/// A workflow with the order of its jobs, checked before anything runs.
package struct WorkflowPlan: Sendable {
    package let file: WorkflowFile
    /// Ids of jobs; those of one stage need only jobs of earlier stages.
    package let stages: [[String]]
    private let positions: [String: Int]

    /// - Throws: `Diagnostics` where a job needs what doesn't exist, itself, or a circle of jobs.
    package init(_ file: WorkflowFile) throws(Diagnostics) {
        self.file = file
        positions = Dictionary(file.jobs.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        if let unknown = Diagnostics(Self.unknownNeeds(file.jobs)) { throw unknown }
        var stages: [[String]] = []
        var done: Set<String> = []
        var rest = file.jobs
        while !rest.isEmpty {
            let ready = rest.filter { $0.needs.allSatisfy { done.contains($0.name) } }
            if ready.isEmpty {
                guard let circle = Diagnostics([Self.circle(rest)]) else { break }
                throw circle
            }
            stages.append(ready.map(\.id))
            done.formUnion(ready.map(\.id))
            rest.removeAll { done.contains($0.id) }
        }
        self.stages = stages
    }

    /// Reads a file and plans it.
    package static func read(_ source: SourceText) throws -> WorkflowPlan {
        try WorkflowPlan(try WorkflowFile.read(source))
    }

    package func job(_ id: String) -> WorkflowJob? { positions[id].map { file.jobs[$0] } }

    /// Every job that must have ended before this one, directly or not.
    package func ancestors(of id: String) -> Set<String> {
        var found: Set<String> = []
        var open = job(id)?.needs.map(\.name) ?? []
        while let next = open.popLast() {
            if found.insert(next).inserted { open += job(next)?.needs.map(\.name) ?? [] }
        }
        return found
    }

    /// Whether this event starts the workflow.
    package func isStarted(by event: WorkflowEvent) -> Bool {
        switch event.kind {
        case .push: file.triggers.push?.accepts(ref: event.ref, changedPaths: event.changedPaths) ?? false
        case .workflowDispatch: file.triggers.dispatch != nil
        }
    }

    private static func unknownNeeds(_ jobs: [WorkflowJob]) -> [Diagnostic] {
        let ids = Set(jobs.map(\.id))
        return jobs.flatMap { job in
            job.needs.filter { !ids.contains($0.name) }.map { need in
                Diagnostic(
                    "workflows.needs.unknown", "the job \"\(job.id)\" needs \"\(need.name)\", and there is no such job",
                    at: need.location, remedy: Suggestion.remedy(for: need.name, in: ids.subtracting([job.id])))
            }
        }
    }

    /// Follows the first need of each job until one comes round again.
    private static func circle(_ jobs: [WorkflowJob]) -> Diagnostic {
        let open = Dictionary(jobs.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        var path: [String] = []
        var current = jobs[0]
        while !path.contains(current.id) {
            path.append(current.id)
            guard let next = current.needs.compactMap({ open[$0.name] }).first else { break }
            current = next
        }
        let ring = path.drop { $0 != current.id } + [current.id]
        let first = open[current.id] ?? current
        let blamed = first.needs.first { open[$0.name] != nil }?.location ?? first.location
        return Diagnostic(
            "workflows.needs.circle", "these jobs wait for each other: \(ring.joined(separator: " → "))", at: blamed,
            remedy: "Take one of these needs away.")
    }
}
