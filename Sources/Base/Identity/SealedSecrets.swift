import Crypto
import FoundationEssentials
import Problems
package import Store

/// Named secrets of the team (`slack-webhook`), encrypted at rest with a key of the data directory (AES-256-GCM).
package actor SealedSecrets {
    private let path: String
    private let key: SymmetricKey

    /// The same key, for what databases of the directory seal.
    package nonisolated var sealingKey: SealingKey { SealingKey(key) }

    /// Opens `<directory>/secrets.sealed` with `<directory>/secrets.key`, making both where absent.
    package init(directory: String) throws {
        path = directory + "/secrets.sealed"
        let keyPath = directory + "/secrets.key"
        // A key that is there but isn't one is never replaced: what it has sealed could not be opened any more.
        if let data = try Self.file(keyPath) {
            guard data.count == 32 else { throw IdentityProblem.wrongKey(path: path) }
            key = SymmetricKey(data: data)
        } else {
            key = SymmetricKey(size: .bits256)
            try SecretFile.write(key.withUnsafeBytes { Array($0) }, to: keyPath)
        }
        _ = try Self.read(path, key)
    }

    /// Read anew each time: the command line writes the file while a server runs.
    private static func read(_ path: String, _ key: SymmetricKey) throws(IdentityProblem) -> [String: String] {
        guard let sealed = try file(path) else { return [:] }
        do {
            let opened = try AES.GCM.open(AES.GCM.SealedBox(combined: sealed), using: key)
            return try JSONDecoder().decode([String: String].self, from: opened)
        } catch {
            throw .wrongKey(path: path)
        }
    }

    /// The content of a file; nil only where there is none.
    private static func file(_ path: String) throws(IdentityProblem) -> Data? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        do { return try Data(contentsOf: URL(filePath: path)) } catch {
            throw .unreadableSecrets(path: path, cause: error)
        }
    }

    /// Every value, for whoever must mask them.
    package var all: [String: String] {
        get throws(IdentityProblem) { try Self.read(path, key) }
    }

    package var names: [String] {
        get throws(IdentityProblem) { try all.keys.sorted() }
    }

    package func value(_ name: String) throws(IdentityProblem) -> String {
        guard let value = try all[name] else { throw .unknownSecret(name: name) }
        return value
    }

    /// Stores a value, or with nil removes it; on disk when this returns.
    package func set(_ name: String, _ value: String?) throws {
        var changed = try all
        changed[name] = value
        let sealed = try AES.GCM.seal(JSONEncoder().encode(changed), using: key)
        guard let combined = sealed.combined else { throw IdentityProblem.wrongKey(path: path) }
        try SecretFile.write(Array(combined), to: path)
    }
}
