import Glibc
import Linux
import Testing

struct NamespaceTests {
    @Test(.enabled(if: isRoot, "needs root: namespaces"))
    func `a closure runs inside a network namespace and its socket stays there`() async throws {
        try await withScratch { path in
            try Mounts.mount("tmpfs", at: path, data: "size=1m")
            let pins = PinnedNamespaces(directory: path)
            try pins.create(hostname: "pod")
            let here = namespace()
            let there = try await NetworkNamespace.run(in: pins.network) { namespace() }
            #expect(there.hasPrefix("net:") && there != here)
            #expect(namespace() == here)
            try pins.remove()
        }
    }

    @Test(.enabled(if: isRoot, "needs root: namespaces"))
    func `a program enters namespaces`() async throws {
        try await withScratch { path in
            try Mounts.mount("tmpfs", at: path, data: "size=1m")
            let pins = PinnedNamespaces(directory: path)
            try pins.create(hostname: "pod-name")
            var command = Command("hostname")
            command.namespaces = [try OpenFile.open(pins.uts, O_RDONLY)]
            #expect(try await command.run().checked().text == "pod-name\n")
            try pins.remove()
        }
    }
}

/// The identity of the calling thread's network namespace.
private func namespace() -> String {
    var buffer = [CChar](repeating: 0, count: 64)
    let count = readlink("/proc/thread-self/ns/net", &buffer, buffer.count)
    return String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
