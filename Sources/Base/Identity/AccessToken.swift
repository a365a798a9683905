import Crypto
import FoundationEssentials

/// A bearer token with which a user or a program identifies itself.
package struct AccessToken: Sendable {
    package let value: String

    /// Reads the token kept in the file at `path`, or makes one of 256 random bits.
    package static func open(path: String) throws -> AccessToken {
        if let data = try? Data(contentsOf: URL(filePath: path)) {
            let text = String(decoding: data, as: UTF8.self)
            let value = String(text.prefix { !$0.isWhitespace })
            if value.utf8.count >= 32 { return AccessToken(value: value) }
        }
        let token = AccessToken.random()
        try SecretFile.write(token.value + "\n", to: path)
        return token
    }

    package static func random() -> AccessToken {
        let key = SymmetricKey(size: .bits256)
        let value = key.withUnsafeBytes { bytes in
            bytes.map { byte in
                let digits = Array("0123456789abcdef")
                return String([digits[Int(byte >> 4)], digits[Int(byte & 15)]])
            }.joined()
        }
        return AccessToken(value: value)
    }

    package init(value: String) {
        self.value = value
    }

    /// Compares in a time that doesn't depend on where the two differ.
    package func matches(_ other: String) -> Bool {
        let left = SHA256.hash(data: Data(value.utf8))
        let right = SHA256.hash(data: Data(other.utf8))
        return left == right
    }
}
