import OCI

/// A request's target, read from its path. Repository names hold slashes, so the path is read from its end
/// (OCI distribution-spec v1.1 § Endpoints).
package enum RegistryRoute: Equatable, Sendable {
    case base
    case catalog
    case tags(repository: String)
    case manifest(repository: String, reference: String)
    case blob(repository: String, digest: String)
    case uploads(repository: String)
    case upload(repository: String, id: String)
    case referrers(repository: String, digest: String)

    /// Reads a path that begins with `/v2`; nil means that there is no such endpoint.
    package static func parse(_ path: String) throws(RegistryProblem) -> RegistryRoute? {
        var parts = path.split(separator: "/", omittingEmptySubsequences: true).map(decoded)
        guard parts.first == "v2" else { return nil }
        parts.removeFirst()
        if parts.isEmpty { return .base }
        if parts == ["_catalog"] { return .catalog }
        let count = parts.count
        func repository(_ length: Int) throws(RegistryProblem) -> String {
            let name = parts[..<length].joined(separator: "/")
            guard ImageReference.isRepository(name) else { throw .invalidName(name) }
            return name
        }
        if count >= 4, parts[count - 3] == "blobs", parts[count - 2] == "uploads" {
            return .upload(repository: try repository(count - 3), id: parts[count - 1])
        }
        guard count >= 3 else { return nil }
        let last = parts[count - 1]
        switch (parts[count - 2], last) {
        case ("blobs", "uploads"): return .uploads(repository: try repository(count - 2))
        case ("blobs", _): return .blob(repository: try repository(count - 2), digest: last)
        case ("manifests", _): return .manifest(repository: try repository(count - 2), reference: last)
        case ("referrers", _): return .referrers(repository: try repository(count - 2), digest: last)
        case ("tags", "list"): return .tags(repository: try repository(count - 2))
        default: return nil
        }
    }

    /// Without percent-encoding (RFC 3986 §2.1); clients may write the colon of a digest so.
    private static func decoded(_ part: Substring) -> String {
        guard part.utf8.contains(UInt8(ascii: "%")) else { return String(part) }
        var bytes: [UInt8] = []
        var rest = part.utf8
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The repository that the request is about.
    package var repository: String? {
        switch self {
        case .base, .catalog: nil
        case .tags(let name), .uploads(let name): name
        case .manifest(let name, _), .blob(let name, _), .upload(let name, _), .referrers(let name, _): name
        }
    }
}
