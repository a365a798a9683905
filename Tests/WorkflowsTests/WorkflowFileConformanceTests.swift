import FoundationEssentials
import Kube
import Problems
import Syntax
import Testing

@testable import Workflows

/// GitHub's own cases for workflow files: what is accepted, and the lines of what isn't.
struct WorkflowFileConformanceTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var workflow: String
        var expected: JSON
        var testDescription: String { name }
    }

    /// Cases about workflows that call others, or about features of GitHub's service that have no meaning here.
    static func isElsewhere(_ name: String, _ documents: Int) -> Bool {
        documents != 3 || name.contains("reusable") || name.contains("workflow_call")
    }

    static let cases: [Case] = SharedCases.files(in: "github-workflows", suffix: ".yml").compactMap { name, text in
        let documents = ("\n" + text).components("\n---\n")
        guard !isElsewhere(name, documents.count), let expected = try? JSON.parse(documents[2]) else { return nil }
        return Case(name: name, workflow: documents[1], expected: expected)
    }

    @Test(.enabled(if: !cases.isEmpty, "the shared conformance cases are not here"), arguments: cases)
    func `a workflow file is read as GitHub reads it, or refused at its line`(_ item: Case) throws {
        if let reason = Self.knownDifferences[item.name] {
            withKnownIssue("\(reason)") { try check(item) }
        } else {
            try check(item)
        }
    }

    /// Where Estiba means to differ, or reports another line.
    static let knownDifferences = [
        "errors-anchor-tag.yml": "anchors are supported, as they are on GitHub by now",
        "errors-parse-float.yml": "YAML tags are not interpreted",
        "errors-job-needs-no-start-node.yml": "the location is the need that closes the circle, not the list of jobs",
        "errors-required-property-missing.yml": "workflow_call and environment are refused as a whole",
        "errors-value-already-defined.yml": "the location is the mapping that holds the key twice",
        "events-mapping-all.yml":
            "filters that exclude each other are refused, as GitHub does when it runs the workflow",
        "job-container-invalid.yml": "containers and services are refused as a whole",
    ]

    private func check(_ item: Case) throws {
        let wanted = (item.expected["errors"]?.array ?? []).compactMap { Self.line($0["Message"]?.string ?? "") }
        do {
            let plan = try WorkflowPlan.read(SourceText(name: item.name, item.workflow))
            #expect(wanted.isEmpty, "accepted what GitHub refuses at lines \(wanted)")
            compare(plan.file, item.expected)
        } catch let problem as Diagnostics {
            let lines = problem.all.compactMap { $0.location?.line }
            if wanted.isEmpty {
                // What GitHub accepts may only be refused because it isn't supported here.
                let others = problem.all.filter { $0.code != "workflows.unsupported" }
                #expect(others.isEmpty, "\(others)")
            } else {
                #expect(
                    Set(wanted).isSubset(of: lines),
                    "GitHub refuses lines \(wanted), not only \(problem.all.map(\.oneLine))")
            }
        } catch let problem as Diagnostic {
            #expect(wanted.contains(problem.location?.line ?? 0), "\(problem)")
        }
    }

    private func compare(_ file: WorkflowFile, _ expected: JSON) {
        let jobs = expected["jobs"]?.array ?? []
        #expect(file.jobs.map(\.id) == jobs.compactMap { $0["id"]?.string })
        for (job, wanted) in zip(file.jobs, jobs) {
            #expect(job.needs.map(\.name) == (wanted["needs"]?.array ?? []).compactMap(\.string))
            #expect(Self.text(job.condition) == wanted[path: "if", "expr"]?.string)
            let steps = wanted["steps"]?.array ?? []
            #expect(job.steps.map(\.id) == steps.compactMap { $0["id"]?.string })
            for (step, wanted) in zip(job.steps, steps) {
                #expect(Self.text(step.condition) == wanted[path: "if", "expr"]?.string)
                switch step.action {
                case .run(let script):
                    if let literal = wanted["run"]?.string {
                        #expect((try? script.text.text(in: FixedContext())) == literal)
                    }
                case .uses(_, let reference, _): #expect(reference == wanted["uses"]?.string)
                }
            }
        }
    }

    /// The condition with the status check that is implied.
    private static func text(_ condition: RunCondition) -> String {
        guard let expression = condition.template?.expressions.first else { return "success()" }
        return condition.asksForStatus ? expression.text : "success() && (\(expression.text))"
    }

    private static func line(_ message: String) -> Int? {
        message.firstRange(of: "(Line: ").flatMap { Int(message[$0.upperBound...].prefix { $0.isNumber }) }
    }
}

extension String {
    fileprivate func components(_ separator: String) -> [String] {
        var parts: [String] = []
        var rest = self[...]
        while let range = rest.firstRange(of: separator) {
            parts.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return parts + [String(rest)]
    }
}
