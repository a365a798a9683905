import Glibc

/// An append-only file of records, each with its length and checksum, so that a torn end is found and dropped.
struct RecordFile: ~Copyable {
    let path: String
    private let descriptor: Int32
    private(set) var size: Int64

    /// Opens or makes the file for appending after `size` bytes; what stands beyond is cut off.
    init(path: String, size: Int64) throws {
        self.init(path: path, descriptor: try Self.opened(path, size), size: size)
    }

    private init(path: String, descriptor: Int32, size: Int64) {
        self.path = path
        self.descriptor = descriptor
        self.size = size
    }

    private static func opened(_ path: String, _ size: Int64) throws -> Int32 {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw SeriesStoreProblem.failing("open", path) }
        guard ftruncate(descriptor, off_t(size)) == 0 else {
            let problem = SeriesStoreProblem.failing("truncate", path)
            close(descriptor)
            throw problem
        }
        return descriptor
    }

    deinit { close(descriptor) }

    /// A record as it stands in the file.
    static func frame(_ payload: [UInt8]) -> [UInt8] {
        var frame: [UInt8] = []
        frame.reserveCapacity(payload.count + 8)
        let checksum = payload.withUnsafeBytes { Checksum.of($0) }
        for value in [UInt32(payload.count), checksum] { withUnsafeBytes(of: value.littleEndian) { frame += $0 } }
        frame += payload
        return frame
    }

    /// Writes one record. When the disk is full nothing of it stays.
    mutating func append(_ payload: [UInt8]) throws {
        let frame = Self.frame(payload)
        var written = 0
        while written < frame.count {
            let count = frame.withUnsafeBytes {
                pwrite(
                    descriptor, $0.baseAddress?.advanced(by: written), $0.count - written, off_t(size) + off_t(written))
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                let problem = SeriesStoreProblem.failing("write", path)
                ftruncate(descriptor, off_t(size))
                throw problem
            }
            written += count
        }
        size += Int64(frame.count)
    }

    /// A second descriptor, for syncing without holding up those who append. The caller closes it.
    func duplicate() throws -> Int32 {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw SeriesStoreProblem.failing("open", path) }
        return copy
    }

    /// Calls `body` with each whole record of a file; returns how many bytes were good and how many there are.
    static func read(_ path: String, _ body: (UnsafeRawBufferPointer) -> Void) throws -> (good: Int64, size: Int64) {
        guard let file = try MappedFile(path: path) else { return (0, 0) }
        let bytes = file.bytes
        var offset = 0
        while offset + 8 <= bytes.count {
            let length = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
            let checksum = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self))
            guard length <= bytes.count - offset - 8 else { break }
            let payload = UnsafeRawBufferPointer(rebasing: bytes[offset + 8..<offset + 8 + length])
            guard Checksum.of(payload) == checksum else { break }
            body(payload)
            offset += 8 + length
        }
        return (Int64(offset), Int64(bytes.count))
    }
}
