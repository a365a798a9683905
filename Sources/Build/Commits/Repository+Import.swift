package import Delivery
import Linux

/// What was taken over from another repository.
package struct ImportedRevision: Sendable {
    package var revision: Revision
    /// Remarks for whoever asked: changes that aren't committed, for instance.
    package var notes: [String]
}

extension Repository {
    /// Takes over a branch, a tag or a commit from a directory or a URL.
    ///
    /// - Parameters:
    ///   - source: A directory with a git repository, or an `https`, `http`, `ssh`, `git` or `file` URL.
    ///   - ref: nil means what is checked out there, or the default branch of a URL.
    /// - Throws: `CommitProblem.source`, `.unknownRef` with near names.
    package func importRevision(from source: String, ref: String?) async throws -> ImportedRevision {
        guard !source.hasPrefix("-"), !source.isEmpty else {
            throw CommitProblem.source(source, why: "not a directory, not a URL")
        }
        let remote = try await remoteRefs(source)
        let target = try await target(ref, source, remote)
        var fetch = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--force", "--", source]
        fetch.append("+\(target.remote):\(target.local)")
        let output = try await git.command(fetch).run()
        guard output.status.isSuccess else {
            throw CommitProblem.source(source, why: Git.reason(output.error, output.status))
        }
        return ImportedRevision(revision: try await revision(target.local), notes: try await notes(source, ref))
    }

    /// Names with commits; the default branch is under `HEAD`.
    private func remoteRefs(_ source: String) async throws -> (refs: [String: String], head: String?) {
        let output = try await Git().command(["ls-remote", "--symref", "--quiet", "--", source]).run()
        guard output.status.isSuccess else {
            throw CommitProblem.source(source, why: Git.reason(output.error, output.status))
        }
        var refs: [String: String] = [:]
        var head: String?
        for line in output.text.split(separator: "\n") {
            let parts = line.split(separator: "\t")
            guard parts.count == 2 else { continue }
            if parts[0].hasPrefix("ref: "), parts[1] == "HEAD" {
                head = String(parts[0].dropFirst(5))
            } else if !parts[1].hasSuffix("^{}") {
                refs[String(parts[1])] = String(parts[0])
            }
        }
        return (refs, head)
    }

    private func target(
        _ ref: String?, _ source: String, _ remote: (refs: [String: String], head: String?)
    ) async throws -> (remote: String, local: String) {
        guard let ref else {
            guard let commit = remote.refs["HEAD"] else { throw CommitProblem.empty(source) }
            // A detached head becomes main.
            return remote.head.map { ($0, $0) } ?? (commit, "refs/heads/main")
        }
        for name in [ref, "refs/heads/" + ref, "refs/tags/" + ref] where RefName.isValid(name) {
            if remote.refs[name] != nil, name.hasPrefix("refs/heads/") || name.hasPrefix("refs/tags/") {
                return (name, name)
            }
        }
        if Self.isCommit(ref), let commit = try await commit(ref, in: source) {
            return (
                commit,
                remote.refs.first { $0.value == commit && $0.key.hasPrefix("refs/heads/") }?.key ?? "refs/heads/main"
            )
        }
        let names = remote.refs.keys.filter { $0.hasPrefix("refs/heads/") || $0.hasPrefix("refs/tags/") }
        throw CommitProblem.unknownRef(ref, in: source, near: NearRefs.near(ref, names))
    }

    /// The full name of a commit of a directory; of a URL only full names are known.
    private func commit(_ name: String, in source: String) async throws -> String? {
        guard FileSystem.exists(source) else { return name.utf8.count >= 40 ? name : nil }
        return try await Git().answer(["-C", source, "rev-parse", "--verify", "--quiet", name + "^{commit}"])
    }

    private func notes(_ source: String, _ ref: String?) async throws -> [String] {
        guard FileSystem.exists(source), ref == nil,
            let status = try await Git().answer(["-C", source, "status", "--porcelain", "--untracked-files=normal"]),
            !status.isEmpty
        else { return [] }
        let count = status.split(separator: "\n").count
        return [
            "\(count) change\(count == 1 ? "" : "s") in \(source) \(count == 1 ? "is" : "are") not committed and not part of this"
        ]
    }
}
