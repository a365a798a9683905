import Delivery
import Foundation
import Linux
import Problems
import Testing

@testable import Commits

struct RepositoryTests {
    @Test func `a directory is imported, and what isn't committed is noted`() async throws {
        try await GitScene.with { scene in
            let work = try await scene.workingCopy()
            let commit = try await scene.commit(["bin/run": "#!/bin/sh\n", "a b/ñ.txt": "x"], "more", in: work)
            try FileSystem.writeAtomically(Array("new".utf8), to: work + "/scratch.txt")
            let repository = try await scene.repositories.create(GitScene.app)
            let imported = try await repository.importRevision(from: work, ref: nil)
            #expect(imported.revision.commit == commit)
            #expect(imported.revision.ref == "refs/heads/main")
            #expect(imported.notes.count == 1)
            let short = try await repository.importRevision(from: work, ref: String(commit.prefix(8)))
            #expect(short.revision.commit == commit)
            #expect(try await repository.history(of: "main").map(\.subject) == ["more", "first: work"])
            #expect(try await repository.file("README", at: commit) == Array("hello\n".utf8))
            #expect(try await repository.file("no", at: commit) == nil)
            #expect(try await repository.files(at: commit).sorted() == ["README", "a b/ñ.txt", "bin/run"])

            let plain = scene.root + "/plain"
            try await repository.export(commit, into: plain)
            #expect(try FileSystem.list(plain).sorted() == ["README", "a b", "bin"])
            let copy = scene.root + "/checked-out"
            try await repository.checkOut(imported.revision, into: copy, origin: "http://example.com/x.git")
            #expect(try await scene.git("log", "--format=%s", "-1", in: copy) == "more\n")
            #expect(try await scene.git("status", "--porcelain", in: copy) == "")
            #expect(try await scene.git("rev-parse", "--abbrev-ref", "HEAD", in: copy) == "main\n")
        }
    }

    @Test func `a copy that begins from an earlier one keeps the files that are the same, and nothing else`()
        async throws
    {
        try await GitScene.with { scene in
            let work = try await scene.workingCopy(files: [
                "same": "1\n", "other": "1\n", "gone": "1\n", "run.sh": "#!",
            ])
            let repository = try await scene.repositories.create(GitScene.app)
            let first = try await repository.importRevision(from: work, ref: nil).revision
            let earlier = scene.root + "/earlier"
            try await repository.checkOut(first, into: earlier)
            let file = try FileManager.default.attributesOfItem(atPath: earlier + "/same")[.systemFileNumber] as? UInt64

            // What a job may leave behind: products, a changed file, a folder where a file was, a hook.
            for (path, text) in [
                ("build/x.o", "x"), ("other", "2\n"),
                (".git/hooks/post-checkout", "#!/bin/sh\ntouch \(scene.root)/ran\n"),
            ] {
                try FileSystem.makeDirectory(FileSystem.parent(of: "\(earlier)/\(path)"))
                try FileSystem.writeAtomically(Array(text.utf8), to: "\(earlier)/\(path)")
            }
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o755], ofItemAtPath: earlier + "/.git/hooks/post-checkout")
            try FileSystem.removeFile(earlier + "/run.sh")
            try FileSystem.makeDirectory(earlier + "/run.sh/inside")

            try await scene.git("rm", "-q", "gone", in: work)
            try await scene.commit([".gitignore": "build\n"], "second", in: work)
            let second = try await repository.importRevision(from: work, ref: nil).revision
            let copy = scene.root + "/copy"
            try await repository.checkOut(second, into: copy, earlier: earlier)
            #expect(!FileSystem.exists(earlier) && !FileSystem.exists(scene.root + "/ran"))
            #expect(try FileSystem.list(copy).sorted() == [".git", ".gitignore", "other", "run.sh", "same"])
            #expect(try FileSystem.read(copy + "/other") == Array("1\n".utf8))
            #expect(try await scene.git("status", "--porcelain", "--ignored", in: copy) == "")
            let kept = try FileManager.default.attributesOfItem(atPath: copy + "/same")[.systemFileNumber] as? UInt64
            #expect(file != nil && kept == file)
        }
    }

    @Test func `an unknown ref is answered with the nearest one`() async throws {
        try await GitScene.with { scene in
            let work = try await scene.workingCopy()
            try await scene.git("branch", "feature/routes", in: work)
            let repository = try await scene.repositories.create(GitScene.app)
            do {
                _ = try await repository.importRevision(from: work, ref: "feature/route")
                Issue.record("an unknown ref was accepted")
            } catch let problem as CommitProblem {
                #expect(problem.code == "commits.unknown-ref")
                #expect(problem.remedy == "Did you mean \"feature/routes\"?")
            }
            await #expect(throws: CommitProblem.self) {
                try await repository.importRevision(from: scene.root + "/none", ref: nil)
            }
            await #expect(throws: CommitProblem.self) {
                try await repository.importRevision(from: "--upload-pack=x", ref: nil)
            }
            await #expect(throws: CommitProblem.self) {
                try await repository.importRevision(from: "ext::sh -c true", ref: nil)
            }
            await #expect(throws: CommitProblem.self) { try await repository.revision("main") }
        }
    }

    @Test func `submodules and large file storage are refused by name`() async throws {
        try await GitScene.with { scene in
            let work = try await scene.workingCopy()
            let repository = try await scene.repositories.create(GitScene.app)
            let large = try await scene.commit([".gitattributes": "*.bin filter=lfs diff=lfs\n"], "lfs", in: work)
            _ = try await repository.importRevision(from: work, ref: nil)
            await #expect(throws: CommitProblem.self) { try await repository.export(large, into: scene.root + "/x") }
        }
    }

    @Test(arguments: [
        ("main", true), ("feature/routes", true), ("refs/heads/x", true), ("tags/v1.0", true), ("a..b", false),
        ("-x", false),
        ("a/.b", false), ("a.lock", false), ("a b", false), ("", false), ("a//b", false), ("a@{1}", false),
        ("x~1", false),
        ("refs/notes/x", false), ("a\\b", false), ("../../etc", false),
    ])
    func `names of refs follow git's rules`(_ name: String, _ isValid: Bool) {
        #expect(((try? RefName(name)) != nil) == isValid)
    }

    @Test func `changes of refs become pushes`() {
        let pushes = RefChanges.pushes(
            GitScene.app, seen: ["a": "1", "b": "2", "gone": "3"], now: ["a": "1", "b": "4", "c": "5"])
        #expect(pushes.map(\.ref) == ["b", "c"])
        #expect(pushes.map(\.before) == ["2", nil])
    }

    @Test func `a header is known once it is complete`() {
        #expect(CGIHeader.parse(Array("Status: 404 Not Found\r\nContent-Type: a/b\r\n".utf8)) == nil)
        let parsed = CGIHeader.parse(Array("Status: 404 Not Found\r\nContent-Type: a/b\r\n\r\nbody".utf8))
        #expect(parsed?.0 == CGIHeader(status: 404, fields: [("Content-Type", "a/b")]))
        #expect(parsed?.length == 44)
    }
}
