package import Delivery
import FoundationEssentials
import Linux

/// The bare repository of an app.
package struct Repository: Sendable {
    package let app: AppName
    package let path: String

    var git: Git { Git(directory: path) }

    /// Branches and tags with the commits they stand for.
    package func refs() async throws -> [String: String] {
        let bytes = try await git.run(
            ["for-each-ref", "--format=%(refname)%00%(objectname)%00%(*objectname)", "refs/heads", "refs/tags"],
            to: "list the branches of \(app)")
        var refs: [String: String] = [:]
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: "\0", omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            // An annotated tag stands for the commit behind it.
            refs[String(parts[0])] = String(parts[2].isEmpty ? parts[1] : parts[2])
        }
        return refs
    }

    /// The revision of a branch, a tag, or a commit's (abbreviated) name; of `main` where nothing is given.
    ///
    /// - Throws: `CommitProblem.unknownRef` with near names.
    package func revision(_ name: String? = nil) async throws -> Revision {
        let name = name ?? "main"
        let refs = try await refs()
        let isName = RefName.isValid(name)
        for candidate in [name, "refs/heads/" + name, "refs/tags/" + name] where refs[candidate] != nil && isName {
            return try await revision(commit: refs[candidate] ?? "", ref: candidate)
        }
        if Self.isCommit(name),
            let commit = try await git.answer(["rev-parse", "--verify", "--quiet", name + "^{commit}"])
        {
            let ref = refs.sorted { $0.key < $1.key }.first { $0.value == commit }?.key ?? "refs/heads/main"
            return try await revision(commit: commit, ref: ref)
        }
        throw CommitProblem.unknownRef(name, in: app.value, near: NearRefs.near(name, refs.keys))
    }

    /// The revision of a commit.
    package func revision(commit: String, ref: String) async throws -> Revision {
        guard Self.isCommit(commit), let revision = try await log(["-1", commit, "--"], ref: ref).first else {
            throw CommitProblem.unknownCommit(commit, in: app.value)
        }
        return revision
    }

    /// The newest commits of a ref, at most `limit`.
    package func history(of ref: String, limit: Int = 50) async throws -> [Revision] {
        let start = try await revision(ref)
        return try await log(["-\(max(1, limit))", start.commit, "--"], ref: start.ref)
    }

    private func log(_ arguments: [String], ref: String) async throws -> [Revision] {
        let format = "--format=%H%x00%an%x00%ae%x00%ct%x00%s%x00"
        let output = try await git.command(["log", "-z", format] + arguments).run()
        guard output.status.isSuccess else { return [] }
        let fields = output.text.split(separator: "\0", omittingEmptySubsequences: false)
        return stride(from: 0, to: fields.count - 5, by: 6).map { start in
            Revision(
                app: app, commit: String(fields[start]), ref: ref, authorName: String(fields[start + 1]),
                authorEmail: String(fields[start + 2]), subject: String(fields[start + 4]),
                committedAt: Date(timeIntervalSince1970: Double(fields[start + 3]) ?? 0))
        }
    }

    /// The content of a file at a commit; nil where there is none.
    package func file(_ path: String, at commit: String) async throws -> [UInt8]? {
        guard Self.isCommit(commit), Self.isInside(path) else { return nil }
        let output = try await git.command(["cat-file", "blob", "\(commit):\(path)"]).run()
        return output.status.isSuccess ? output.output : nil
    }

    /// The paths of all files at a commit, below a folder.
    package func files(at commit: String, below folder: String = "") async throws -> [String] {
        guard Self.isCommit(commit), folder.isEmpty || Self.isInside(folder) else { return [] }
        let bytes = try await git.run(
            ["ls-tree", "-r", "--name-only", "-z", commit, "--"] + (folder.isEmpty ? [] : [folder + "/"]),
            to: "list files")
        return Self.words(bytes)
    }

    /// The paths that differ between two commits; nil where the first one isn't there.
    package func changedPaths(from old: String?, to new: String) async throws -> [String]? {
        guard let old, Self.isCommit(old), Self.isCommit(new), !Self.isNothing(old),
            try await git.answer(["cat-file", "-e", old + "^{commit}"]) != nil
        else { return nil }
        return Self.words(
            try await git.run(
                ["diff-tree", "-r", "--no-renames", "--name-only", "-z", old, new, "--"], to: "compare commits"))
    }

    static func words(_ bytes: [UInt8]) -> [String] {
        bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }

    /// 4 to 64 hexadecimal digits: nothing that git could take for an option.
    static func isCommit(_ text: String) -> Bool {
        (4...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    /// All zeros: git's word for no commit.
    static func isNothing(_ commit: String) -> Bool { commit.utf8.allSatisfy { $0 == UInt8(ascii: "0") } }

    static func isInside(_ path: String) -> Bool {
        !path.isEmpty && !path.hasPrefix("/") && !path.utf8.contains(0) && !path.split(separator: "/").contains("..")
    }
}
