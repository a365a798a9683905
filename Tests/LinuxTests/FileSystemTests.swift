import Glibc
import Linux
import Testing

struct FileSystemTests {
    @Test func `a file is replaced in one step and leaves nothing else behind`() async throws {
        try await withScratch { path in
            try FileSystem.writeAtomically(Array("one".utf8), to: path + "/a")
            try FileSystem.writeAtomically(Array("two".utf8), to: path + "/a", mode: 0o600)
            #expect(try FileSystem.readLine(path + "/a") == "two")
            #expect(try FileSystem.list(path) == ["a"])
        }
    }

    @Test func `a tree is removed without following its links`() async throws {
        try await withScratch { path in
            try FileSystem.makeDirectory(path + "/tree/a/b/c")
            try FileSystem.makeDirectory(path + "/kept")
            try FileSystem.writeAtomically([1], to: path + "/kept/file")
            #expect(symlink(path + "/kept", path + "/tree/a/link") == 0)
            try FileSystem.removeTree(path + "/tree")
            #expect(try FileSystem.list(path) == ["kept"])
            #expect(FileSystem.exists(path + "/kept/file"))
            try FileSystem.removeTree(path + "/nothing")
        }
    }

    @Test func `names that are not UTF-8 are removed too`() async throws {
        try await withScratch { path in
            try FileSystem.makeDirectory(path + "/tree")
            var name = Array((path + "/tree/").utf8CString.dropLast()) + [CChar(bitPattern: 0xFF), 0]
            #expect(mkdir(&name, 0o755) == 0)
            try FileSystem.removeTree(path + "/tree")
            #expect(FileSystem.kind(path + "/tree") == nil)
        }
    }

    @Test func `a copy has content, mode and attributes`() async throws {
        try await withScratch { path in
            try FileSystem.writeAtomically([UInt8](repeating: 7, count: 200_000), to: path + "/a", mode: 0o751)
            try FileSystem.setAttribute("user.colour", to: [1, 2, 3], of: path + "/a")
            try FileSystem.copyFile(path + "/a", to: path + "/b")
            #expect(try FileSystem.read(path + "/b") == FileSystem.read(path + "/a"))
            #expect(try FileSystem.attributes(of: path + "/b") == ["user.colour": [1, 2, 3]])
            var facts = stat()
            #expect(stat(path + "/b", &facts) == 0 && facts.st_mode & 0o777 == 0o751)
        }
    }

    @Test func `a lock is held by one and free again when its holder lets go`() async throws {
        try await withScratch { path in
            let first = try #require(try FileLock.tryLock(path + "/lock"))
            #expect(try FileLock.tryLock(path + "/lock") == nil)
            async let second = FileLock.lock(path + "/lock")
            first.unlock()
            try await second.unlock()
        }
    }

    @Test func `changes in a directory arrive in order`() async throws {
        try await withScratch { path in
            let watch = try FileWatch([path])
            var changes = watch.makeAsyncIterator()
            try FileSystem.writeAtomically([1], to: path + "/a", durable: false)
            try FileSystem.removeFile(path + "/a")
            var kinds: [FileWatch.Change.Kind] = []
            while let change = try await changes.next() {
                if change.name == "a" { kinds.append(change.kind) }
                if change.name == "a", change.kind == .removed { break }
            }
            #expect(kinds == [.written, .removed])
        }
    }

    @Test(.enabled(if: isRoot, "needs root: mounts"))
    func `a tree with mounts inside is removed and what was mounted is not touched`() async throws {
        try await withScratch { path in
            try FileSystem.makeDirectory(path + "/kept")
            try FileSystem.writeAtomically([1], to: path + "/kept/file")
            try FileSystem.makeDirectory(path + "/tree/a b/inner")
            try Mounts.bind(path + "/kept", to: path + "/tree/a b/inner")
            try Mounts.mount("tmpfs", at: path + "/tree/a b", data: "size=1m")
            #expect(try Mounts.list(below: path).count == 2)
            try FileSystem.removeTree(path + "/tree")
            #expect(try Mounts.list(below: path).isEmpty)
            #expect(FileSystem.exists(path + "/kept/file"))
        }
    }

    @Test(.enabled(if: isRoot, "needs root: mounts"), arguments: [3, 120, 400])
    func `layers are mounted on top of each other, however many`(count: Int) async throws {
        try await withScratch { path in
            // Long names, so that they can't all fit into one page.
            let layers = path + "/" + String(repeating: "l", count: 60)
            var lower: [String] = []
            for number in 0..<count {
                let layer = layers + "/\(number)"
                try FileSystem.makeDirectory(layer)
                try FileSystem.writeAtomically(Array("\(number)".utf8), to: layer + "/top", durable: false)
                try FileSystem.writeAtomically([], to: layer + "/file\(number)", durable: false)
                lower.insert(layer, at: 0)
            }
            for name in ["upper", "work", "merged"] { try FileSystem.makeDirectory(path + "/" + name) }
            try await Mounts.overlay(
                lower: lower, upper: path + "/upper", work: path + "/work", at: path + "/merged", volatile: true)
            #expect(try FileSystem.readLine(path + "/merged/top") == "\(count - 1)")
            #expect(try FileSystem.list(path + "/merged").count == count + 1)
            try Mounts.unmount(path + "/merged")
            // A second time, over what the first left behind.
            try await Mounts.overlay(
                lower: lower, upper: path + "/upper", work: path + "/work", at: path + "/merged", volatile: true)
        }
    }

    @Test(.enabled(if: isRoot, "needs root: mounts"))
    func `a process with its own view of the mounts does not keep a file system alive`() async throws {
        try await withScratch { path in
            try Mounts.shareInner(path)
            try Mounts.shareInner(path)
            try FileSystem.makeDirectory(path + "/m")
            try Mounts.mount("tmpfs", at: path + "/m", data: "size=1m")
            var command = Command("sh", ["-c", "echo ready; read x; grep -c \(path)/m /proc/self/mountinfo"])
            command.mounts = .init()
            let seen = try await command.withChild(input: .pipe, output: .pipe) { child in
                _ = try await child.output?.receive()
                try Mounts.unmount(path + "/m")
                try await child.input?.send(Array("\n".utf8))
                return String(decoding: try await child.output?.receive() ?? [], as: UTF8.self)
            }.value
            #expect(seen == "0\n")
        }
    }
}
