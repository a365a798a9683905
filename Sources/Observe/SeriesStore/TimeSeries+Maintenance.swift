import Glibc
import PromQL
import Synchronization

/// Sealing windows into blocks, and forgetting what is old.
extension TimeSeries {
    /// What one round of maintenance did.
    package struct Maintained: Sendable, Equatable {
        package var sealed = 0
        package var removed = 0
        package var forgottenSeries = 0
    }

    /// Seals the windows that ended longer ago than the grace, and removes blocks by age and size. `now` is in milliseconds.
    ///
    /// One round at a time: it is for one caller, the maintenance service.
    package func maintain(now: Int64) throws -> Maintained {
        var report = Maintained()
        while let window = dueWindow(now: now) {
            try seal(window)
            report.sealed += 1
        }
        report.removed = try removeBlocks(now: now)
        if report.removed > 0 { report.forgottenSeries = try forgetSeries() }
        return report
    }

    private func dueWindow(now: Int64) -> Range<Int64>? {
        state.withLock { state in
            guard let first = state.heads.minTime else { return nil }
            let start = first.window(options.window) * options.window
            guard start + options.window + options.grace <= now else { return nil }
            return start..<start + options.window
        }
    }

    /// Writes the block of a window. Samples for it are refused from here on; until the block is durable they stay in the
    /// log too.
    private func seal(_ window: Range<Int64>) throws {
        let chunks = state.withLock { state in
            state.sealedThrough = max(state.sealedThrough, window.upperBound)
            return state.heads.chunks(in: window)
        }
        var writer = BlockWriter(window: window)
        for one in chunks { writer.append(one.series, one.chunks) }
        let path = "\(folder)/block-\(window.lowerBound)-\(window.upperBound)"
        // The block refers to series by number; their labels must be on disk before it.
        try sync()
        try Folder.put(writer.finish(), at: path, in: folder)
        let block = try Block(path: path)
        try state.withLock { state in
            state.blocks.append(block)
            state.blocks.sort { $0.window.lowerBound < $1.window.lowerBound }
            state.heads.remove(before: window.upperBound)
            try state.log.rotate()
            state.log.remove(before: window.upperBound)
        }
    }

    private func removeBlocks(now: Int64) throws -> Int {
        let gone = state.withLock { state -> [Block] in
            var kept = state.blocks
            var total = kept.reduce(0) { $0 + $1.size }
            var gone: [Block] = []
            while let oldest = kept.first {
                let isOld = oldest.window.upperBound <= now - options.retention
                let isTooMuch = options.maximumBytes.map { total > $0 } ?? false
                guard isOld || isTooMuch else { break }
                total -= oldest.size
                gone.append(kept.removeFirst())
            }
            state.blocks = kept
            return gone
        }
        for block in gone { unlink(block.path) }
        if !gone.isEmpty { try Folder.sync(folder) }
        return gone.count
    }

    /// Drops the labels of series without any sample, and writes the file of series anew.
    private func forgetSeries() throws -> Int {
        let blocks = state.withLock { $0.blocks }
        var used: Set<UInt32> = []
        for block in blocks { used.formUnion(block.seriesNumbers) }
        return try state.withLock { state in
            let next = state.index.nextNumber
            var gone: [UInt32] = []
            var left: [(number: UInt32, labels: LabelSet)] = []
            for number in 0..<next {
                guard let labels = state.index.labels(of: number) else { continue }
                if used.contains(number) || !state.heads[number].isEmpty {
                    left.append((number, labels))
                } else {
                    gone.append(number)
                }
            }
            if gone.isEmpty { return 0 }
            // The highest number stays, so that it is not given out again while old log segments may mention it.
            if let last = gone.last, last == next - 1 {
                gone.removeLast()
                if let labels = state.index.labels(of: last) { left.append((last, labels)) }
            }
            state.index.remove(gone)
            var bytes: [UInt8] = []
            for start in stride(from: 0, to: left.count, by: 1024) {
                SeriesRecord.encode(Array(left[start..<min(left.count, start + 1024)]), into: &state.writer)
                bytes += RecordFile.frame(state.writer.bytes)
            }
            let path = Self.seriesPath(folder)
            try Folder.put(bytes, at: path, in: folder)
            state.seriesLog = try RecordFile(path: path, size: Int64(bytes.count))
            return gone.count
        }
    }
}
