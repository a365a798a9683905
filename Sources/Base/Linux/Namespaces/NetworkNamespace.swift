import CLinux
import Glibc

/// Work inside a network namespace that is pinned to a file.
package enum NetworkNamespace {
    /// Runs a blocking closure on a thread of its own whose network is that of the namespace at `path`. What the closure opens
    /// (sockets, files of /proc/thread-self/net) stays in that namespace wherever it is used later.
    package static func run<Value: Sendable>(
        in path: String, _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        let file = try OpenFile.open(path, O_RDONLY)
        return try await Thread.run(name: "estiba-netns") {
            try checkNumber("setns", path) { cl_setns(file.descriptor, cl_clone_newnet) }
            return try body()
        }
    }
}
