import EstibaTesting
import Glibc
import Linux
import OCI
import Problems
import Store
import Testing

@testable import Containers

@Suite(.enabled(if: Requirement.root, "needs root: owners, devices and overlay attributes"))
struct LayerTests {
    private func with(_ body: (LayerStore, BlobStore, String) async throws -> Void) async throws {
        try await TemporaryDirectory.with { directory in
            let blobs = try BlobStore(root: directory.file("blobs"))
            let layers = LayerStore(root: directory.file("layers"), blobs: blobs)
            try await layers.prepare()
            try await body(layers, blobs, directory.path)
        }
    }

    /// An archive of members with their contents.
    private func archive(_ entries: [(TarEntry, String)]) throws -> [UInt8] {
        let sink = MemorySink()
        let writer = TarWriter(sink)
        for (entry, content) in entries {
            var entry = entry
            entry.size = Int64(content.utf8.count)
            try writer.append(entry, content: Array(content.utf8))
        }
        try writer.finish()
        return sink.bytes
    }

    private func unpack(
        _ entries: [(TarEntry, String)], _ compression: Compression = .none, _ layers: LayerStore, _ blobs: BlobStore
    ) async throws -> String {
        let bytes = try archive(entries)
        let packed = MemorySink()
        let compressing = compression.compressing(into: packed)
        try compressing.write(bytes)
        try compressing.finish()
        let blob = try blobs.put(packed.bytes)
        return try await layers.unpacked(Digest.of(bytes), from: blob.digest)
    }

    private func facts(_ path: String) -> stat {
        var facts = stat()
        #expect(lstat(path, &facts) == 0, "\(path)")
        return facts
    }

    @Test(arguments: Compression.allCases)
    func `content, owners, modes, times, links and attributes are those of the archive`(
        compression: Compression
    ) async throws {
        try await with { layers, blobs, _ in
            let path = try await unpack(
                [
                    (TarEntry(path: ".", kind: .directory, mode: 0o755), ""),
                    (TarEntry(path: "usr", kind: .directory, mode: 0o750, owner: 5, group: 6, modified: 1000), ""),
                    (
                        TarEntry(
                            path: "usr/tool", kind: .file, mode: 0o4755, owner: 1, group: 2, modified: 2000,
                            modifiedNanoseconds: 5, extendedAttributes: ["user.a": [1, 2]]), "tool"
                    ),
                    (TarEntry(path: "usr/again", kind: .hardLink(target: "usr/tool")), ""),
                    (TarEntry(path: "link", kind: .symbolicLink(target: "/usr/tool"), owner: 3), ""),
                    (TarEntry(path: "null", kind: .characterDevice(major: 1, minor: 3), mode: 0o666), ""),
                    (TarEntry(path: "pipe", kind: .fifo, mode: 0o600), ""),
                    (TarEntry(path: "deep/er/file", kind: .file), "x"),
                ], compression, layers, blobs)
            let tool = facts(path + "/usr/tool")
            #expect(tool.st_mode == S_IFREG | 0o4755 && tool.st_uid == 1 && tool.st_gid == 2)
            #expect(tool.st_mtim.tv_sec == 2000 && tool.st_mtim.tv_nsec == 5)
            #expect(facts(path + "/usr/again").st_ino == tool.st_ino)
            #expect(try FileSystem.attributes(of: path + "/usr/tool") == ["user.a": [1, 2]])
            let directory = facts(path + "/usr")
            #expect(directory.st_mode == S_IFDIR | 0o750 && directory.st_uid == 5 && directory.st_mtim.tv_sec == 1000)
            #expect(facts(path + "/link").st_mode & S_IFMT == S_IFLNK && facts(path + "/link").st_uid == 3)
            #expect(facts(path + "/null").st_mode == S_IFCHR | 0o666 && facts(path + "/null").st_rdev == 0x103)
            #expect(facts(path + "/pipe").st_mode == S_IFIFO | 0o600)
            #expect(try FileSystem.readLine(path + "/deep/er/file") == "x")
        }
    }

    @Test func `what a layer removes or replaces is gone when it lies on top`() async throws {
        try await with { layers, blobs, folder in
            let lower = try await unpack(
                ["gone", "dir/inner", "kept/file", "again/old"].map { (TarEntry(path: $0, kind: .file), "old") }, .none,
                layers, blobs)
            let upper = try await unpack(
                [
                    (TarEntry(path: ".wh.gone", kind: .file), ""),
                    (TarEntry(path: "dir", kind: .directory, mode: 0o755), ""),
                    (TarEntry(path: "dir/.wh..wh..opq", kind: .file), ""),
                    (TarEntry(path: "dir/new", kind: .file), "new"),
                    (TarEntry(path: ".wh.again", kind: .file), ""),
                    (TarEntry(path: "again", kind: .directory, mode: 0o755), ""),
                    (TarEntry(path: "again/new", kind: .file), "new"),
                    (TarEntry(path: ".wh..wh.plnk", kind: .directory), ""),
                ], .gzip, layers, blobs)
            let root = RootFilesystem(folder: folder + "/root")
            // The same layer twice, as builders make them when a step changes nothing.
            try await root.create(layers: [upper, lower, upper])
            #expect(try FileSystem.list(root.path) == ["again", "dir", "kept"])
            #expect(try FileSystem.list(root.path + "/dir") == ["new"])
            #expect(try FileSystem.list(root.path + "/again") == ["new"])
            #expect(try FileSystem.list(root.path + "/kept") == ["file"])
            #expect(root.layers == [upper, lower, upper])
            try root.remove()
        }
    }

    @Test func `nothing in an archive leads out of the layer`() async throws {
        try await with { layers, blobs, folder in
            try FileSystem.makeDirectory(folder + "/outside")
            try FileSystem.writeAtomically(Array("secret".utf8), to: folder + "/outside/secret")
            let path = try await unpack(
                [
                    (TarEntry(path: "../../outside/up", kind: .file), "x"),
                    (TarEntry(path: "absolute", kind: .symbolicLink(target: folder + "/outside")), ""),
                    (TarEntry(path: "absolute/file", kind: .file), "x"),
                    (TarEntry(path: "up", kind: .symbolicLink(target: "../../../outside")), ""),
                    (TarEntry(path: "up/file", kind: .file), "x"),
                    (TarEntry(path: "taken", kind: .file), "x"),
                    (TarEntry(path: "taken", kind: .symbolicLink(target: folder + "/outside/secret")), ""),
                    (TarEntry(path: "taken", kind: .file), "written"),
                ], .none, layers, blobs)
            #expect(try FileSystem.list(folder + "/outside") == ["secret"])
            #expect(try FileSystem.readLine(folder + "/outside/secret") == "secret")
            #expect(try FileSystem.readLine(path + "/taken") == "written")
            await #expect(throws: ContainerProblem.self) {
                try await unpack(
                    [(TarEntry(path: "stolen", kind: .hardLink(target: folder + "/outside/secret")), "")], .none,
                    layers, blobs)
            }
            await #expect(throws: ContainerProblem.self) {
                try await unpack([(TarEntry(path: "a/..", kind: .file), "")], .none, layers, blobs)
            }
        }
    }

    @Test func `a layer with another content than promised is refused and leaves nothing`() async throws {
        try await with { layers, blobs, _ in
            let blob = try blobs.put(try archive([(TarEntry(path: "a", kind: .file), "a")]))
            let error = await #expect(throws: ContainerProblem.self) {
                try await layers.unpacked(Digest.of("other"), from: blob.digest)
            }
            #expect(error?.code == "containers.layer.differs")
            #expect(try FileSystem.list(layers.root).isEmpty)
            let missing = await #expect(throws: ContainerProblem.self) {
                try await layers.unpacked(Digest.of("other"), from: Digest.of("nothing"))
            }
            #expect(missing?.code == "containers.layer.missing")
        }
    }

    @Test func `many who want the same layer get it unpacked once`() async throws {
        try await with { layers, blobs, _ in
            let bytes = try archive((0..<200).map { (TarEntry(path: "d/\($0)", kind: .file), "\($0)") })
            let blob = try blobs.put(bytes).digest
            let layer = Digest.of(bytes)
            let paths = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<20 { group.addTask { try await layers.unpacked(layer, from: blob) } }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(paths == [try #require(layers.directory(of: layer))])
            #expect(try FileSystem.list(layers.root).count == 1)
            #expect(try layers.list() == [layer])
        }
    }

    @Test func `layers that nobody uses are collected, and unfinished ones are swept`() async throws {
        try await with { layers, blobs, folder in
            let first = try await unpack([(TarEntry(path: "a", kind: .file), "a")], .none, layers, blobs)
            _ = try await unpack([(TarEntry(path: "b", kind: .file), "b")], .none, layers, blobs)
            let kept = try #require(try layers.list().first { layers.directory(of: $0) == first })
            #expect(try await layers.collect(keeping: [kept], before: 0).isEmpty)
            #expect(try await layers.collect(keeping: [kept], before: .max).count == 1)
            #expect(try layers.list() == [kept])
            // Settled by the collection: it survives another run of the machine.
            try FileSystem.makeDirectory(layers.root + "/new-abandoned/fs")
            try FileSystem.makeDirectory(layers.root + "/sha256-\(String(repeating: "0", count: 64))/fs")
            try await layers.prepare()
            #expect(try layers.list() == [kept])
            #expect(try FileSystem.list(layers.root).count == 1)

            try FileSystem.makeDirectory(folder + "/made")
            try FileSystem.writeAtomically([], to: folder + "/made/file")
            let adopted = try await layers.adopt(folder + "/made", as: Digest.of("made"))
            #expect(try FileSystem.list(adopted) == ["file"])
            #expect(layers.directory(of: Digest.of("made")) == adopted)
        }
    }
}
