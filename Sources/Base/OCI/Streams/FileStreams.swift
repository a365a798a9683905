import Glibc

/// A source over an open file. It closes the descriptor when it goes.
package final class FileSource: ByteSource {
    private let descriptor: Int32
    private let path: String

    /// Opens a file for reading.
    package init(path: String) throws(OCIProblem) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        self.path = path
        if descriptor < 0 { throw .io(what: "opening \(path)", errno: errno) }
    }

    /// Takes over an open descriptor; `name` is for problems.
    package init(descriptor: Int32, name: String) {
        self.descriptor = descriptor
        path = name
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            if errno != EINTR { throw OCIProblem.io(what: "reading \(path)", errno: errno) }
        }
    }
}

extension FileSource {
    /// A part of a file: at most `count` bytes from an offset on, fewer only at the file's end.
    package static func bytes(of path: String, at offset: Int64, count: Int) throws(OCIProblem) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .io(what: "opening \(path)", errno: errno) }
        defer { close(descriptor) }
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let got = pread(
                    descriptor, buffer.baseAddress?.advanced(by: filled), count - filled, Int(offset) + filled)
                if got == 0 { break }
                if got > 0 {
                    filled += got
                } else if errno != EINTR {
                    failure = errno
                    break
                }
            }
        }
        if failure != 0 { throw .io(what: "reading \(path)", errno: failure) }
        return bytes
    }
}

/// A sink that writes to an open file. It closes the descriptor when it goes.
package final class FileSink: ByteSink {
    private let descriptor: Int32
    private let path: String

    /// Creates or truncates a file for writing.
    package init(path: String, mode: UInt32 = 0o644) throws(OCIProblem) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        self.path = path
        if descriptor < 0 { throw .io(what: "creating \(path)", errno: errno) }
    }

    /// Takes over an open descriptor; `name` is for problems.
    package init(descriptor: Int32, name: String) {
        self.descriptor = descriptor
        path = name
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    package func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while let base = rest.baseAddress, !rest.isEmpty {
            let count = Glibc.write(descriptor, base, rest.count)
            if count >= 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            } else if errno != EINTR {
                throw OCIProblem.io(what: "writing \(path)", errno: errno)
            }
        }
    }

    /// Waits until everything written is on the disk.
    package func synchronize() throws(OCIProblem) {
        if fsync(descriptor) != 0 { throw .io(what: "synchronising \(path)", errno: errno) }
    }
}
