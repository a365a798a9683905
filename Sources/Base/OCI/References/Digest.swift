/// The identity of content: an algorithm and the hash of the bytes, written `sha256:…`.
///
/// OCI image-spec v1.1, descriptor.md § Digests (https://github.com/opencontainers/image-spec/blob/v1.1.0/descriptor.md#digests).
package struct Digest: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The registered hash algorithms.
    package enum Algorithm: String, Sendable, CaseIterable {
        case sha256
        case sha512

        /// The number of hexadecimal digits of a hash.
        package var hexLength: Int { self == .sha256 ? 64 : 128 }
    }

    package let algorithm: Algorithm
    /// Lower-case hexadecimal digits.
    package let hex: String

    /// Parses `algorithm:hex`.
    package init(_ text: some StringProtocol) throws(OCIProblem) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw .digest(String(text), why: "there is no colon") }
        guard let algorithm = Algorithm(rawValue: String(parts[0])) else {
            throw .digest(String(text), why: "the algorithm is neither sha256 nor sha512")
        }
        let digits = parts[1].utf8
        guard digits.count == algorithm.hexLength else {
            throw .digest(String(text), why: "\(algorithm) has \(algorithm.hexLength) digits, this has \(digits.count)")
        }
        guard digits.allSatisfy({ ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x66) }) else {
            throw .digest(String(text), why: "a character is not one of 0-9 and a-f")
        }
        self.algorithm = algorithm
        self.hex = String(parts[1])
    }

    init(algorithm: Algorithm, hash: some Sequence<UInt8>) {
        self.algorithm = algorithm
        let digits = Array("0123456789abcdef".utf8)
        var hex: [UInt8] = []
        hex.reserveCapacity(algorithm.hexLength)
        for byte in hash {
            hex.append(digits[Int(byte >> 4)])
            hex.append(digits[Int(byte & 15)])
        }
        self.hex = String(decoding: hex, as: UTF8.self)
    }

    /// The digest of bytes in memory.
    package static func of(_ bytes: some Sequence<UInt8>, algorithm: Algorithm = .sha256) -> Digest {
        var hasher = DigestHasher(algorithm)
        hasher.update(bytes)
        return hasher.finish()
    }

    /// The digest of a text's UTF-8 bytes.
    package static func of(_ text: String, algorithm: Algorithm = .sha256) -> Digest {
        of(text.utf8, algorithm: algorithm)
    }

    package var description: String { "\(algorithm.rawValue):\(hex)" }

    /// The first twelve digits, for people.
    package var short: String { String(hex.prefix(12)) }

    package static func < (left: Digest, right: Digest) -> Bool {
        (left.algorithm.rawValue, left.hex) < (right.algorithm.rawValue, right.hex)
    }
}

extension Digest: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        do {
            try self.init(text)
        } catch {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: error.summary, underlyingError: error))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
