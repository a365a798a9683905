import Glibc
import Linux

/// Reads one log from where it should begin, and goes on with what is written as long as its writer holds it.
actor LogTail {
    private let options: LogOptions
    private let files: LogFiles
    private let attempt: Int
    /// Whether the container still runs.
    private let isWritten: @Sendable () async -> Bool
    private var lines: LogLines
    private var waiting: [[UInt8]]
    private var file: OpenFile?
    private var watch: OpenFile?
    private var hasBegun = false

    init(_ files: LogFiles, attempt: Int, options: LogOptions, isWritten: @escaping @Sendable () async -> Bool) {
        self.files = files
        self.attempt = attempt
        self.options = options
        self.isWritten = isWritten
        lines = LogLines(options)
        waiting = []
    }

    /// The next bytes; nil at the end.
    func next() async throws -> [UInt8]? {
        if !hasBegun {
            hasBegun = true
            try begin()
        }
        while !lines.isExhausted {
            if !waiting.isEmpty {
                let out = lines.feed(waiting.removeFirst())
                if !out.isEmpty { return out }
                continue
            }
            guard let file else { return nil }
            let more = try file.readSome() ?? []
            if !more.isEmpty {
                waiting.append(more)
            } else if try await !waitForMore() {
                return nil
            }
        }
        return nil
    }

    /// Opens the current file behind what is there already; that is queued, or the wanted part of it.
    private func begin() throws {
        guard FileSystem.exists(files.path(attempt)) else { return }
        if options.follow { try watchFile() }
        let current = try OpenFile.open(files.path(attempt), O_RDONLY)
        file = current
        var pieces: [[UInt8]] = []
        var wanted = options.tailLines
        func take(_ bytes: [UInt8]) {
            guard let left = wanted else {
                pieces.insert(bytes, at: 0)
                return
            }
            let (offset, count) = LogLines.start(ofLast: left, in: bytes)
            pieces.insert(Array(bytes[offset...]), at: 0)
            wanted = left - count
        }
        take(try current.readAll())
        for older in files.files(attempt).dropLast().reversed() where wanted.map({ $0 > 0 }) ?? true {
            take(try FileSystem.read(older))
        }
        waiting = pieces
    }

    private func watchFile() throws {
        let descriptor = inotify_init1(Int32(O_CLOEXEC | O_NONBLOCK))
        guard descriptor >= 0 else { throw SystemProblem("inotify_init", number: errno) }
        let watch = OpenFile(owning: descriptor)
        let mask = UInt32(IN_MODIFY | IN_CLOSE_WRITE | IN_MOVE_SELF | IN_DELETE_SELF)
        guard inotify_add_watch(watch.descriptor, files.path(attempt), mask) >= 0 else {
            throw SystemProblem("inotify_add_watch", files.path(attempt), number: errno)
        }
        self.watch = watch
    }

    /// False when nothing more will come.
    private func waitForMore() async throws -> Bool {
        guard options.follow, let watch, let file else { return false }
        if hasMoved(file) {
            // Rotated: what is left in the old file was read; go on with the new one once it is there.
            guard FileSystem.exists(files.path(attempt)) else {
                guard await isWritten() else { return false }
                try await Task.sleep(for: .milliseconds(20))
                return true
            }
            try watchFile()
            self.file = try OpenFile.open(files.path(attempt), O_RDONLY)
            return true
        }
        if await !isWritten() { return try await drained(file) }
        // A container's end and the closing of its log come in either order, so the wait has an end of its own.
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { _ = try await watch.receive() }
            tasks.addTask { try await Task.sleep(for: .seconds(1)) }
            try await tasks.next()
            tasks.cancelAll()
        }
        return true
    }

    /// One more look after the writer has gone.
    private func drained(_ file: OpenFile) async throws -> Bool {
        let more = try file.readSome() ?? []
        if more.isEmpty { return false }
        waiting.append(more)
        return true
    }

    private func hasMoved(_ file: OpenFile) -> Bool {
        var mine = stat()
        var named = stat()
        guard fstat(file.descriptor, &mine) == 0 else { return false }
        return stat(files.path(attempt), &named) != 0 || named.st_ino != mine.st_ino
    }
}
