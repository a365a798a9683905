import Glibc
import Linux

/// Runs `body` with a new directory that is gone afterwards, whatever was mounted in it.
func withScratch<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    let path = try FileSystem.makeTemporaryDirectory(prefix: "/tmp/estiba-linux-")
    do {
        let value = try await body(path)
        try FileSystem.removeTree(path)
        return value
    } catch {
        try? FileSystem.removeTree(path)
        throw error
    }
}

let isRoot = geteuid() == 0
