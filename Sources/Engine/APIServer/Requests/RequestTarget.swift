import Kube
import Store

/// What the path of a request names.
enum RequestTarget: Sendable {
    case version
    case health
    /// `/api` or `/apis`.
    case groups(isCore: Bool)
    case group(String)
    /// The resources of `v1` or `apps/v1`.
    case resources(apiVersion: String)
    case openAPIIndex
    /// `api/v1` or `apis/apps/v1`.
    case openAPI(String)
    case objects(ObjectTarget)
    case review(Review)
    case unknown

    init(path: String, kinds: ServedKinds) {
        let parts = path.split(separator: "/").map(Self.unescape)
        switch parts.first {
        case "version" where parts.count == 1: self = .version
        case "healthz", "livez", "readyz": self = .health
        case "openapi" where parts.count >= 2 && parts[1] == "v3":
            self = parts.count == 2 ? .openAPIIndex : .openAPI(parts.dropFirst(2).joined(separator: "/"))
        case "api":
            switch parts.count {
            case 1: self = .groups(isCore: true)
            case 2: self = .resources(apiVersion: parts[1])
            default: self = Self.objects(apiVersion: parts[1], parts[2...], kinds)
            }
        case "apis":
            switch parts.count {
            case 1: self = .groups(isCore: false)
            case 2: self = .group(parts[1])
            case 3: self = .resources(apiVersion: "\(parts[1])/\(parts[2])")
            default: self = Self.objects(apiVersion: "\(parts[1])/\(parts[2])", parts[3...], kinds)
            }
        default: self = .unknown
        }
    }

    private static func objects(apiVersion: String, _ rest: ArraySlice<String>, _ kinds: ServedKinds) -> RequestTarget {
        var rest = rest
        var namespace: String?
        if rest.first == "namespaces", rest.count >= 3,
            let kind = kinds.kind(apiVersion: apiVersion, plural: rest[rest.startIndex + 2]), kind.type.isNamespaced
        {
            namespace = rest[rest.startIndex + 1]
            rest = rest.dropFirst(2)
        }
        guard let plural = rest.first else { return .unknown }
        if let review = Review.all.first(where: { "\($0.group)/v1" == apiVersion && $0.plural == plural }) {
            return rest.count == 1 ? .review(review) : .unknown
        }
        guard let kind = kinds.kind(apiVersion: apiVersion, plural: plural), rest.count <= 3 else { return .unknown }
        let name = rest.count > 1 ? rest[rest.startIndex + 1] : nil
        let subresource = rest.count > 2 ? rest[rest.startIndex + 2] : nil
        if name != nil, kind.type.isNamespaced, namespace == nil { return .unknown }
        return .objects(ObjectTarget(kind: kind, namespace: namespace, name: name, subresource: subresource))
    }

    /// Undoes percent-encoding (RFC 3986 §2.1); malformed escapes stay as they are.
    static func unescape(_ text: some StringProtocol) -> String {
        let bytes = Array(text.utf8)
        guard bytes.contains(UInt8(ascii: "%")) else { return String(text) }
        var out: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                let byte = UInt8(String(decoding: bytes[(index + 1)...(index + 2)], as: UTF8.self), radix: 16)
            {
                out.append(byte)
                index += 3
            } else {
                out.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}

/// A collection, an object of it, or a part of the object.
struct ObjectTarget: Sendable {
    let kind: ServedKind
    /// Nil for cluster objects and for a collection over all namespaces.
    let namespace: String?
    let name: String?
    let subresource: String?

    /// The beginning of the names, in the log, of what this target covers.
    var prefix: String { namespace.map { "\($0)/" } ?? "" }

    func key(_ name: String) -> RevisionKey { kind.key(namespace, name) }
}

extension ServedKind {
    /// Where an object of this kind stands in the log.
    func key(_ namespace: String?, _ name: String) -> RevisionKey {
        RevisionKey(bucket: bucket, name: type.isNamespaced ? "\(namespace ?? "")/\(name)" : name)
    }
}
