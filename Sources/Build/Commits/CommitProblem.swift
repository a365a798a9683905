package import Problems

/// What goes wrong with repositories and commits.
package enum CommitProblem: Problem {
    case noRepository(String, known: [String])
    case invalidRef(String)
    case unknownRef(String, in: String, near: [String])
    case unknownCommit(String, in: String)
    case noFile(String, commit: String)
    case empty(String)
    case source(String, why: String)
    case git(what: String, why: String)
    case unsupported(String, commit: String, paths: [String])

    package var code: String {
        switch self {
        case .noRepository: "commits.no-repository"
        case .invalidRef: "commits.invalid-ref"
        case .unknownRef: "commits.unknown-ref"
        case .unknownCommit: "commits.unknown-commit"
        case .noFile: "commits.no-file"
        case .empty: "commits.empty"
        case .source: "commits.source"
        case .git: "commits.git"
        case .unsupported: "commits.unsupported"
        }
    }

    package var summary: String {
        switch self {
        case .noRepository(let name, _): "there is no repository \"\(name)\""
        case .invalidRef(let ref): "\"\(ref)\" can't be the name of a branch or tag"
        case .unknownRef(let ref, let place, _): "there is no branch, tag or commit \"\(ref)\" in \(place)"
        case .unknownCommit(let commit, let place): "there is no commit \(commit) in \(place)"
        case .noFile(let path, let commit): "there is no file \(path) in commit \(commit.prefix(7))"
        case .empty(let place): "\(place) has no commit yet"
        case .source(let source, let why): "\(source) can't be read as a git repository: \(why)"
        case .git(let what, let why): "git could not \(what): \(why)"
        case .unsupported(let what, let commit, let paths):
            "commit \(commit.prefix(7)) uses \(what), which isn't supported yet: \(paths.prefix(3).joined(separator: ", "))"
        }
    }

    package var remedy: String? {
        switch self {
        case .noRepository(let name, let known):
            known.isEmpty ? "Push to it: it is made by the first push." : Suggestion.remedy(for: name, in: known)
        case .invalidRef: "Use letters, digits, \"-\", \"_\", \".\" and \"/\"."
        case .unknownRef(_, _, let near):
            near.isEmpty
                ? "Commit something first." : "Did you mean \(near.map { "\"\($0)\"" }.joined(separator: " or "))?"
        case .unknownCommit: "Push the commit first."
        case .noFile: nil
        case .empty: "Commit something, then try again."
        case .source: "Name a directory with a git repository, or a URL that git can clone."
        case .git: nil
        case .unsupported: "Commit the files themselves."
        }
    }

    package var category: ProblemCategory {
        switch self {
        case .noRepository, .unknownRef, .unknownCommit, .noFile: .notFound
        case .invalidRef, .source, .empty: .invalid
        case .git: .failed
        case .unsupported: .unsupported
        }
    }
}
