import Crypto
package import Kube

/// Names for content: the same content has the same name, whatever the order of its keys.
package enum ContentHash {
    /// `sha256:` and 64 hexadecimal digits.
    package static func digest(_ tree: JSON) -> String { "sha256:" + hex(SHA256.hash(data: tree.canonical.bytes)) }

    /// Ten hexadecimal digits: enough to tell the configurations of one app apart, short enough for a name.
    package static func suffix(_ tree: JSON) -> String {
        String(hex(SHA256.hash(data: tree.canonical.bytes)).prefix(10))
    }

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var out: [UInt8] = []
        for byte in bytes { out += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
        return String(decoding: out, as: UTF8.self)
    }
}

extension JSON {
    /// The same value with the keys of every object sorted.
    var canonical: JSON {
        switch self {
        case .object(let members):
            .object(JSONObject(members.sorted { $0.key < $1.key }.map { ($0.key, $0.value.canonical) }))
        case .array(let items): .array(items.map(\.canonical))
        default: self
        }
    }

    /// Replaces each item of the list behind a key.
    mutating func mapItems(_ path: String..., change: (inout JSON) -> Void) {
        guard var items = value(at: path[...])?.array else { return }
        for index in items.indices { change(&items[index]) }
        set(.array(items), at: path[...])
    }

    /// Adds members to the object behind a path, which is made if absent.
    mutating func merge(_ map: [String: String], at path: String...) {
        for (key, value) in map.sorted(by: { $0.key < $1.key }) { set(.string(value), at: (path + [key])[...]) }
    }

    /// The map of strings behind a path, empty where there is none.
    func strings(at path: String...) -> [String: String] { value(at: path[...])?.stringMap ?? [:] }
}
