import Glibc

/// A lock between processes (and between parts of this one) on a file, by flock(2). It is gone when its holder is, however it ended.
package final class FileLock: Sendable {
    private let file: OpenFile

    private init(_ file: OpenFile) {
        self.file = file
    }

    /// Takes the lock if it is free; nil when someone else holds it.
    package static func tryLock(_ path: String) throws(SystemProblem) -> FileLock? {
        let file = try OpenFile.open(path, O_RDWR | O_CREAT, mode: 0o600)
        while flock(file.descriptor, LOCK_EX | LOCK_NB) != 0 {
            if errno == EWOULDBLOCK { return nil }
            if errno != EINTR { throw SystemProblem("flock", path, number: errno) }
        }
        return FileLock(file)
    }

    /// Waits for the lock, on a thread of its own.
    package static func lock(_ path: String) async throws -> FileLock {
        if let lock = try tryLock(path) { return lock }
        return try await Thread.run(name: "estiba-lock") {
            let file = try OpenFile.open(path, O_RDWR | O_CREAT, mode: 0o600)
            try check("flock", path) { flock(file.descriptor, LOCK_EX) }
            return FileLock(file)
        }
    }

    /// Gives the lock back. A second call does nothing.
    package func unlock() { file.close() }
}
