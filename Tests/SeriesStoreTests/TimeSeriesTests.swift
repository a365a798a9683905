import Foundation
import PromQL
import Testing

@testable import SeriesStore

struct TimeSeriesTests {
    static func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "series-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.path)
    }

    static func labels(_ number: Int) -> LabelSet {
        LabelSet([("__name__", "m"), ("n", "\(number)"), ("parity", number % 2 == 0 ? "even" : "odd")])
    }

    static func all(_ store: TimeSeries, from: Int64 = .min, through: Int64 = .max) throws -> [LabelSet: [Int64:
        Double]]
    {
        var all: [LabelSet: [Int64: Double]] = [:]
        try store.visit([LabelMatcher(equal: "__name__", "m")], from: from, through: through) { labels, buffer in
            #expect(zip(buffer.times, buffer.times.dropFirst()).allSatisfy { $0 < $1 })
            all[labels] = Dictionary(uniqueKeysWithValues: zip(buffer.times, buffer.values))
        }
        return all
    }

    /// Fills a store with `count` series, a sample each `step` milliseconds.
    static func fill(_ store: TimeSeries, series count: Int, from: Int64, to: Int64, step: Int64 = 60_000) throws {
        let references = try store.references((0..<count).map(labels))
        for time in stride(from: from, to: to, by: Int64.Stride(step)) {
            let samples = references.enumerated().map { Sample($1, time, Double($0) + Double(time) / 1000) }
            #expect(try store.append(samples).accepted == count)
        }
    }

    static let hour: Int64 = 3_600_000

    @Test("appended samples are read back, and again after the store was opened anew")
    func reopening() throws {
        try Self.withFolder { folder in
            let before: [LabelSet: [Int64: Double]]
            do {
                let store = try TimeSeries(folder: folder)
                try Self.fill(store, series: 20, from: 0, to: Self.hour)
                before = try Self.all(store)
                #expect(before.count == 20 && before[Self.labels(3)]?.count == 60)
            }
            let store = try TimeSeries(folder: folder)
            #expect(try Self.all(store) == before)
            #expect(store.recovery.series == 20)
            #expect(store.recovery.samples == 1200)
            try Self.fill(store, series: 21, from: Self.hour, to: 2 * Self.hour)
            #expect(try Self.all(store)[Self.labels(20)]?.count == 60)
            #expect(try Self.all(store)[Self.labels(3)]?.count == 120)
        }
    }

    @Test("windows are sealed into blocks, and blocks and log together are the same as before")
    func sealing() throws {
        try Self.withFolder { folder in
            let before: [LabelSet: [Int64: Double]]
            do {
                let store = try TimeSeries(folder: folder)
                try Self.fill(store, series: 10, from: 0, to: 7 * Self.hour)
                before = try Self.all(store)
                let report = try store.maintain(now: 7 * Self.hour)
                #expect(report.sealed == 3)
                #expect(store.statistics.blocks == 3)
                #expect(try Self.all(store) == before)
                #expect(try store.maintain(now: 7 * Self.hour) == TimeSeries.Maintained())
                let narrow = try Self.all(store, from: 2 * Self.hour - 60_000, through: 2 * Self.hour)
                #expect(narrow[Self.labels(0)]?.count == 2)
            }
            let store = try TimeSeries(folder: folder)
            #expect(store.statistics.blocks == 3)
            #expect(try Self.all(store) == before)
            let reference = try store.reference(Self.labels(0))
            #expect(try store.append([Sample(reference, 5 * Self.hour, 1)]).tooOld == 1)
            #expect(store.recovery.damagedBlocks.isEmpty)
        }
    }

    @Test("a torn end of the log is dropped, whatever byte it is torn at")
    func tearing() throws {
        try Self.withFolder { folder in
            do {
                let store = try TimeSeries(folder: folder)
                try Self.fill(store, series: 5, from: 0, to: 10 * 60_000)
            }
            let log = folder + "/wal-00000001"
            let whole = try Data(contentsOf: URL(filePath: log))
            for length in stride(from: whole.count - 1, to: 0, by: -37) {
                for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name.hasPrefix("wal-") {
                    try FileManager.default.removeItem(atPath: folder + "/" + name)
                }
                try whole.prefix(length).write(to: URL(filePath: log))
                let store = try TimeSeries(folder: folder)
                let samples = try Self.all(store).values.map(\.count)
                #expect(Set(samples).count <= 1, "a record is taken whole or not at all")
                #expect(store.recovery.tornBytes > 0 || samples.isEmpty || samples[0] < 10)
                let next = Int64(samples.first ?? 0) * 60_000
                let reference = try store.reference(Self.labels(0))
                #expect(try store.append([Sample(reference, next, 1)]).accepted == 1)
            }
        }
    }

    @Test("a torn end of the file of series loses no number to another series")
    func tornSeries() throws {
        try Self.withFolder { folder in
            do {
                let store = try TimeSeries(folder: folder)
                try Self.fill(store, series: 3, from: 0, to: 60_000)
                _ = try store.append([Sample(try store.reference(Self.labels(99)), 30_000, 99)])
            }
            let path = folder + "/series"
            let bytes = try Data(contentsOf: URL(filePath: path))
            try bytes.dropLast(3).write(to: URL(filePath: path))
            let store = try TimeSeries(folder: folder)
            #expect(store.recovery.series == 3)
            let other = LabelSet([("__name__", "m"), ("other", "x")])
            _ = try store.append([Sample(try store.reference(other), 40_000, 1)])
            #expect(try Self.all(store)[other] == [40_000: 1])
        }
    }

    @Test("samples out of order are counted and refused, the same one again is taken as known")
    func order() throws {
        try Self.withFolder { folder in
            let store = try TimeSeries(folder: folder)
            let reference = try store.reference(Self.labels(1))
            #expect(try store.append([Sample(reference, 1000, 1)]).accepted == 1)
            #expect(try store.append([Sample(reference, 1000, 1)]).accepted == 1)
            #expect(try store.append([Sample(reference, 1000, 2)]).outOfOrder == 1)
            #expect(try store.append([Sample(reference, 999, 1)]).outOfOrder == 1)
            #expect(try Self.all(store)[Self.labels(1)] == [1000: 1])
        }
    }

    @Test("a full store refuses new series and still takes the old ones")
    func cardinality() throws {
        try Self.withFolder { folder in
            var options = TimeSeries.Options()
            options.maximumSeries = 2
            let store = try TimeSeries(folder: folder, options: options)
            let first = try store.reference(Self.labels(0))
            _ = try store.reference(Self.labels(1))
            #expect(throws: SeriesStoreProblem.cardinality(limit: 2)) { try store.reference(Self.labels(2)) }
            #expect(try store.reference(Self.labels(0)) == first)
            #expect(try store.append([Sample(first, 1, 1)]).accepted == 1)
        }
    }

    @Test("old blocks go by age and by size, and with them the series that nothing mentions any more")
    func retention() throws {
        try Self.withFolder { folder in
            var options = TimeSeries.Options()
            options.retention = 4 * Self.hour
            do {
                let store = try TimeSeries(folder: folder, options: options)
                try Self.fill(store, series: 8, from: 0, to: 2 * Self.hour)
                try Self.fill(store, series: 4, from: 2 * Self.hour, to: 9 * Self.hour)
                let report = try store.maintain(now: 9 * Self.hour)
                #expect(report.sealed == 4)
                #expect(report.removed == 2)
                #expect(store.labelValues("n").prefix(4) == ["0", "1", "2", "3"])
                #expect(store.labelValues("n").count <= 5)
            }
            let store = try TimeSeries(folder: folder, options: options)
            #expect(try Self.all(store).count == 4)
            #expect(try Self.all(store)[Self.labels(2)]?.keys.min() == 4 * Self.hour)
            try Self.fill(store, series: 8, from: 9 * Self.hour, to: 10 * Self.hour)
            #expect(try Self.all(store).count == 8)
        }
    }

    @Test("a damaged block is left out and named, the rest is served")
    func damagedBlock() throws {
        try Self.withFolder { folder in
            do {
                let store = try TimeSeries(folder: folder)
                try Self.fill(store, series: 3, from: 0, to: 5 * Self.hour)
                _ = try store.maintain(now: 5 * Self.hour)
            }
            let path = folder + "/block-0-7200000"
            var bytes = try Data(contentsOf: URL(filePath: path))
            bytes[bytes.count - 60] ^= 0xFF
            try bytes.write(to: URL(filePath: path))
            let store = try TimeSeries(folder: folder)
            #expect(store.recovery.damagedBlocks == [path])
            #expect(try Self.all(store)[Self.labels(0)]?.keys.min() == 2 * Self.hour)
        }
    }

    @Test(
        "selectors find series by their labels",
        arguments: [
            ("{n=\"3\"}", [3]), ("{n=~\"[1-3]\", parity=\"odd\"}", [1, 3]), ("m{n!=\"0\", parity=\"even\"}", [2, 4]),
            ("m{n!~\"0|1|2\"}", [3, 4]), ("m{missing=\"\"}", [0, 1, 2, 3, 4]), ("m{missing=~\".+\"}", []),
            ("other", []),
            ("m{n=~\".*\"}", [0, 1, 2, 3, 4]), ("{n=~\"4|9\"}", [4]),
        ])
    func selecting(selector: String, numbers: [Int]) throws {
        try Self.withFolder { folder in
            let store = try TimeSeries(folder: folder)
            try Self.fill(store, series: 5, from: 0, to: 60_000)
            let matchers = try Query.selector(selector)
            #expect(store.series([matchers], from: 0, through: 1) == numbers.map(Self.labels).sorted())
            #expect(store.series([matchers], from: 60_000, through: 70_000).isEmpty)
            #expect(store.labelNames == ["__name__", "n", "parity"])
            #expect(store.labelValues("parity") == ["even", "odd"])
        }
    }

    @Test("a folder belongs to one store at a time")
    func locking() throws {
        try Self.withFolder { folder in
            let store = try TimeSeries(folder: folder)
            #expect(throws: SeriesStoreProblem.inUse(path: folder)) { try TimeSeries(folder: folder) }
            _ = store.statistics
        }
    }

    @Test("the evaluator reads from the store")
    func querying() throws {
        try Self.withFolder { folder in
            let store = try TimeSeries(folder: folder)
            try Self.fill(store, series: 4, from: 0, to: 5 * Self.hour)
            _ = try store.maintain(now: 5 * Self.hour)
            let result = try QueryEvaluator(source: store).range(
                Query("sum(rate(m[10m]))"), from: Self.hour, to: 4 * Self.hour, step: 600_000)
            guard case .matrix(let all) = result.value else {
                Issue.record("no matrix")
                return
            }
            #expect(all.count == 1 && all[0].values.count == 19)
            #expect(all[0].values.allSatisfy { ($0 - 4).magnitude < 1e-9 })
        }
    }
}
