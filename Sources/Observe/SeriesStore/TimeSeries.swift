import Glibc
package import PromQL
import Synchronization

/// Time series on disk: labels and the latest samples in memory, older samples in immutable blocks.
///
/// A sample is written to the log before `append` returns, so it outlives the process; `sync` (called every second by the
/// maintenance service) makes it outlive the machine. All methods may be called from any thread.
package final class TimeSeries: Sendable {
    package struct Options: Sendable {
        /// How long a block's window is, in milliseconds.
        package var window: Int64 = 2 * 3_600_000
        /// How long after a window's end samples for it are still taken, in milliseconds.
        package var grace: Int64 = 30 * 60_000
        /// How long samples are kept, in milliseconds.
        package var retention: Int64 = 15 * 86_400_000
        /// How many bytes all blocks may have together; nil is no limit.
        package var maximumBytes: Int64?
        /// How many series the store takes.
        package var maximumSeries = 1_000_000

        package init() {}
    }

    /// What became of a batch.
    package struct Appended: Sendable, Equatable {
        package var accepted = 0
        /// Not later than the series' last sample, and not the same one again.
        package var outOfOrder = 0
        /// Inside a window that has been sealed.
        package var tooOld = 0
        /// By a reference to a series that is gone.
        package var unknown = 0
    }

    struct State: ~Copyable {
        var index: SeriesIndex
        var heads: Heads
        /// By time.
        var blocks: [Block]
        /// Samples before this time belong to blocks that are written.
        var sealedThrough: Int64
        var log: WriteAheadLog
        var seriesLog: RecordFile
        var writer = ByteWriter()
    }

    let folder: String
    let options: Options
    let state: Mutex<State>
    let lockDescriptor: Int32
    /// What the start found.
    package let recovery: Recovery

    package struct Recovery: Sendable {
        package var series = 0
        package var samples = 0
        /// Bytes of records that a crash left half written.
        package var tornBytes: Int64 = 0
        /// Blocks that could not be read and were left out.
        package var damagedBlocks: [String] = []
    }

    deinit { close(lockDescriptor) }

    /// Opens the folder, makes it where it is missing, and reads the logs.
    package init(folder: String, options: Options = Options()) throws {
        self.folder = folder
        self.options = options
        try Folder.make(folder)
        lockDescriptor = open(folder + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard lockDescriptor >= 0 else { throw SeriesStoreProblem.failing("open", folder + "/lock") }
        guard flock(lockDescriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(lockDescriptor)
            throw SeriesStoreProblem.inUse(path: folder)
        }
        var recovery = Recovery()
        let state = try Self.recover(folder, options, &recovery)
        self.recovery = recovery
        self.state = Mutex(state)
    }

    /// The reference of a series, which is made where it is new. Throws where the store is full.
    package func reference(_ labels: LabelSet) throws -> SeriesReference {
        try references([labels])[0]
    }

    /// References for many series at once; new series are written to the log of series together.
    package func references(_ sets: [LabelSet]) throws -> [SeriesReference] {
        try state.withLock { state in
            var fresh: [(number: UInt32, labels: LabelSet)] = []
            var numbers: [UInt32] = []
            numbers.reserveCapacity(sets.count)
            var made: [LabelSet: UInt32] = [:]
            for labels in sets {
                if let number = state.index.number(of: labels) ?? made[labels] {
                    numbers.append(number)
                    continue
                }
                guard state.index.count + fresh.count < options.maximumSeries else {
                    throw SeriesStoreProblem.cardinality(limit: options.maximumSeries)
                }
                let number = state.index.nextNumber + UInt32(fresh.count)
                fresh.append((number, labels))
                made[labels] = number
                numbers.append(number)
            }
            if !fresh.isEmpty {
                SeriesRecord.encode(fresh, into: &state.writer)
                try state.seriesLog.append(state.writer.bytes)
                for one in fresh { state.index.insert(one.labels, as: one.number) }
            }
            return numbers.map { SeriesReference(number: $0) }
        }
    }

    /// Appends samples. Those that cannot be taken are counted, not thrown.
    package func append(_ samples: [Sample]) throws -> Appended {
        if samples.isEmpty { return Appended() }
        return try state.withLock { state in
            var report = Appended()
            var taken: [Sample] = []
            taken.reserveCapacity(samples.count)
            for sample in samples {
                let number = sample.series.number
                guard state.index.labels(of: number) != nil else {
                    report.unknown += 1
                    continue
                }
                if sample.time < state.sealedThrough {
                    report.tooOld += 1
                    continue
                }
                switch state.heads.place(number, sample.time, sample.value) {
                case .later:
                    report.accepted += 1
                    taken.append(sample)
                case .repeated: report.accepted += 1
                case .earlier: report.outOfOrder += 1
                }
            }
            if taken.isEmpty { return report }
            try state.log.append(taken)
            for sample in taken { state.heads.insert(sample.series.number, sample.time, sample.value) }
            return report
        }
    }

    /// Makes everything that has been appended outlive a loss of power. Calls that come together share one sync.
    package func sync() throws {
        let descriptors = try state.withLock { state -> (Int32, Int32)? in
            guard let log = try state.log.takeDirty() else { return nil }
            return (try state.seriesLog.duplicate(), log)
        }
        guard let descriptors else { return }
        defer {
            close(descriptors.0)
            close(descriptors.1)
        }
        // Series first: a sample on disk must not refer to a series that is not.
        guard fdatasync(descriptors.0) == 0, fdatasync(descriptors.1) == 0 else {
            throw SeriesStoreProblem.failing("sync", folder)
        }
    }
}
