import Glibc

/// The samples that are not in blocks yet, in the order in which they came, as numbered segment files.
struct WriteAheadLog: ~Copyable {
    private let folder: String
    private var file: RecordFile
    private var number: Int
    private var maxTime = Int64.min
    /// Older segments and the time of their latest sample.
    private var closed: [(path: String, maxTime: Int64)]
    private var writer = ByteWriter()
    private(set) var isDirty = false

    static let segmentSize: Int64 = 32 << 20

    /// What a start found in the log.
    struct Replay {
        var records = 0
        /// Bytes after the last whole record of a segment, which have been cut off.
        var tornBytes: Int64 = 0
        var maximumNumber: UInt32 = 0
    }

    /// Reads all segments and opens a new one.
    static func open(
        _ folder: String, replay: inout Replay, _ body: (UInt32, Int64, Double) -> Void
    ) throws -> WriteAheadLog {
        var last = 0
        var closed: [(path: String, maxTime: Int64)] = []
        for name in try Folder.names(folder) where name.hasPrefix("wal-") {
            let path = folder + "/" + name
            last = max(last, Int(name.dropFirst(4)) ?? 0)
            if let maxTime = try read(path, &replay, body) { closed.append((path, maxTime)) } else { unlink(path) }
        }
        let file = try RecordFile(path: path(folder, last + 1), size: 0)
        return WriteAheadLog(folder: folder, file: file, number: last + 1, closed: closed)
    }

    /// Reads one segment; the time of its latest sample, or nil where it holds no whole record.
    private static func read(
        _ path: String, _ replay: inout Replay, _ body: (UInt32, Int64, Double) -> Void
    ) throws -> Int64? {
        var maxTime = Int64.min
        var records = 0
        var maximumNumber: UInt32 = 0
        let (good, size) = try RecordFile.read(path) { payload in
            records += 1
            SampleRecord.decode(payload) { number, time, value in
                maxTime = max(maxTime, time)
                maximumNumber = max(maximumNumber, number)
                body(number, time, value)
            }
        }
        replay.records += records
        replay.maximumNumber = max(replay.maximumNumber, maximumNumber)
        replay.tornBytes += size - good
        return good == 0 ? nil : maxTime
    }

    private init(folder: String, file: consuming RecordFile, number: Int, closed: [(path: String, maxTime: Int64)]) {
        self.folder = folder
        self.file = file
        self.number = number
        self.closed = closed
    }

    /// Writes the samples. They outlive the process from here on, and the machine after the next `sync`.
    mutating func append(_ samples: [Sample]) throws {
        SampleRecord.encode(samples, into: &writer)
        if file.size >= Self.segmentSize { try rotate() }
        try file.append(writer.bytes)
        for sample in samples { maxTime = max(maxTime, sample.time) }
        isDirty = true
    }

    /// Begins a new segment, so that the one before can go once its samples are in blocks.
    mutating func rotate() throws {
        guard file.size > 0 else { return }
        let next = try RecordFile(path: Self.path(folder, number + 1), size: 0)
        let descriptor = try file.duplicate()
        defer { close(descriptor) }
        guard fdatasync(descriptor) == 0 else { throw SeriesStoreProblem.failing("sync", file.path) }
        closed.append((file.path, maxTime))
        number += 1
        maxTime = .min
        file = next
    }

    /// Removes the segments whose samples are all before `time`.
    mutating func remove(before time: Int64) {
        closed.removeAll { segment in
            guard segment.maxTime < time else { return false }
            unlink(segment.path)
            return true
        }
    }

    /// A descriptor to sync, if anything has been written since the last call. The caller closes it.
    mutating func takeDirty() throws -> Int32? {
        guard isDirty else { return nil }
        let descriptor = try file.duplicate()
        isDirty = false
        return descriptor
    }

    var size: Int64 { file.size }

    private static func path(_ folder: String, _ number: Int) -> String {
        let digits = String(number)
        return folder + "/wal-" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
    }
}
