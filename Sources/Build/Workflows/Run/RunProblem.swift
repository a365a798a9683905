package import Problems

/// Why a run didn't succeed: which step of which job, and its last words.
package struct RunProblem: Problem {
    package var workflow: String
    package var job: String?
    package var step: String?
    package var what: String
    /// The last lines that the step wrote, secrets masked.
    package var lastLines: [String]
    package var isCancelled = false

    package var code: String { isCancelled ? "workflows.run.cancelled" : "workflows.run.failed" }

    package var summary: String {
        var place = workflow
        if let job { place += " / \(job)" }
        if let step { place += " / \(step)" }
        let words = lastLines.suffix(12).map { "\n    " + $0 }.joined()
        return "\(place): \(what)\(words)"
    }

    package var remedy: String? {
        isCancelled ? nil : "Mend it and push again; the whole log is on the run's page."
    }

    package var category: ProblemCategory { isCancelled ? .cancelled : .failed }
}
