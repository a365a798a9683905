import Delivery
import FoundationEssentials
import Linux
import Problems
import Testing

@testable import Commits

struct GitServerTests {
    @Test func `a push makes the repository, and a clone gets it back`() async throws {
        try await GitScene.with { scene in
            let work = try await scene.workingCopy(files: [
                "README": "hello\n", "src/a.txt": String(repeating: "x", count: 200_000),
            ])
            try await scene.git("push", "-q", scene.url, "main", in: work)
            var pushes = scene.feed.pushes.makeAsyncIterator()
            let push = try #require(await pushes.next())
            #expect(push.ref == "refs/heads/main")
            #expect(push.before == nil)
            let revision = try await scene.repositories.repository(GitScene.app).revision("main")
            #expect(revision.commit == push.after)
            #expect(revision.authorName == "Ana")
            #expect(revision.authorEmail == "ana@example.com")
            #expect(revision.subject == "first: work")
            try await scene.git("clone", "-q", scene.url, "copy")
            #expect(try FileSystem.read(scene.root + "/copy/src/a.txt").count == 200_000)
            try await scene.git("-c", "protocol.version=0", "clone", "-q", "--depth", "1", scene.url, "shallow")
            #expect(FileSystem.exists(scene.root + "/shallow/README"))
        }
    }

    @Test func `a large push and many branches at once all arrive`() async throws {
        try await GitScene.with { scene in
            let work = try await scene.workingCopy()
            var text = ""
            for _ in 0..<60_000 { text += "\(UInt64.random(in: .min ... .max))\n" }
            try await scene.commit(["large.txt": text], "large", in: work)
            try await scene.git("push", "-q", scene.url, "main", in: work)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<4 {
                    group.addTask {
                        let copy = scene.root + "/copy\(number)"
                        try await scene.git("clone", "-q", scene.url, copy)
                        try await scene.git("checkout", "-q", "-b", "branch\(number)", in: copy)
                        try await scene.commit(["f\(number)": "\(number)"], "branch \(number)", in: copy)
                        try await scene.git("push", "-q", "origin", "branch\(number)", in: copy)
                    }
                }
                try await group.waitForAll()
            }
            var found: Set<String> = []
            for await push in scene.feed.pushes {
                found.insert(push.ref)
                if found.count == 5 { break }
            }
            #expect(found == Set(["refs/heads/main"]).union((0..<4).map { "refs/heads/branch\($0)" }))
        }
    }

    @Test func `a push that wasn't acknowledged comes again after a restart, an acknowledged one doesn't`() async throws
    {
        let root = try FileSystem.makeTemporaryDirectory(prefix: "/tmp/estiba-commits-")
        defer { try? FileSystem.removeTree(root) }
        try await GitScene.with(root) { scene in
            let work = try await scene.workingCopy()
            try await scene.git("push", "-q", scene.url, "main", in: work)
            for await push in scene.feed.pushes {
                try await scene.feed.acknowledge(push)
                break
            }
            try await scene.commit(["b": "2"], "second", in: work)
            try await scene.commit(["c": "3"], "third", in: work)
            try await scene.git("tag", "v1", in: work)
            try await scene.git("push", "-q", scene.url, "main", "v1", in: work)
            for await _ in scene.feed.pushes { break }
        }
        try await GitScene.with(root) { scene in
            var pushes = scene.feed.pushes.makeAsyncIterator()
            let main = try #require(await pushes.next())
            #expect(main.ref == "refs/heads/main")
            let repository = try scene.repositories.repository(GitScene.app)
            #expect(try await repository.revision(commit: main.after, ref: main.ref).subject == "third")
            #expect(try await repository.changedPaths(from: main.before, to: main.after) == ["b", "c"])
            #expect(await pushes.next()?.ref == "refs/tags/v1")
        }
    }

    @Test func `a long negotiation, which git compresses, is understood`() async throws {
        try await GitScene.with { scene in
            let work = try await scene.workingCopy()
            try await scene.git("push", "-q", scene.url, "main", in: work)
            try await scene.git("clone", "-q", scene.url, "copy")
            for number in 0..<40 {
                try await scene.git("commit", "-q", "--allow-empty", "-m", "local \(number)", in: scene.root + "/copy")
            }
            let newest = try await scene.commit(["new": "1"], "new", in: work)
            try await scene.git("push", "-q", scene.url, "main", in: work)
            try await scene.git("fetch", "-q", in: scene.root + "/copy")
            #expect(try await scene.git("rev-parse", "origin/main", in: scene.root + "/copy") == newest + "\n")
        }
    }

    @Test func `what isn't there is refused with its name`() async throws {
        try await GitScene.with { scene in
            for path in [scene.url, "\(scene.url.dropLast(11))..%2f..%2fetc.git"] {
                await #expect(throws: CommandProblem.self) { try await scene.git("clone", "-q", path, "x") }
            }
            #expect(scene.repositories.apps().isEmpty)
        }
    }
}
