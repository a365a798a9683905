import CLinux
import Glibc
import Synchronization

/// An open file descriptor with an owner: it is closed when the last reference goes, or by `close()`.
package final class OpenFile: Sendable {
    private let number: Atomic<Int32>

    /// Takes over the ownership of `descriptor`.
    package init(owning descriptor: Int32) {
        number = Atomic(descriptor)
    }

    deinit { close() }

    /// The descriptor's number, or -1 once closed. It stays valid only as long as this object does.
    package var descriptor: Int32 { number.load(ordering: .acquiring) }

    /// Closes the descriptor now. Nobody may be waiting on it. A second call does nothing.
    package func close() {
        let descriptor = number.exchange(-1, ordering: .acquiringAndReleasing)
        if descriptor >= 0 { _ = Glibc.close(descriptor) }
    }

    /// Hands the descriptor over to the caller, who must close it.
    package func release() -> Int32 { number.exchange(-1, ordering: .acquiringAndReleasing) }

    /// Opens a file; `O_CLOEXEC` is always added.
    package static func open(_ path: String, _ flags: Int32, mode: UInt32 = 0o644) throws(SystemProblem) -> OpenFile {
        OpenFile(owning: try checkNumber("open", path) { cl_open(path, flags | O_CLOEXEC, mode) })
    }

    /// A pipe: what is written to `writer` is read from `reader`. Both are closed in new programs.
    package static func pipe() throws(SystemProblem) -> (reader: OpenFile, writer: OpenFile) {
        var ends: (Int32, Int32) = (-1, -1)
        try checkNumber("pipe") {
            withUnsafeMutableBytes(of: &ends) { cl_pipe($0.baseAddress?.assumingMemoryBound(to: Int32.self)) }
        }
        return (OpenFile(owning: ends.0), OpenFile(owning: ends.1))
    }

    /// Makes reads and writes return at once, so that the asynchronous ones below can wait without holding a thread.
    package func setNonBlocking() throws(SystemProblem) {
        let flags = try check("fcntl") { fcntl(descriptor, F_GETFL) }
        try check("fcntl") { fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) }
    }

    /// Reads once, up to `count` bytes. Empty at the end of the file, nil when a non-blocking file has nothing yet.
    package func readSome(_ count: Int = 65536) throws(SystemProblem) -> [UInt8]? {
        var number: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            var result: Int
            repeat { result = Glibc.read(descriptor, buffer.baseAddress, count) } while result < 0 && errno == EINTR
            if result < 0 { number = errno }
            filled = max(0, result)
        }
        if number == EAGAIN { return nil }
        if number != 0 { throw SystemProblem("read", number: number) }
        return bytes
    }

    /// Everything up to the end of a regular file.
    package func readAll() throws(SystemProblem) -> [UInt8] {
        var all: [UInt8] = []
        while let more = try readSome(), !more.isEmpty { all += more }
        return all
    }

    /// Writes all bytes to a blocking file.
    package func write(_ buffer: UnsafeRawBufferPointer) throws(SystemProblem) {
        var offset = 0
        while offset < buffer.count {
            let result = Glibc.write(descriptor, buffer.baseAddress?.advanced(by: offset), buffer.count - offset)
            if result >= 0 {
                offset += result
            } else if errno != EINTR {
                throw SystemProblem("write", number: errno)
            }
        }
    }

    /// Writes all bytes to a blocking file.
    package func writeAll(_ bytes: [UInt8]) throws(SystemProblem) {
        let result = bytes.withUnsafeBytes { buffer in
            Result { () throws(SystemProblem) in try write(buffer) }
        }
        try result.get()
    }

    /// Makes the file's content durable.
    package func sync() throws(SystemProblem) { try check("fsync") { fsync(descriptor) } }

    /// Writes all bytes to a non-blocking pipe or socket, waiting without a thread while it is full.
    package func send(_ bytes: [UInt8]) async throws {
        var offset = 0
        while offset < bytes.count {
            let result = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress?.advanced(by: offset), bytes.count - offset)
            }
            if result >= 0 {
                offset += result
            } else if errno == EAGAIN {
                try await Poller.process.wait(for: .writable, on: [self])
            } else if errno != EINTR {
                throw SystemProblem("write", number: errno)
            }
        }
    }

    /// The next bytes of a non-blocking pipe or socket; empty at its end.
    package func receive(_ count: Int = 65536) async throws -> [UInt8] {
        while true {
            if let bytes = try readSome(count) { return bytes }
            try await Poller.process.wait(for: .readable, on: [self])
        }
    }
}
