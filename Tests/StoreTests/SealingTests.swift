import Crypto
import EstibaTesting
import Foundation
import Kube
import Testing

@testable import Store

struct SealingTests {
    private let key = SealingKey(SymmetricKey(size: .bits256))
    private let secret: JSON = ["data": ["password": "bWFyaW5h"], "stringData": "ahoy-5Rk2"]
    private let place = RevisionKey(bucket: "secrets", name: "default/harbour")

    /// Whether a text stands in a database's files, its write-ahead log included.
    private func stands(_ text: String, in directory: TemporaryDirectory) throws -> Bool {
        try FileManager.default.contentsOfDirectory(atPath: directory.path).contains { name in
            try Data(contentsOf: URL(filePath: directory.file(name))).range(of: Data(text.utf8)) != nil
        }
    }

    @Test func `an object of a sealed bucket is nowhere in the files, and reads as it was written`() async throws {
        try await TemporaryDirectory.with { directory in
            let log = try RevisionLog.open(path: directory.file("log.db"), sealing: ["secrets"], with: key)
            try await log.create(place, secret)
            try await log.update(place, ["stringData": "ahoy-5Rk2", "n": 2])
            try await log.create(RevisionKey(bucket: "configmaps", name: "default/open"), ["data": "for-everybody"])
            try await log.delete(RevisionKey(bucket: "secrets", name: "default/harbour"))
            try await log.create(place, secret)
            #expect(try stands("for-everybody", in: directory))
            #expect(try !stands("ahoy-5Rk2", in: directory) && !stands("bWFyaW5h", in: directory))
            let again = try RevisionLog.open(path: directory.file("log.db"), sealing: ["secrets"], with: key)
            #expect(again.object(place)?.value == secret)
            #expect(try again.list("secrets", at: 2).objects.first?.value["n"] == 2)
        }
    }

    @Test func `what an earlier version wrote in plain text is sealed, and nothing of it is left behind`() async throws
    {
        try await TemporaryDirectory.with { directory in
            let path = directory.file("log.db")
            do {
                let plain = try RevisionLog.open(path: path)
                for number in 0..<50 {
                    try await plain.create(RevisionKey(bucket: "secrets", name: "a/s\(number)"), secret)
                }
                try await plain.delete(RevisionKey(bucket: "secrets", name: "a/s7"))
                try await plain.compact(before: .distantFuture)
            }
            #expect(try stands("ahoy-5Rk2", in: directory))
            let sealed = try RevisionLog.open(path: path, sealing: ["secrets"], with: key)
            #expect(try !stands("ahoy-5Rk2", in: directory))
            #expect(try sealed.list("secrets").objects.count == 49)
            #expect(sealed.object(RevisionKey(bucket: "secrets", name: "a/s8"))?.value == secret)
        }
    }

    @Test func `with another key nothing opens, and the message says what to restore`() async throws {
        try await TemporaryDirectory.with { directory in
            let path = directory.file("log.db")
            try await RevisionLog.open(path: path, sealing: ["secrets"], with: key).create(place, secret)
            let problem = #expect(throws: StoreProblem.self) {
                try RevisionLog.open(path: path, sealing: ["secrets"], with: SealingKey(SymmetricKey(size: .bits256)))
            }
            #expect(problem?.code == "store.wrong-key")
            #expect(problem?.remedy?.contains("secrets.key") == true)
        }
    }

    @Test func `a sealed value opens at its own place only, and only as it was sealed`() throws {
        let path = NSTemporaryDirectory() + "estiba-sealing-\(UUID().uuidString).db"
        defer { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) } }
        let database = try Database(path: path, migrations: [Sealing.migration])
        let sealing = try Sealing.open(database, path: path, with: key) { _, _ in false }
        var value = try sealing.seal(Array("ahoy".utf8), for: "secrets/a@1")
        #expect(Sealing.isSealed(value))
        #expect(try sealing.open(value, for: "secrets/a@1") == Array("ahoy".utf8))
        #expect(throws: StoreProblem.self) { try sealing.open(value, for: "secrets/b@1") }
        value[value.count - 1] ^= 1
        #expect(throws: StoreProblem.self) { try sealing.open(value, for: "secrets/a@1") }
    }
}
