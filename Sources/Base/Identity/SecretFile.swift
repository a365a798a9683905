import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Files that only their owner may read.
package enum SecretFile {
    /// Writes `text` with mode 0600, whole or not at all.
    package static func write(_ text: String, to path: String) throws {
        try write(Array(text.utf8), to: path)
    }

    /// Writes `bytes` with mode 0600, whole or not at all.
    package static func write(_ bytes: [UInt8], to path: String) throws {
        let temporary = path + ".new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw IdentityProblem.io(path: path, cause: CocoaError(.fileWriteUnknown)) }
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                close(descriptor)
                unlink(temporary)
                throw IdentityProblem.io(path: path, cause: CocoaError(.fileWriteOutOfSpace))
            }
            written += count
        }
        fsync(descriptor)
        close(descriptor)
        guard rename(temporary, path) == 0 else {
            throw IdentityProblem.io(path: path, cause: CocoaError(.fileWriteUnknown))
        }
    }
}
