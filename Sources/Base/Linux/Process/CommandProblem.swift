package import Problems

/// Why a command did not start, or what it said when it failed.
package enum CommandProblem: Problem {
    case executableNotFound(String, path: String)
    case notStarted(String, step: String, SystemProblem)
    case failed(String, ExitStatus, lastWords: String)
    case timedOut(String, after: Duration, lastWords: String)

    package var code: String {
        switch self {
        case .executableNotFound: "linux.command.not-found"
        case .notStarted: "linux.command.not-started"
        case .failed: "linux.command.failed"
        case .timedOut: "linux.command.timed-out"
        }
    }

    package var summary: String {
        switch self {
        case .executableNotFound(let name, _): "there is no program \"\(name)\" on this machine"
        case .notStarted(let name, let step, _): "\(name) did not start (\(step))"
        case .failed(let name, let status, let words):
            "\(name) ended with \(status)" + (words.isEmpty ? "" : ": \(words)")
        case .timedOut(let name, let limit, let words):
            "\(name) did not end within \(limit)" + (words.isEmpty ? "" : ": \(words)")
        }
    }

    package var remedy: String? {
        switch self {
        case .executableNotFound(let name, let path): "Install \(name), or put it in the PATH (\(path))."
        case .notStarted, .failed, .timedOut: nil
        }
    }

    package var category: ProblemCategory {
        switch self {
        case .executableNotFound: .unavailable
        case .notStarted(_, _, let problem): problem.category
        case .failed: .failed
        case .timedOut: .timedOut
        }
    }

    package var cause: (any Error)? {
        if case .notStarted(_, _, let problem) = self { problem } else { nil }
    }
}
