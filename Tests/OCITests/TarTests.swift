import OCI
import Testing

private struct Member: Equatable {
    var entry: TarEntry
    var content: [UInt8] = []
}

private func archive(_ members: [Member]) throws -> [UInt8] {
    let sink = MemorySink()
    let writer = TarWriter(sink)
    for member in members { try writer.append(member.entry, content: member.content) }
    try writer.finish()
    return sink.bytes
}

private func members(_ bytes: [UInt8]) throws -> [Member] {
    let reader = TarReader(MemorySource(bytes))
    var found: [Member] = []
    while let entry = try reader.next() { found.append(Member(entry: entry, content: try reader.readAll())) }
    return found
}

struct TarTests {
    private static func file(_ path: String, _ size: Int = 0) -> Member {
        Member(
            entry: TarEntry(path: path, kind: .file, modified: 1_700_000_000, size: Int64(size)),
            content: [UInt8](repeating: 7, count: size))
    }

    @Test func `every kind of member comes back as it was written`() throws {
        let deep = (0..<30).map { "directory\($0)" }.joined(separator: "/")
        let written = [
            Member(entry: TarEntry(path: ".", kind: .directory, mode: 0o755)),
            Self.file("empty"), Self.file("one", 1), Self.file("block", 512), Self.file("more", 513),
            Self.file(String(repeating: "n", count: 100)), Self.file(String(repeating: "n", count: 101)),
            Self.file(String(repeating: "p", count: 155) + "/" + String(repeating: "n", count: 100)),
            Self.file(deep + "/x", 3), Self.file("Főtanúsítvány.crt", 2),
            Member(entry: TarEntry(path: "d", kind: .directory, mode: 0o1777, owner: 1000, group: 3_000_000)),
            Member(entry: TarEntry(path: "s", kind: .symbolicLink(target: "../" + deep), mode: 0o777)),
            Member(entry: TarEntry(path: "h", kind: .hardLink(target: "one"))),
            Member(entry: TarEntry(path: "c", kind: .characterDevice(major: 1, minor: 3), mode: 0o666)),
            Member(entry: TarEntry(path: "b", kind: .blockDevice(major: 254, minor: 260))),
            Member(entry: TarEntry(path: "p", kind: .fifo)),
            Member(
                entry: TarEntry(
                    path: "x", kind: .file, mode: 0o4755, modified: -5, modifiedNanoseconds: 250_000_000, size: 0,
                    extendedAttributes: ["security.capability": [1, 0, 0, 2, 10, 61], "user.a": Array("=\n".utf8)])),
        ]
        let bytes = try archive(written)
        let read = try members(bytes)
        #expect(read.count == written.count)
        for (read, written) in zip(read, written) { #expect(read == written) }
        #expect(try archive(read) == bytes)
    }

    @Test func `plain members need no extended header`() throws {
        #expect(try archive([Self.file("a", 1)]).count == 512 + 512 + 1024)
        #expect(try archive([Self.file("é", 1)]).count == 2 * 512 + 512 + 512 + 1024)
    }

    @Test func `content that isn't read is skipped`() throws {
        let reader = TarReader(MemorySource(try archive([Self.file("a", 70_000), Self.file("b", 2)])))
        #expect(try reader.next()?.path == "a")
        #expect(try reader.next()?.path == "b")
        #expect(try reader.readAll() == [7, 7])
        #expect(try reader.next() == nil)
        #expect(try reader.next() == nil)
    }

    @Test func `a member's content must have the announced size`() throws {
        let writer = TarWriter(MemorySink())
        try writer.begin(TarEntry(path: "a", kind: .file, size: 3))
        #expect(throws: OCIProblem.self) { try writer.write([1, 2, 3, 4]) }
        try writer.write([1, 2])
        #expect(throws: OCIProblem.self) { try writer.finish() }
    }

    @Test func `damage is found and located`() throws {
        let bytes = try archive([Self.file("a", 600), Self.file("b", 1)])
        var flipped = bytes
        flipped[1536 + 10] ^= 1
        #expect(
            throws: OCIProblem.tar(offset: 1536, why: "a header's checksum is wrong; perhaps this is not a tar archive")
        ) { try members(flipped) }
        #expect(throws: OCIProblem.tar(offset: 1000, why: "it ends in the content of a")) {
            try members(Array(bytes[..<1000]))
        }
        #expect(throws: OCIProblem.tar(offset: 1536, why: "it ends inside a header")) {
            try members(Array(bytes[..<1600]))
        }
        // Archives without the blocks of zeros are common enough.
        #expect(try members(Array(bytes[..<1536])).count == 1)
    }

    @Test func `sparse files are refused by name`() throws {
        var bytes = try archive([Self.file("holes", 1)])
        bytes[156] = UInt8(ascii: "S")
        let sum = (0..<512).reduce(0) { $0 + ((148..<156).contains($1) ? 32 : Int(bytes[$1])) }
        let digits = String(sum, radix: 8)
        bytes.replaceSubrange(148..<154, with: Array((String(repeating: "0", count: 6 - digits.count) + digits).utf8))
        #expect(throws: OCIProblem.tarFeature(path: "holes", feature: "a sparse file")) { try members(bytes) }
    }
}
