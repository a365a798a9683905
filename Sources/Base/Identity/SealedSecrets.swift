import Crypto
import FoundationEssentials
import Problems

/// Named secrets of the team (`slack-webhook`), encrypted at rest with a key of the data directory (AES-256-GCM).
package actor SealedSecrets {
    private let path: String
    private let key: SymmetricKey
    private var values: [String: String]

    /// Opens `<directory>/secrets.sealed` with `<directory>/secrets.key`, making both where absent.
    package init(directory: String) throws {
        path = directory + "/secrets.sealed"
        let keyPath = directory + "/secrets.key"
        if let data = try? Data(contentsOf: URL(filePath: keyPath)), data.count == 32 {
            key = SymmetricKey(data: data)
        } else {
            key = SymmetricKey(size: .bits256)
            try SecretFile.write(key.withUnsafeBytes { Array($0) }, to: keyPath)
        }
        guard let sealed = try? Data(contentsOf: URL(filePath: path)) else {
            values = [:]
            return
        }
        do {
            let opened = try AES.GCM.open(AES.GCM.SealedBox(combined: sealed), using: key)
            values = try JSONDecoder().decode([String: String].self, from: opened)
        } catch {
            throw IdentityProblem.wrongKey(path: path)
        }
    }

    package var names: [String] { values.keys.sorted() }
    /// Every value, for whoever must mask them.
    package var all: [String: String] { values }

    package func value(_ name: String) throws(IdentityProblem) -> String {
        guard let value = values[name] else { throw .unknownSecret(name: name) }
        return value
    }

    /// Stores a value, or with nil removes it; on disk when this returns.
    package func set(_ name: String, _ value: String?) throws {
        var changed = values
        changed[name] = value
        let sealed = try AES.GCM.seal(JSONEncoder().encode(changed), using: key)
        guard let combined = sealed.combined else { throw IdentityProblem.wrongKey(path: path) }
        try SecretFile.write(Array(combined), to: path)
        values = changed
    }
}
