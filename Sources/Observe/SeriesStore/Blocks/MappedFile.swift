import Glibc

/// A file mapped into memory for reading, for as long as the object lives.
final class MappedFile: @unchecked Sendable {
    // The mapping is private and never written, so it can be read from any thread.
    let bytes: UnsafeRawBufferPointer

    /// Nil where the file does not exist.
    init?(path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw SeriesStoreProblem.failing("open", path)
        }
        defer { close(descriptor) }
        var info = stat()
        guard fstat(descriptor, &info) == 0 else { throw SeriesStoreProblem.failing("read", path) }
        let size = Int(info.st_size)
        if size == 0 {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else {
            throw SeriesStoreProblem.failing("map", path)
        }
        bytes = UnsafeRawBufferPointer(start: start, count: size)
    }

    deinit {
        if let start = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: start), bytes.count) }
    }
}

/// Folders and files as a whole.
enum Folder {
    static func make(_ path: String) throws {
        if mkdir(path, 0o755) != 0 && errno != EEXIST { throw SeriesStoreProblem.failing("make", path) }
    }

    static func names(_ path: String) throws -> [String] {
        guard let folder = opendir(path) else { throw SeriesStoreProblem.failing("read", path) }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Makes the names in a folder durable.
    static func sync(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SeriesStoreProblem.failing("open", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw SeriesStoreProblem.failing("sync", path) }
    }

    /// Puts a file in its place in one step: after a crash it is there whole or not at all.
    static func put(_ bytes: [UInt8], at path: String, in folder: String) throws {
        let temporary = path + ".new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw SeriesStoreProblem.failing("create", temporary) }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                write(descriptor, $0.baseAddress?.advanced(by: written), $0.count - written)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { break }
            written += count
        }
        let isWhole = written == bytes.count && fdatasync(descriptor) == 0
        let problem = SeriesStoreProblem.failing("write", temporary)
        close(descriptor)
        guard isWhole else {
            unlink(temporary)
            throw problem
        }
        guard rename(temporary, path) == 0 else { throw SeriesStoreProblem.failing("rename", temporary) }
        try sync(folder)
    }
}
