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
            let here = try FileSystem.read("/proc/net/dev")
            let there = try await NetworkNamespace.run(in: pins.network) {
                try FileSystem.read("/proc/thread-self/net/dev")
            }
            #expect(String(decoding: there, as: UTF8.self).contains("lo:"))
            #expect(!String(decoding: there, as: UTF8.self).contains("eth"))
            #expect(try FileSystem.read("/proc/net/dev").count == here.count)
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
