import EstibaTesting
import OCI
import Store
import Testing

struct BlobStoreTests {
    private let content = Array(String(repeating: "cargo ", count: 60_000).utf8)

    private func withStore(_ body: (BlobStore) throws -> Void) async throws {
        try await TemporaryDirectory.with { try body(BlobStore(root: $0.file("blobs"))) }
    }

    @Test func `what is put is found by its digest`() async throws {
        try await withStore { store in
            let digest = try store.put(content).digest
            #expect(digest == .of(content))
            #expect(store.contains(digest))
            #expect(store.size(digest) == Int64(content.count))
            #expect(try store.read(digest) == content)
            #expect(try store.open(digest).readAll() == content)
            #expect(try store.list() == [digest])
            #expect(try store.delete(digest))
            #expect(try !store.delete(digest))
            #expect(store.size(digest) == nil)
            #expect(throws: BlobProblem.missing(digest)) { try store.open(digest) }
        }
    }

    @Test func `content with another digest than promised leaves nothing behind`() async throws {
        try await withStore { store in
            let promised = Digest.of("something else")
            #expect(throws: OCIProblem.mismatch(expected: promised, got: .of(content))) {
                try store.put(from: MemorySource(content), expecting: promised)
            }
            let left = try store.list()
            #expect(left == [])
            let collected = try store.collect(keeping: [], before: .max)
            #expect(collected == .init())
        }
    }

    @Test func `an upload goes on after its writer is gone`() async throws {
        try await withStore { store in
            var writer: BlobWriter? = try store.beginUpload()
            let id = try #require(writer?.id)
            try writer?.write(Array(content[..<1000]))
            #expect(throws: BlobProblem.uploadInUse(id)) { try store.resumeUpload(id) }
            writer = nil
            let next = try store.resumeUpload(id)
            #expect(next.size == 1000)
            try next.write(Array(content[1000...]))
            #expect(try next.commit(expecting: .of(content)) == .of(content))
            #expect(throws: BlobProblem.noUpload(id)) { try store.resumeUpload(id) }
        }
    }

    @Test func `an upload's digest may be of another algorithm`() async throws {
        try await withStore { store in
            let writer = try store.beginUpload()
            try writer.write(content)
            let digest = Digest.of(content, algorithm: .sha512)
            try writer.commit(expecting: digest)
            #expect(try store.read(digest) == content)
        }
    }

    @Test func `a cancelled upload and a writer that was dropped leave no file`() async throws {
        try await withStore { store in
            let upload = try store.beginUpload()
            try upload.write(content)
            upload.cancel()
            var writer: BlobWriter? = try store.writer()
            try writer?.write(content)
            writer = nil
            #expect(try store.collect(keeping: [], before: .max).uploads == 0)
        }
    }

    @Test func `names of uploads can't lead out of the directory`() async throws {
        try await withStore { store in
            for id in ["../blobs", "", "a/b", String(repeating: "g", count: 32)] {
                #expect(throws: BlobProblem.noUpload(id)) { try store.resumeUpload(id) }
            }
        }
    }

    @Test func `a collection keeps the live, the young and the uploads under way`() async throws {
        try await withStore { store in
            let live = try store.put(Array("live".utf8)).digest
            let dead = try store.put(Array("dead".utf8)).digest
            let upload = try store.beginUpload()
            let abandoned = try store.beginUpload().id
            #expect(try store.collect(keeping: [live], before: 0) == .init())
            let collected = try store.collect(keeping: [live], before: .max)
            #expect(collected.blobs == [dead])
            #expect(collected.uploads == 1)
            #expect(collected.bytes == 4)
            #expect(try store.list() == [live])
            #expect(throws: BlobProblem.noUpload(abandoned)) { try store.resumeUpload(abandoned) }
            try upload.write([1])
            try upload.commit()
        }
    }

    @Test(.enabled(if: Requirement.root, "mounts a small filesystem: needs root"))
    func `a full disk says so, and the upload goes on when there is room`() async throws {
        try await TemporaryDirectory.with { directory in
            let small = try SmallFilesystem(at: directory.file("small"), megabytes: 1)
            defer { small.unmount() }
            let store = try BlobStore(root: small.path)
            let upload = try store.beginUpload()
            try upload.write([UInt8](repeating: 1, count: 600_000))
            let error = #expect(throws: BlobProblem.self) { try upload.write([UInt8](repeating: 2, count: 900_000)) }
            #expect(error?.code == "store.full")
            #expect(upload.size == 600_000)
            try upload.write([UInt8](repeating: 3, count: 100_000))
            let whole = [UInt8](repeating: 1, count: 600_000) + [UInt8](repeating: 3, count: 100_000)
            #expect(try upload.commit() == .of(whole))
        }
    }
}
