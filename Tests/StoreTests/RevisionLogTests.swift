import Foundation
import Kube
import Synchronization
import Testing

@testable import Store

@Suite("The revision log")
struct RevisionLogTests {
    private func withLog(_ body: (RevisionLog, String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "estiba-log-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/log.sqlite"
        try await body(try RevisionLog.open(path: path), path)
    }

    private func key(_ name: String, _ bucket: String = "things") -> RevisionKey {
        RevisionKey(bucket: bucket, name: name)
    }

    @Test("Each write gets the next revision, over all buckets")
    func revisions() async throws {
        try await withLog { log, _ in
            let revisions = [
                try await log.create(key("a"), ["n": 1]).revision,
                try await log.create(key("b", "others"), [:]).revision,
                try await log.update(key("a"), ["n": 2]).revision,
                try await log.delete(key("b", "others")).revision,
            ]
            #expect(revisions == [1, 2, 3, 4])
            #expect(log.revision == 4)
            #expect(log.object(key("a"))?.value == ["n": 2])
            #expect(log.object(key("b", "others")) == nil)
        }
    }

    @Test("A writer who expected another revision changes nothing")
    func conflicts() async throws {
        try await withLog { log, _ in
            try await log.create(key("a"), [:])
            await #expect(throws: RevisionProblem.exists(key("a"))) { try await log.create(key("a"), [:]) }
            await #expect(throws: RevisionProblem.missing(key("x"))) { try await log.update(key("x"), [:]) }
            await #expect(throws: RevisionProblem.conflict(key("a"), expected: 7, found: 1)) {
                try await log.update(key("a"), ["n": 1], expected: 7)
            }
            #expect(log.revision == 1)
        }
    }

    @Test("A log opened again is as it was, history included")
    func reopening() async throws {
        try await withLog { log, path in
            for number in 0..<20 { try await log.create(key("n\(number)"), ["n": .int(Int64(number))]) }
            try await log.update(key("n3"), ["n": 33])
            try await log.delete(key("n4"))
            // The first log is still open: this is what a new process finds after the old one was killed.
            let again = try RevisionLog.open(path: path)
            #expect(again.revision == 22)
            #expect(try again.list("things").objects.count == 19)
            #expect(again.object(key("n3"))?.value == ["n": 33])
            let events = try await again.watch("things", after: 20).next()
            #expect(events.map(\.revision) == [21, 22])
            #expect(events.map(\.isDeletion) == [false, true])
            #expect(events[1].previous?.value == ["n": 4])
        }
    }

    @Test("A list is in order of names, bounded by a prefix, and can be of an earlier revision")
    func listing() async throws {
        try await withLog { log, _ in
            for name in ["b/2", "a/1", "b/1", "c/1"] { try await log.create(key(name), [:]) }
            #expect(try log.list("things").objects.map(\.key.name) == ["a/1", "b/1", "b/2", "c/1"])
            #expect(try log.list("things", prefix: "b/").objects.map(\.key.name) == ["b/1", "b/2"])
            try await log.delete(key("b/1"))
            try await log.update(key("b/2"), ["new": true])
            let earlier = try log.list("things", prefix: "b/", at: 4)
            #expect(earlier.objects.map(\.key.name) == ["b/1", "b/2"])
            #expect(earlier.objects[1].value == [:])
        }
    }

    @Test("Writers at once share commits and lose nothing")
    func concurrency() async throws {
        try await withLog { log, path in
            try await log.create(key("counter"), ["n": 0])
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<200 {
                    group.addTask {
                        try await log.write { transaction in
                            let key = RevisionKey(bucket: "things", name: "counter")
                            let count = transaction.object(key)?.value["n"]?.int ?? 0
                            transaction.put(key, ["n": .int(Int64(count + 1))])
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(log.object(key("counter"))?.value == ["n": 200])
            #expect(try RevisionLog.open(path: path).object(key("counter"))?.value == ["n": 200])
        }
    }

    @Test("A writer who fails half-way leaves nothing behind")
    func atomicity() async throws {
        struct Change: Error {}
        try await withLog { log, _ in
            await #expect(throws: Change.self) {
                try await log.write { transaction in
                    transaction.put(RevisionKey(bucket: "things", name: "a"), [:])
                    throw Change()
                }
            }
            #expect(log.revision == 0)
            #expect(log.object(key("a")) == nil)
        }
    }

    @Test("A watch sees every event of its prefix in order, and waits for the next")
    func watching() async throws {
        try await withLog { log, _ in
            let watch = log.watch("things", prefix: "a/", after: 0)
            async let first = watch.next()
            try await log.create(key("b/1"), [:])
            try await log.create(key("a/1"), [:])
            var seen = try await first
            while seen.isEmpty { seen = try await watch.next() }
            #expect(seen.map(\.object.key.name) == ["a/1"])
            try await log.delete(key("a/1"))
            #expect(try await watch.next().map(\.isDeletion) == [true])
        }
    }

    @Test("A watch that is cancelled ends its wait")
    func cancelling() async throws {
        try await withLog { log, _ in
            let watch = log.watch("things", after: 0)
            let waiting = Task { try await watch.next() }
            waiting.cancel()
            let events = try await waiting.value
            #expect(events.isEmpty)
        }
    }

    @Test("Compaction forgets history on disk and in memory, and tells those who come late")
    func compaction() async throws {
        try await withLog { log, path in
            try await log.create(key("a"), ["n": 1])
            try await log.update(key("a"), ["n": 2])
            try await log.create(key("b"), [:])
            try await log.delete(key("b"))
            try await log.compact(before: Date(timeIntervalSinceNow: 60))
            await #expect(throws: RevisionProblem.compacted(asked: 1, oldest: 4)) {
                try await log.watch("things", after: 1).next()
            }
            try await log.create(key("c"), [:])
            #expect(try await log.watch("things", after: 4).next().map(\.revision) == [5])
            let again = try RevisionLog.open(path: path)
            #expect(again.revision == 5)
            #expect(again.object(key("a"))?.value == ["n": 2])
            await #expect(throws: RevisionProblem.self) { try await again.watch("things", after: 3).next() }
        }
    }

    @Test("An event is encoded once for all who watch")
    func encodedOnce() async throws {
        try await withLog { log, _ in
            try await log.create(key("a"), [:])
            let event = try #require(try await log.watch("things", after: 0).next().first)
            let count = Mutex(0)
            for _ in 0..<3 {
                _ = event.encoded(as: "ADDED") {
                    count.withLock { $0 += 1 }
                    return [1]
                }
            }
            #expect(count.withLock { $0 } == 1)
        }
    }
}
