package import Delivery
import FoundationEssentials
import Linux

extension Repository {
    /// Writes the files of a commit into a directory, which is made if absent. No `.git`.
    ///
    /// - Throws: `CommitProblem.unsupported` where the commit uses submodules or Git LFS.
    package func export(_ commit: String, into directory: String) async throws {
        try await refuseUnsupported(commit)
        try FileSystem.makeDirectory(directory)
        let index = try FileSystem.makeTemporaryDirectory(prefix: path + "/estiba-index-")
        defer { try? FileSystem.removeTree(index) }
        var git = git
        git.variables["GIT_INDEX_FILE"] = index + "/index"
        _ = try await git.run(["read-tree", commit], to: "read commit \(commit.prefix(7))")
        _ = try await git.run(
            ["--work-tree", directory, "checkout-index", "--all", "--force", "--prefix=\(directory)/"],
            to: "write the files of commit \(commit.prefix(7))")
    }

    /// A working copy of a revision with its history, which shares the repository's objects: `git describe` works in it.
    /// The directory must be empty or absent.
    ///
    /// - Parameters:
    ///   - earlier: Where the files of an earlier copy may lie. They are moved, those that differ from the revision are
    ///     written anew or removed, the others keep their dates. Nothing of its `.git` is used.
    ///   - origin: What the copy calls `origin`; it is not contacted.
    package func checkOut(
        _ revision: Revision, into directory: String, earlier: String? = nil, origin: String? = nil
    ) async throws {
        try await refuseUnsupported(revision.commit)
        try FileSystem.removeTree(directory)
        _ = try await Git().run(
            ["clone", "--quiet", "--shared", "--no-checkout", "--no-tags", "--", path, directory],
            to: "copy the repository of \(app)")
        let copy = Git(directory: directory + "/.git")
        let begins = try earlier.map { try takeOver($0, directory) } ?? false
        if begins {
            _ = try await copy.run(["read-tree", revision.commit], to: "read commit \(revision.shortCommit)")
            // Compares contents; that some differ is no failure here.
            _ = try await copy.answer(["--work-tree", directory, "update-index", "-q", "--refresh"])
        }
        let branch = revision.ref.hasPrefix("refs/heads/") ? String(revision.ref.dropFirst(11)) : nil
        let mode = branch.map { ["-B", $0, "--no-track"] } ?? ["--detach"]
        _ = try await copy.run(
            ["--work-tree", directory, "checkout", "--quiet", "--force"] + mode + [revision.commit, "--"],
            to: "check out commit \(revision.shortCommit)")
        if begins {
            var command = copy.command(["--work-tree", directory, "clean", "--quiet", "-ffdx"])
            command.directory = directory
            let output = try await command.run()
            guard output.status.isSuccess else {
                throw CommitProblem.git(
                    what: "remove what earlier jobs left", why: Git.reason(output.error, output.status))
            }
        }
        if let origin { _ = try await copy.run(["remote", "set-url", "origin", origin], to: "name the origin") }
    }

    /// Puts the new copy's `.git` in the place of the earlier one's, and the whole into the directory.
    private func takeOver(_ earlier: String, _ directory: String) throws -> Bool {
        guard FileSystem.exists(earlier) else { return false }
        try FileSystem.removeTree(earlier + "/.git")
        try FileSystem.rename(directory + "/.git", to: earlier + "/.git")
        try FileSystem.removeTree(directory)
        try FileSystem.rename(earlier, to: directory)
        return true
    }

    private func refuseUnsupported(_ commit: String) async throws {
        guard Self.isCommit(commit), try await git.answer(["cat-file", "-e", commit + "^{commit}"]) != nil else {
            throw CommitProblem.unknownCommit(commit, in: app.value)
        }
        let listing = Self.words(try await git.run(["ls-tree", "-r", "-z", commit], to: "list files"))
        let submodules = listing.filter { $0.hasPrefix("160000 ") }.map(Self.path)
        if !submodules.isEmpty { throw CommitProblem.unsupported("submodules", commit: commit, paths: submodules) }
        for attributes in listing.map(Self.path)
        where attributes == ".gitattributes" || attributes.hasSuffix("/.gitattributes") {
            guard let bytes = try await file(attributes, at: commit) else { continue }
            if String(decoding: bytes, as: UTF8.self).contains("filter=lfs") {
                throw CommitProblem.unsupported("Git LFS", commit: commit, paths: [attributes])
            }
        }
    }

    /// `100644 blob SHA<tab>PATH`
    private static func path(_ entry: String) -> String {
        String(entry.drop { $0 != "\t" }.dropFirst())
    }
}
